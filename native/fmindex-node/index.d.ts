/**
 * The native core as Node sees it. A shard indexes *symbols*: the bytes of texts, or the ids of tokens. A `Uint8Array` or
 * `Buffer` of symbols holds the bytes, or four bytes an id, little-endian; offsets and lengths count symbols. Rows, counts and offsets are numbers, exact to 2^53. Errors carry a `code` of the
 * error registry (a value of the wrong JavaScript type is refused with the codes of Node-API, such as `InvalidArg`). A
 * `ticket` names a flag of a process-wide table that another thread may raise; 0 is "never cancelled".
 */

/** A free ticket, for one call. Give it back with {@link releaseTicket}. Throws `overloaded` when 4,096 are taken. */
export declare function takeTicket(): number
/** Makes the work under `ticket` end with `cancelled` within 1,024 steps. Safe from any thread, at any time. */
export declare function cancelTicket(ticket: number): void
export declare function releaseTicket(ticket: number): void
/** Phase and share done (0..1) of the build that runs under `ticket`. */
export declare function readProgress(ticket: number): { phase: string, share: number }
/** Panics on purpose, so that the guard around every export can be tested. */
export declare function raisePanic(message: string): void
export declare function raisePanicAsync(message: string): Promise<void>

export interface Matching {
  ignoreCase: boolean
  flexibleSpace: boolean
  /** Budget of live ranges; above it the search ends with `too-expensive`. */
  maxRanges: number
}

/** Rows of a shard in which a match of `length` symbols ends. */
export interface FoundRange {
  lo: number
  hi: number
  /** Symbols that the range matched. */
  length: number
}

export interface ShardInfo {
  path: string
  /** `major.minor` of the file format. */
  format: string
  /** Hex, 32 digits. */
  checksum: string
  fileBytes: number
  /** The hidden ones included: their numbers are below it. */
  documents: number
  /** What is indexed. */
  symbols: 'bytes' | 'tokens'
  /** Symbols are below it: 256 for bytes. */
  vocabulary: number
  /** 0 for tokens. */
  textBytes: number
  /** Symbols of the documents that are not hidden, separators not counted. */
  symbolCount: number
  /** Rows of these: with one separator a document. */
  rows: number
  /** Runs of equal symbols in the BWT. */
  runs: number
  /** Order-0 entropy, bits a symbol. */
  entropyBits: number
  saRate: number
  isaRate: number
  profile: string
  facetFields: string[]
  hasExternalIds: boolean
  /** Whether the shard keeps its text too. */
  hasTextStore: boolean
  /** Occurrences of each byte value 0..255 in the text; empty for tokens. */
  byteCounts: number[]
  sections: { name: string, bytes: number }[]
  /** What is left out of it; null for nothing. */
  hidden: HiddenInfo | null
}

/** Documents that are hidden from a shard, and the file that lists them. */
export interface HiddenInfo {
  /** Hex, 32 digits. */
  checksum: string
  fileBytes: number
  documents: number
  /** Bytes or tokens, separators not counted. */
  symbolCount: number
}

export interface NextEntry {
  /** The byte, the UTF-8 character or the token (four bytes) that follows; `null` for the end of a document. */
  bytes: Buffer | null
  count: number
}

export interface DocumentRecord {
  /** Symbols of the document: bytes, or tokens. */
  bytes: number
  externalId: string | null
  /** Raw JSON object. */
  metadata: string | null
  /** Values of the facet fields, in the order of `ShardInfo.facetFields`. */
  facets: (string | null)[]
}

/** Number of documents that hold a match. */
export interface DocumentCount {
  count: number
  isExact: boolean
  /** Documents certainly found; equals `count` when exact. */
  lowerBound: number
  /** 95 % interval of the estimate; both equal `count` when exact. */
  intervalLow: number
  intervalHigh: number
}

/** Documents that hold a match, ascending, with the occurrences in each and the first one's place. */
export interface DocumentList {
  documents: Float64Array
  counts: Float64Array
  /** End offset of the first occurrence in the document. */
  firstEnds: Float64Array
  /** Symbols of the first occurrence. */
  firstLengths: Float64Array
  /** False when `maxSteps` ended the listing early: what is there is right but not all. */
  isComplete: boolean
}

export interface FacetCounts {
  values: (string | null)[]
  occurrences: Float64Array
  documents: Float64Array
  isComplete: boolean
}

/**
 * Opens a shard. A file of up to 64 MiB is compared with its checksums, in milliseconds; of a larger one only lengths
 * and the header's checksum are checked, in microseconds, unless it is read into memory. `read` leaves metadata and ids
 * in the open file and maps nothing. A file that is open already is shared by all threads of the process, and closed when
 * no thread holds it any more.
 */
export declare function openShard(path: string, residency: 'mmap' | 'ram' | 'read', hiddenPath?: string | null): Shard

export declare class Shard {
  private constructor()
  info(): ShardInfo
  /** Checks every block checksum; `deep` also checks the structures against each other. Throws `damaged-index`. */
  verify(deep: boolean, ticket: number): void
  /**
   * Compares the file with its checksums soon, on a thread of the process that yields to all others, at 200 MB/s at most.
   * Throws `damaged-index` when damage is known already.
   */
  startContentCheck(): void
  /** Whether all of the file has been compared with its checksums since it was opened. Throws `damaged-index` when that showed damage. */
  isVerified(): boolean
  /** Overlapping occurrences of each pattern. A batch shares its cache misses. */
  count(patterns: Uint8Array[], ticket: number): Float64Array
  /**
   * Disjoint, non-empty ranges of all that matches, ordered by length, then row. Without `matching` at most one. The
   * empty pattern has all rows (symbols + documents), while {@link count} counts the symbols alone. `matching` is for
   * bytes.
   */
  find(pattern: Uint8Array, matching: Matching | null, ticket: number): FoundRange[]
  /** Extends a range by symbols in reading order; ends early when it is empty (`lo == hi`). */
  push(lo: number, hi: number, symbols: Uint8Array): { lo: number, hi: number }
  /**
   * What follows the matches that end in the ranges (`lo, hi` pairs), most frequent first, then by bytes or id, end last
   * among equals: the first `limit`, or with null all, which sum to the size of the ranges. After half a character the
   * unit `character` is the rest of it. `token` is the unit of shards of tokens, the others of shards of bytes.
   */
  next(
    ranges: Float64Array,
    unit: 'byte' | 'character' | 'token',
    limit: number | null,
    ticket: number,
  ): NextEntry[]
  /**
   * Extends many ranges (`lo, hi` pairs) by one symbol each, `symbols` having as many. The new pairs take the place of the
   * old ones; an empty one where nothing is left. The searches share their cache misses.
   */
  pushBatch(ranges: Float64Array, symbols: Uint8Array, ticket: number): void
  /** `document, end offset` for each row. */
  locate(rows: Float64Array, ticket: number): Float64Array
  /** Symbols `start..end` of a document. */
  extract(document: number, start: number, end: number, ticket: number): Buffer
  /** At most `maxSymbols` of what follows the match which ends at `row`, up to the end of its document. */
  follow(row: number, maxSymbols: number, ticket: number): Buffer
  /** {@link follow} for each row, many walks in flight. */
  followBatch(rows: Float64Array, maxSymbols: number, ticket: number): Buffer[]
  document(document: number): DocumentRecord
  /** The first document with that external id. */
  findExternalId(externalId: string): number | null
  /** All documents with that external id, in order, hidden ones among them. */
  listExternalId(externalId: string): Float64Array
  /** Code points and UTF-16 units of the document's text before byte `offset`. Only of bytes. */
  countUnits(document: number, offset: number, ticket: number): { codePoints: number, utf16Units: number }
  /**
   * Ranges are `lo, hi, length` triples. Exact when it takes at most three quarters of `maxSteps` LF steps, otherwise
   * an estimate on a random sample that `seed` chooses.
   */
  countDocuments(ranges: Float64Array, maxSteps: number, seed: number, ticket: number): DocumentCount
  listDocuments(ranges: Float64Array, maxSteps: number, ticket: number): DocumentList
  /** The first `limit` documents from `firstDocument` on that hold a match, by reading one after the other. */
  listDocumentsFrom(
    ranges: Float64Array,
    firstDocument: number,
    limit: number,
    maxSteps: number,
    ticket: number,
  ): DocumentList
  /** Per value of a facet field. Throws `unknown-facet`. */
  countFacets(ranges: Float64Array, field: string, maxSteps: number, ticket: number): FacetCounts
  /** For each position of `text`: symbols of the longest match that starts there. */
  longestMatches(text: Uint8Array, ticket: number): Float64Array
}

export interface SpoolBatch {
  /** Texts back to back, UTF-8. */
  texts: Uint8Array
  /** End of each text in `texts`. */
  textEnds: Float64Array
  externalIds: (string | null)[]
  metadata: (string | null)[]
  /** Document by document, facet fields in order. */
  facets: (string | null)[]
}

export interface SpoolSummary {
  documents: number
  textBytes: number
  /** Bytes of the spool file. */
  fileBytes: number
  /** Hex digest of everything appended; the same documents give the same digest. */
  digest: string
  /** Occurrences of each byte value in the texts. */
  byteCounts: number[]
}

/** The documents of one shard on their way into it. */
export declare class SpoolWriter {
  /** With `path` null nothing is written: only the summary is computed, to pass over shards that are built already. */
  constructor(path: string | null, facetFields: string[])
  append(batch: SpoolBatch): void
  /** Flushes, fsyncs and closes. */
  seal(): SpoolSummary
}

export interface TokenSpoolBatch {
  /** Documents back to back: ids below 2^20. */
  tokens: Uint32Array
  /** End of each document in `tokens`. */
  tokenEnds: Float64Array
  externalIds: (string | null)[]
  metadata: (string | null)[]
  /** Document by document, facet fields in order. */
  facets: (string | null)[]
}

export interface TokenSpoolSummary {
  documents: number
  /** Tokens of all documents. */
  symbolCount: number
  /** Bytes of the spool file. */
  fileBytes: number
  /** Hex digest of everything appended; the same documents give the same digest. */
  digest: string
  /** The smallest vocabulary that has all ids: the largest and one, or 0. */
  leastVocabulary: number
}

/** The documents of one shard of tokens on their way into it. An id of 2^20 or more is `bad-input`. */
export declare class TokenSpoolWriter {
  /** With `path` null nothing is written: only the summary is computed, to pass over shards that are built already. */
  constructor(path: string | null, facetFields: string[])
  append(batch: TokenSpoolBatch): void
  /** Flushes, fsyncs and closes. */
  seal(): TokenSpoolSummary
}

export interface BuildShardOptions {
  saRate: number
  isaRate: number
  /** A shard of tokens has no `fast`. */
  profile: 'default' | 'small' | 'fast'
  /** Whether the shard keeps its text too, compressed: larger, and read many times faster. */
  textStore: boolean
  /** Ids are below it, at most 2^20: for a spool of tokens, which needs it, and for no other. */
  vocabulary?: number
  /** Threads of the encoding; the sort takes one. */
  threads: number
}

export interface BuiltShard {
  checksum: string
  fileBytes: number
  documents: number
  /** 0 for tokens. */
  textBytes: number
  /** Bytes or tokens, separators not counted. */
  symbolCount: number
}

/** Bytes of memory that building a shard of so much text and so many documents takes at its peak. */
export declare function estimateBuildBytes(textBytes: number, documents: number): number
/** The same for a shard of so many tokens with ids below `vocabulary`. */
export declare function estimateTokenBuildBytes(tokens: number, documents: number, vocabulary: number): number
/**
 * Sorts and encodes a sealed spool, of texts or of tokens, into `outPath` (written, fsynced, not renamed; nothing is left when it fails). It
 * has a thread of its own, so any number run at once; the sort itself hears no ticket.
 */
export declare function buildShard(
  spoolPath: string,
  outPath: string,
  options: BuildShardOptions,
  ticket: number,
): Promise<BuiltShard>

/** A maximal string: it cannot be made longer on either side without losing occurrences. */
export interface RepeatedString {
  /** Symbols. */
  length: number
  /** Occurrences in all shards. */
  count: number
  /** `shard, lo, hi` triples: the rows in which it ends. */
  ranges: Float64Array
  /** `document, end offset` of five occurrences at most; documents by their numbers over all shards. */
  places: Float64Array
}

/** The strings of one length, *grams*, that stand in shards. */
export interface RepeatedGrams {
  /** Distinct grams that occur 1, 2, 3–4, 5–9, 10–99, 100–999, 1,000 times or more, and their occurrences. */
  distinct: Float64Array
  occurrences: Float64Array
  /** Occurrences of the most frequent gram. */
  largest: number
  /** How many maximal strings of a gram or more there are. */
  stringCount: number
  /** As many of them as were asked for, best first. */
  longest: RepeatedString[]
  mostRepeated: RepeatedString[]
  /** Documents with the same text, group by group, by their numbers over all shards; and the source of each. */
  twins: Float64Array
  twinSources: Float64Array
  /** Where each group ends in `twins`, and the symbols of its text. */
  twinEnds: Float64Array
  twinSymbols: Float64Array
}

/** Parts of documents that copies cover: of those that have any. */
export interface SpanBatch {
  /** Numbers over all shards, ascending. */
  documents: Float64Array
  /** Symbols of each. */
  documentSymbols: Float64Array
  externalIds: (string | null)[]
  /** Where the spans of each document end among the pairs of `spans`. */
  spanEnds: Float64Array
  /** `start, end` offsets in the document, of whole characters, ascending and apart. */
  spans: Float64Array
  /** Share of all symbols that is read. */
  share: number
}

/** What the documents of one source hold. */
export interface SourceTotals {
  documents: number
  symbols: number
  grams: number
  /** Those that occur more than once in the shards. */
  repeatedGrams: number
  /** Symbols in the spans of `all` copies, and of `later` ones. */
  repeatedSymbols: number
  removableSymbols: number
}

/** Places drawn at random at which grams start. */
export interface SampledGrams {
  /** How often each gram occurs. */
  counts: Float64Array
  documents: Float64Array
  offsets: Float64Array
  sources: Float64Array
}

/** Bytes of memory that a scan over shards with so many rows together takes; eight a repeated gram more with epochs. */
export declare function estimateRepetitionBytes(rows: number): number

/**
 * Finds what stands more than once in shards of one kind, which are read as one. {@link RepetitionScan.traverse} comes
 * first, then spans, batch by batch; each call has a thread of its own, and one at a time works.
 */
export declare class RepetitionScan {
  /**
   * `length`: symbols of a gram, 1..65,536. `field` names the facet field whose values are the sources. Throws
   * `bad-argument`, `unknown-facet`.
   */
  constructor(shards: Shard[], length: number, field: string | null)
  /** What the sources are called; the first is of documents without a value, or without a field of all. */
  sources(): (string | null)[]
  /** How many grams there are, equal ones counted each. */
  countGrams(): number
  traverse(threads: number, strings: number, ticket: number): Promise<RepeatedGrams>
  /**
   * Goes back before the first document. `copies`: whether spans are of `all` occurrences of repeated grams, or of `later`
   * ones than the first. `epochs`, by source, say how often each is read.
   */
  startSpans(copies: 'all' | 'later', epochs: Float64Array | null): void
  /** Null after the last document. */
  nextSpans(threads: number, ticket: number): Promise<SpanBatch | null>
  /** Of the documents read so far, by source. */
  sourceTotals(): SourceTotals[]
  /** All exposures, those of grams that are seen ten times or more, and a hundred times or more; null without epochs. */
  exposures(): Float64Array | null
  /** Draws so many different places; needs no {@link RepetitionScan.traverse}, nor its memory. */
  sample(grams: number, seed: number, ticket: number): Promise<SampledGrams>
}

/**
 * Lists documents, rising numbers of a shard, as hidden, in `outPath` (written, fsynced, not renamed; nothing is left when it
 * fails). O(their symbols), on a thread of its own.
 */
export declare function hideDocuments(
  shardPath: string,
  documents: number[],
  outPath: string,
  ticket: number,
): Promise<HiddenInfo>
/** The documents that a file lists as hidden, rising. Throws `damaged-index`. */
export declare function readHiddenDocuments(path: string): Float64Array

export interface MergeInput {
  path: string
  /** Documents that are left out, rising. */
  dropped: number[]
}

export interface MergeOptions {
  /** At least 1. The shard does not depend on it. */
  threads: number
  /** What may be used: at least what {@link estimateMergeBytes} says. */
  memoryBytes: number
  /** A folder for files that are gone when the merge is done or has failed. */
  scratchDir: string
}

/** Bytes of memory that merging shards of so many symbols, separators included, takes at least; mapped files count. */
export declare function estimateMergeBytes(rows: number, documents: number, fileBytes: number, threads: number): number
/**
 * Merges shards of text, 255 at most, in order, into `outPath` (written, fsynced, not renamed; nothing is left when it fails): the file
 * that {@link buildShard} writes of their documents. It has a thread of its own. Phases: `check`, `read`, `compress`, `walk`,
 * `encode`, `write`; the share is that of the whole merge.
 */
export declare function mergeShards(
  inputs: MergeInput[],
  outPath: string,
  options: MergeOptions,
  ticket: number,
): Promise<BuiltShard>

/** Streaming zstd, any number of frames. */
export declare class ZstdDecoder {
  constructor()
  /** Gives compressed bytes; then call {@link read} until it answers null. */
  push(chunk: Uint8Array): void
  /** At most 1 MiB of decoded bytes, or null when more input is needed. Throws `bad-input` on damaged data. */
  read(): Buffer | null
  /** Throws `bad-input` when the input ended inside a frame. */
  finish(): void
}
