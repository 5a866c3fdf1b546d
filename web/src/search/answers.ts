/** What does the server answer? The parts of its JSON that this page reads. */

import type { MissingShards } from './partial-answer.ts'

export interface IndexInfo {
  readonly name: string
  readonly generation: string
  readonly symbols: 'bytes' | 'tokens'
  readonly documents: number
  /** Of an index of tokens the text that was tokenised; 0 where ids came ready. */
  readonly textBytes: number
  /** Bytes, or tokens. */
  readonly symbolCount: number
  readonly hasTokenizer: boolean
  readonly indexBytes: number
  readonly facetFields: readonly string[]
  /** Made in this page of files of the visitor. */
  readonly isOwn?: boolean
}

/** What reading an index on a file host has cost since the page was opened. */
export interface ReadCost {
  readonly requests: number
  readonly bytes: number
}

export interface DocumentCount {
  readonly count: number
  readonly exact: boolean
  /** Of an estimate. */
  readonly interval?: readonly [number, number]
}

export interface PatternCount {
  readonly count: number
  readonly indexes?: readonly { readonly index: string; readonly count: number }[]
  readonly shards?: readonly number[]
  readonly documents?: DocumentCount
}

export interface CountAnswer {
  readonly generation: string
  readonly tookMs: number
  /** Where the page reads files itself. */
  readonly readCost?: ReadCost | null
  /** Of an answer that lacks shards: its numbers are lower bounds. */
  readonly partial?: MissingShards
  /** In the order of the patterns. */
  readonly results: readonly PatternCount[]
}

export interface DocumentInfo {
  readonly index: string
  readonly document: number
  readonly externalId: string | null
  /** A JSON object as text. */
  readonly metadata: string | null
  /** Null where tokens are indexed. */
  readonly textBytes: number | null
  /** Bytes, or tokens. */
  readonly symbolCount: number
}

export interface Occurrence {
  readonly document: DocumentInfo
  /** Offsets count bytes, or tokens. */
  readonly startOffset: number
  readonly endOffset: number
  readonly snippet: {
    /** Null where nothing tells what the tokens say. */
    readonly text: string | null
    /** Token ids, in an index of tokens. */
    readonly ids?: readonly number[]
    readonly startOffset: number
    readonly matchStart: number
    readonly matchEnd: number
    readonly isCutBefore: boolean
    readonly isCutAfter: boolean
  }
  readonly countInDocument?: number
}

/** Occurrences for a pattern, documents for several. */
export interface PageAnswer {
  readonly generation: string
  readonly partial?: MissingShards
  readonly count: number
  readonly exact: boolean
  readonly occurrences?: readonly Occurrence[]
  readonly documents?: readonly DocumentInfo[]
  readonly nextCursor: string | null
  readonly tookMs: number
}

export type NextSymbol =
  | { readonly id: number; readonly text: string | null; readonly count: number }
  | { readonly end: true; readonly count: number }

export interface NextAnswer {
  /** Those that were searched, in an index of tokens. */
  readonly ids?: readonly number[]
  readonly count: number
  readonly next: readonly NextSymbol[]
  readonly otherCount: number
}

export interface FacetAnswer {
  readonly field: string
  readonly exact: boolean
  readonly values: readonly {
    readonly value: string | null
    readonly occurrences: number
    readonly documents: number
  }[]
  readonly valueCount: number
}

export interface TraceAnswer {
  readonly spans: readonly {
    readonly startOffset: number
    readonly endOffset: number
    readonly count: number
  }[]
}

export interface DocumentAnswer {
  readonly document: DocumentInfo
  /** Null where nothing tells what the tokens say. */
  readonly text: string | null
  readonly ids?: readonly number[]
  readonly startOffset: number
  readonly endOffset: number
}
