/** What goes into the tasks of a shard and comes out of them, besides plain numbers? */
import type { DocumentRecord } from '#native'
import type { Snippet, SnippetOptions } from './index-reader.js'

/** Rows that may be handled together: `lo, hi` or `lo, hi, length`, one after the other. */
export type PackedRanges = Float64Array

/** A document of the shard with its own text. */
export interface ShardDocument {
  readonly record: DocumentRecord
  readonly text: string
}

/** One occurrence, its document by number in the shard. */
export interface ShardOccurrence {
  readonly document: number
  readonly record: DocumentRecord
  readonly startOffset: number
  readonly endOffset: number
  readonly snippet: Snippet
}

/** Occurrences by document: three numbers each, in step. */
export interface PlacesInput extends Pick<SnippetOptions, 'context' | 'unit'> {
  readonly documents: Float64Array
  readonly ends: Float64Array
  readonly lengths: Float64Array
}

/** Occurrences by row: two numbers each, in step. */
export interface RowsInput extends Pick<SnippetOptions, 'context' | 'unit'> {
  readonly rows: Float64Array
  readonly lengths: Float64Array
}
