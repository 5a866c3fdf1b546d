/** What can be asked of a repetition report, and what does it say on the way? */
import type { Copies, SpanBatch } from '../query/repetition-scan.js'

export interface RepetitionProgress {
  readonly phase: 'sample' | 'grams' | 'spans' | 'strings'
  /** Of the phase. */
  readonly share: number
}

export interface RepetitionOptions {
  /** Symbols of a gram: bytes, in an index of tokens tokens. */
  readonly length: number
  /** Facet field by which sources are told apart. */
  readonly field?: string | null
  /** How often a model reads each source; one that is not named is read once. The empty name is of documents without a value. */
  readonly epochs?: ReadonlyMap<string, number>
  /** Strings and groups of documents that are listed. Default: 10. */
  readonly top?: number
  /** Hears the documents with spans, in order; nothing is written otherwise. */
  readonly onSpans?: (batch: SpanBatch) => Promise<void>
  /** What the spans are of. Default: `all` copies. */
  readonly copies?: Copies
  /** The marks must fit. */
  readonly memoryBytes: number
  readonly threads: number
  /** Grams to be drawn instead of reading all; where the memory does not suffice, 100,000 are. */
  readonly sampleGrams?: number
  readonly seed?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: RepetitionProgress) => void
}
