/** What can a feature ask of an index? The one interface that features see; whatever answers queries implements it. */
import type { Manifest } from '../core/manifest.js'
import type { Matching, Pattern } from '../core/pattern.js'
import type { MissingShards } from './missing-shards.js'

/** Symbols of an index: bytes of UTF-8, or token ids. */
export type Symbols = Uint8Array | Uint32Array

/** What is counted or listed; a token index goes by `token`, one of bytes by `byte` or `character` (a code point). */
export type SymbolUnit = 'byte' | 'character' | 'token'

/** How long to work, and on whose behalf. */
export interface CallOptions {
  /** Ends the native work within 1,024 steps. */
  readonly signal?: AbortSignal
  /** Milliseconds until the call fails with `deadline-exceeded`. */
  readonly deadlineMs?: number
}

export interface MatchOptions extends CallOptions {
  readonly matching?: Matching
}

export interface CountOptions extends MatchOptions {
  /** Also say the count of each shard. */
  readonly perShard?: boolean
  /** Also say the count of each index that the reader is made of. */
  readonly perIndex?: boolean
}

export interface CountResult {
  readonly count: number
  /** In the order of the shards; only when asked for. */
  readonly shards?: readonly number[]
  /** In the order of {@link IndexReader.parts}; only when asked for. */
  readonly indexes?: readonly number[]
}

/** Rows of one shard in which a match of `length` symbols ends. */
export interface MatchRange {
  /** Position in the manifest's list of shards. */
  readonly shard: number
  readonly lo: number
  readonly hi: number
  /** Symbols matched. */
  readonly length: number
}

/** All places where a pattern stands, as ranges of rows of one generation; plain data. */
export interface Match {
  readonly generation: string
  /** Non-empty ranges by shard, then length, then row. */
  readonly ranges: readonly MatchRange[]
  /** Occurrences: the sum of the ranges. */
  readonly count: number
}

/** A snippet, cut at character edges; of a token index between tokens. */
export interface Snippet {
  /** Null where tokens are indexed and no tokenizer tells what they say. */
  readonly text: string | null
  /** Only in a token index. */
  readonly tokens?: Uint32Array
  /** Offset of the snippet in the document, in symbols. */
  readonly startOffset: number
  /** Where the match stands in `text`, in UTF-16 units. */
  readonly matchStart: number
  readonly matchEnd: number
  /** Whether text of the document was left out before or after. */
  readonly isCutBefore: boolean
  readonly isCutAfter: boolean
}

export interface DocumentInfo {
  /** Name of the index that holds the document. */
  readonly index: string
  /** Number of the document in the index: shards in order, documents in order. */
  readonly document: number
  readonly externalId: string | null
  /** Raw JSON object as it stood in the input, or null. */
  readonly metadata: string | null
  readonly facets: Readonly<Record<string, string | null>>
  /** Null in a token index, which keeps no text. */
  readonly textBytes: number | null
  /** Bytes of text, or tokens. */
  readonly symbolCount: number
}

/** One occurrence in its document. */
export interface Occurrence {
  readonly document: DocumentInfo
  /** Offsets of the match in the document, in symbols. */
  readonly startOffset: number
  readonly endOffset: number
  readonly snippet: Snippet
  /** Occurrences in this document; only for pages distinct by document. */
  readonly countInDocument?: number
}

export interface SnippetOptions extends CallOptions {
  /** Context on each side of the match. */
  readonly context: number
  /** What `context` counts. Default: characters, or tokens. */
  readonly unit?: SymbolUnit
}

export interface PageOptions extends SnippetOptions {
  /** Occurrences or documents on the page, 1..1000. */
  readonly limit: number
  /** From the previous page; absent for the first. Positions are stable within a generation. */
  readonly position?: number
  /** One entry an occurrence (in row order) or a document (by number, with its first occurrence). */
  readonly by: 'occurrence' | 'document'
  /** Take `limit` occurrences at random, the same for the same seed; no paging then. */
  readonly sampleSeed?: number
}

export interface DocumentPage {
  readonly occurrences: readonly Occurrence[]
  /** Position of the next page; null at the end. */
  readonly nextPosition: number | null
}

/** Documents that hold all of `all`, at least one of `any` and none of `none`. `all` and `any` may not both be empty. */
export interface DocumentQuery {
  readonly all?: readonly Pattern[]
  readonly any?: readonly Pattern[]
  readonly none?: readonly Pattern[]
}

export interface DocumentQueryOptions extends BudgetOptions, MatchOptions {
  /** Documents on the page, 1..1000. */
  readonly limit: number
  /** From the previous page; absent for the first. */
  readonly position?: number
}

export interface DocumentQueryResult {
  readonly documents: readonly DocumentInfo[]
  /** Documents that satisfy the query. */
  readonly count: number
  /** False when work was capped: `count` is then a lower bound. */
  readonly isExact: boolean
  readonly nextPosition: number | null
}

export interface BudgetOptions extends CallOptions {
  /** Lift the budget: the answer is exact, however long it takes. */
  readonly exact?: boolean
  readonly seed?: number
}

/** Number of documents that hold a match. */
export interface DocumentCountResult {
  readonly count: number
  readonly isExact: boolean
  readonly lowerBound: number
  /** 95 % interval; both ends equal `count` when exact. */
  readonly interval: readonly [number, number]
}

export interface FacetCount {
  readonly value: string | null
  readonly occurrences: number
  readonly documents: number
}

export interface FacetResult {
  readonly field: string
  /** Most occurrences first. */
  readonly values: readonly FacetCount[]
  readonly isExact: boolean
}

export interface NextListOptions extends CallOptions {
  /** The most frequent ones at most; all by default. */
  readonly limit?: number
}

export interface NextOptions extends NextListOptions, MatchOptions {
  /** Default: characters, or tokens. */
  readonly unit?: SymbolUnit
}

/** What follows; where both `bytes` and `token` are null, the end of a document. */
export interface NextSymbol {
  /** The byte, or those of the character. */
  readonly bytes: Uint8Array | null
  /** The id, in a token index. */
  readonly token: number | null
  readonly count: number
}

export interface NextSymbols {
  /** Occurrences of the pattern; for the empty pattern symbols + documents. The entries sum to it, but for a limit. */
  readonly count: number
  /** Most frequent first, then by bytes or id, the end of a document last among equals. */
  readonly next: readonly NextSymbol[]
}

export interface Extract {
  /** The text asked for as UTF-8, moved inwards to character edges; of a token index what its tokens say, null if nothing tells. */
  readonly bytes: Uint8Array | null
  /** Only in a token index. */
  readonly tokens?: Uint32Array
  readonly startOffset: number
  readonly endOffset: number
}

/** Code points and UTF-16 units before a byte offset of a document. */
export interface UnitOffsets {
  readonly codePoints: number
  readonly utf16Units: number
}

/** A longest match of a pasted text: it cannot be made longer on either side. */
export interface Span {
  /** Offsets in the pasted text, in bytes; in a token index in its tokens. */
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

export interface TraceOptions extends CallOptions {
  /** Spans shorter than this are left out; a token index counts tokens. */
  readonly minBytes?: number
  /** Where spans begin and end: between characters by default, or between any two bytes. A token index has tokens alone. */
  readonly edges?: 'character' | 'byte'
}

/** Ranges that grow by symbols in reading order; its state is plain data pinned to a generation. */
export interface Cursor {
  /** Occurrences of all that was pushed; the symbols of the index before the first push. */
  readonly count: number
  /** Appends text or a piece of it, down to single bytes; the count never rises. */
  push(symbols: Pattern, options?: CallOptions): Promise<number>
  fork(): Cursor
  next(unit?: SymbolUnit, options?: NextListOptions): Promise<NextSymbols>
  /** At most `maxSymbols` symbols that follow each of the first `limit` occurrences. */
  follow(limit: number, maxSymbols: number, options?: CallOptions): Promise<Symbols[]>
  toMatch(): Match
}

/** Where the first symbol of a cursor may stand: at any place, or only at the start of a document. */
export type CursorStart = 'anywhere' | 'document'

/** Many cursors that go together, so that each step of all of them is one call of the native core. Nothing in it changes. */
export interface CursorBatch {
  readonly size: number
  /** Occurrences of what each cursor has been pushed; before the first push the symbols of the index, or its documents. */
  readonly counts: Float64Array
  /** One symbol more on each cursor: a byte, or a token id. Done before it returns where that is brief. */
  push(symbols: Symbols, options?: CallOptions): Promise<CursorBatch>
  /** Every symbol on every cursor, cursor by cursor and the symbols in order: cursors times symbols of them. */
  pushEach(symbols: Symbols, options?: CallOptions): Promise<CursorBatch>
  /** The cursors at these places, in this order; a place may come more than once, to fork it. */
  select(places: ArrayLike<number>): CursorBatch
  /** These cursors and then those of another batch of the same reader. Throws `bad-argument` for another reader's. */
  concat(other: CursorBatch): CursorBatch
  /** One of them on its own. */
  cursor(place: number): Cursor
}

export interface FullDocument extends DocumentInfo {
  /** Null where tokens are indexed and no tokenizer tells what they say. */
  readonly text: string | null
  /** Only in a token index. */
  readonly tokens?: Uint32Array
}

/** One index of those that a reader is made of: which shards and documents of the reader are its own. */
export interface IndexPart {
  readonly name: string
  readonly generation: string
  readonly firstShard: number
  readonly shards: number
  readonly firstDocument: number
  readonly documents: number
}

/**
 * An opened generation of an index, or of several indexes at once.
 *
 * All methods throw `OmnigramError`: `bad-pattern` and `bad-argument` for what was asked, `stale-cursor` for a match of
 * another generation, `cancelled` and `deadline-exceeded` as the options say, `overloaded` when too much work waits,
 * `hidden-document` for a document that was taken down, `worker-lost` when a worker died over it, `damaged-index` when a shard does not hold what it should.
 */
export interface IndexReader {
  readonly name: string
  /** Number of the generation and the first digits of its checksum: equal only where all answers are. */
  readonly generation: string
  /** SHA-256 of the manifest's bytes as they lie on disk; of a shard file on its own, of what they would be. */
  readonly manifestSha256: string
  readonly manifest: Manifest
  /** One entry for an index; several where indexes are read together. */
  readonly parts: readonly IndexPart[]
  /** Names of the facet fields. */
  readonly facetFields: readonly string[]
  /** Whether all files have been compared with their checksums since they were opened. Where damage shows, calls throw. */
  readonly isVerified: boolean
  count(patterns: readonly Pattern[], options?: CountOptions): Promise<CountResult[]>
  find(pattern: Pattern, options?: MatchOptions): Promise<Match>
  documents(match: Match, page: PageOptions): Promise<DocumentPage>
  countDocuments(match: Match, options?: BudgetOptions): Promise<DocumentCountResult>
  countFacets(match: Match, field: string, options?: BudgetOptions): Promise<FacetResult>
  findDocuments(query: DocumentQuery, options: DocumentQueryOptions): Promise<DocumentQueryResult>
  /** The occurrence at a position of the match, 0..count-1, for links and for the compatible door. */
  occurrence(match: Match, position: number, options: SnippetOptions): Promise<Occurrence>
  /** Offsets are in symbols. `startOffset` lies in the document; an `endOffset` past its end means its end. At most `limits.extractBytes`. */
  extract(document: number, startOffset: number, endOffset: number, options?: CallOptions): Promise<Extract>
  /** Throws `too-large` above `limits.extractBytes`: read such a document in parts with {@link extract}. */
  document(document: number, options?: CallOptions): Promise<FullDocument>
  documentInfo(document: number, options?: CallOptions): Promise<DocumentInfo>
  /** The number of the first document with that external id, or null. Throws `hidden-document` where only hidden ones have it. */
  findExternalId(externalId: string, options?: CallOptions): Promise<number | null>
  /** Throws `bad-argument` in a token index. */
  countUnits(document: number, offset: number, options?: CallOptions): Promise<UnitOffsets>
  next(pattern: Pattern, options?: NextOptions): Promise<NextSymbols>
  trace(text: Pattern, options?: TraceOptions): Promise<Span[]>
  cursor(): Cursor
  /** Cursors before their first push; those from the start of a document count and follow the documents that begin so. */
  cursors(size: number, start?: CursorStart): CursorBatch
  /** The symbols that each pattern stands for: in a token index text is tokenised. Throws `bad-pattern`. */
  encode(patterns: readonly Pattern[]): Promise<Symbols[]>
  /** What tokens say, pieces of characters as U+FFFD; null where nothing tells. Throws `bad-argument` in an index of bytes. */
  decode(tokens: readonly Uint32Array[]): Promise<readonly (string | null)[]>
  /** What each token says by itself; null where that is no whole character, or nothing tells. */
  decodeAlone(tokens: Uint32Array): Promise<readonly (string | null)[]>
  /**
   * The same index, for one answer that may do without shards that nobody answers for; they are named in `missing`. Its counts
   * are lower bounds then. What is about one place in such a shard is an `incomplete-answer` all the same. Needs no closing.
   */
  lacking(missing: MissingShards): IndexReader
  close(): Promise<void>
}
