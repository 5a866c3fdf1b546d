/** What goes into the tasks of a shard and comes out of them, besides plain numbers? */
import type { DocumentRecord } from '#native'
import type { Snippet, SymbolUnit } from './index-reader.js'

/** Rows that may be handled together: `lo, hi` or `lo, hi, length`, one after the other. */
export type PackedRanges = Float64Array

/** A document of the shard with its own text. */
export interface ShardDocument {
  readonly record: DocumentRecord
  readonly text: string
}

/** A document of a token shard with its ids. */
export interface ShardTokenDocument {
  readonly record: DocumentRecord
  readonly tokens: Uint32Array
}

/** Offsets in symbols. */
export interface DocumentPart {
  readonly document: number
  readonly startOffset: number
  readonly endOffset: number
}

export interface TextExtract {
  readonly bytes: Uint8Array
  readonly startOffset: number
  readonly endOffset: number
}

export interface TokenExtract {
  readonly tokens: Uint32Array
  readonly startOffset: number
  readonly endOffset: number
}

/** How much is shown around a match. */
export interface SnippetContext {
  readonly context: number
  readonly unit: SymbolUnit
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
export interface PlacesInput extends SnippetContext {
  readonly documents: Float64Array
  readonly ends: Float64Array
  readonly lengths: Float64Array
}

/** Occurrences by row: two numbers each, in step. */
export interface RowsInput extends SnippetContext {
  readonly rows: Float64Array
  readonly lengths: Float64Array
}
