/** What does a merge take and what does it report? */

export interface MergeOptions {
  readonly indexDir: string
  /** Shards that are left, at most; null: neighbours of about the same size are merged, four to eight at a time. */
  readonly into: number | null
  /** What may be used of memory. */
  readonly memoryBytes: number
  readonly threads: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: MergeProgress) => void
}

export interface MergeProgress {
  readonly phase: 'check' | 'read' | 'compress' | 'walk' | 'encode' | 'write' | 'publish'
  /** Share of the whole merge done, 0..1. */
  readonly share: number
  /** Text that is merged, or tokens of 4 bytes, a second. */
  readonly bytesPerSecond: number
  /** Null while it cannot be told. */
  readonly etaMs: number | null
  readonly shardsDone: number
  readonly shardsPlanned: number
}

export interface MergeReport {
  /** The live generation: a new one, unless there was nothing to do. */
  readonly generation: string
  readonly indexDir: string
  readonly shardsBefore: number
  readonly shards: number
  /** Shards that were written, each of several or of one without its hidden documents. */
  readonly shardsWritten: number
  readonly documents: number
  /** Hidden documents that are no longer in the shards. */
  readonly droppedDocuments: number
  readonly textBytes: number
  /** Of the new generation. What it no longer names stays on the disk until `omnigram gc`. */
  readonly indexBytes: number
  readonly tookMs: number
  readonly peakMemoryBytes: number
}
