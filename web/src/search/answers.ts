/** What does the server answer? The parts of its JSON that this page reads. */

export interface IndexInfo {
  readonly name: string
  readonly generation: string
  readonly documents: number
  readonly textBytes: number
  readonly indexBytes: number
  readonly facetFields: readonly string[]
}

export interface DocumentCount {
  readonly count: number
  readonly exact: boolean
  readonly lowerBound: number
  readonly interval: readonly [number, number]
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
  /** In the order of the patterns. */
  readonly results: readonly PatternCount[]
}

export interface DocumentInfo {
  readonly index: string
  readonly document: number
  readonly externalId: string | null
  /** A JSON object as text. */
  readonly metadata: string | null
  readonly textBytes: number
}

export interface Occurrence {
  readonly document: DocumentInfo
  readonly startOffset: number
  readonly endOffset: number
  readonly snippet: {
    readonly text: string
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
  readonly text: string
  readonly startOffset: number
  readonly endOffset: number
}
