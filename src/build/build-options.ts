/** What does a build take and what does it report? */
import type { InvalidUtf8Policy, ReadProblem } from '../core/document.js'

export interface BuildOptions {
  /** Files, folders, globs, or `-` for standard input, as the user gave them. */
  readonly inputs: readonly string[]
  readonly indexDir: string
  /** Text bytes of a shard at most. Decides the shard borders, so the bytes of the index. */
  readonly shardBytes: number
  /** Promise: peak resident memory stays within 10 % of it. */
  readonly memoryBytes: number
  readonly threads: number
  readonly format: string | null
  readonly textField: string
  readonly idField: string | null
  /** Null: all other fields. */
  readonly metaFields: readonly string[] | null
  readonly facetFields: readonly string[]
  readonly invalidUtf8: InvalidUtf8Policy
  readonly isStrict: boolean
  readonly shouldResume: boolean
  readonly saRate: number
  readonly isaRate: number
  readonly profile: 'default' | 'small' | 'fast'
  /** Whether the shards keep their text too: larger, and read many times faster. */
  readonly textStore: boolean
  /** `append` adds shards to the live generation, `create` refuses a folder that holds an index already. */
  readonly mode: 'create' | 'append'
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: BuildProgress) => void
}

export interface BuildProgress {
  readonly phase: 'read' | 'sort' | 'encode' | 'check' | 'publish'
  readonly documents: number
  /** Text bytes read so far. */
  readonly textBytes: number
  /** Share of the whole build done, 0..1. */
  readonly share: number
  readonly bytesPerSecond: number
  /** Null while it cannot be told. */
  readonly etaMs: number | null
  readonly shardsDone: number
  readonly shardsPlanned: number
}

export interface BuildReport {
  readonly generation: string
  readonly indexDir: string
  readonly files: number
  /** Bytes read from the inputs, as they lie on disk. */
  readonly bytesRead: number
  readonly documents: number
  readonly textBytes: number
  readonly indexBytes: number
  /** indexBytes / textBytes; null for an empty corpus. */
  readonly ratio: number | null
  readonly shards: number
  readonly replacedCharacters: number
  /** Documents, lines and files that were not indexed, by kind. */
  readonly skipped: Readonly<Record<string, number>>
  /** The first ones. */
  readonly problems: readonly ReadProblem[]
  readonly duplicateExternalIds: number
  readonly tookMs: number
  readonly bytesPerSecond: number
  readonly peakMemoryBytes: number
  readonly wasResumed: boolean
}
