/** What is being done for a shard of a plan, and how far is it? */

/**
 * In the order of doing them: its documents are read from the input; the native core reads them, keeps their text where it is asked
 * to, sorts, gathers, encodes and writes; then the shard is sent to the store, and written down there as done.
 */
export type ShardStep = 'input' | 'read' | 'compress' | 'sort' | 'gather' | 'encode' | 'write' | 'upload' | 'record'

export interface ShardProgress {
  readonly step: ShardStep
  /** Of reading the input, or of all that the native core does; null where it is not told. */
  readonly share: number | null
  /** Text of the shard; of tokens 4 bytes each. */
  readonly sizeBytes: number
}

export type OnShardProgress = (progress: ShardProgress) => void

/** The step of the native core that it calls so. */
export function nameStep(phase: string): ShardStep {
  return (['compress', 'sort', 'gather', 'encode', 'write'] as const).find((step) => step === phase) ?? 'read'
}
