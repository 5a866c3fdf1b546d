/** What does an index on this machine answer? */
import type { DocumentList, DocumentRecord } from '#native'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { Manifest } from '../core/manifest.js'
import type { Pattern } from '../core/pattern.js'
import {
  checkDocumentQuery,
  checkInteger,
  checkLimit,
  checkMatch,
  checkPage,
  checkSnippet,
  chooseUnit,
} from './check-arguments.js'
import { combineEstimates } from './combine-estimates.js'
import { countPatterns, describeCount } from './count-patterns.js'
import { queryDocuments } from './document-query.js'
import { findInShards } from './find-ranges.js'
import type {
  BudgetOptions,
  CallOptions,
  CountOptions,
  CountResult,
  Cursor,
  CursorBatch,
  CursorStart,
  DocumentCountResult,
  DocumentInfo,
  DocumentPage,
  DocumentQuery,
  DocumentQueryOptions,
  DocumentQueryResult,
  Extract,
  FacetResult,
  FullDocument,
  IndexPart,
  IndexReader,
  Match,
  MatchOptions,
  NextOptions,
  NextSymbols,
  Occurrence,
  PageOptions,
  SnippetOptions,
  Span,
  Symbols,
  TraceOptions,
  UnitOffsets,
} from './index-reader.js'
import { type CursorContext, LocalCursor } from './local-cursor.js'
import { LocalCursorBatch } from './local-cursor-batch.js'
import { findMaximalSpans } from './maximal-spans.js'
import { mergeFacets } from './merge-facets.js'
import type { MissingShards } from './missing-shards.js'
import { listNext } from './next-in-shards.js'
import type { PageContext } from './page-context.js'
import { pageByDocument } from './page-documents.js'
import { pageByOccurrence, readOccurrences } from './page-occurrences.js'
import { isByCharacter } from './pattern-bytes.js'
import { QueryCall } from './query-call.js'
import { RecentCache } from './recent-cache.js'
import type { ShardFile } from './shard-file.js'
import type { Lane } from './shard-runner.js'
import { packRanges, type ShardSet } from './shard-set.js'
import type { DocumentPart } from './shard-values.js'
import { tellSnippets } from './snippet-texts.js'
import { countRows, sumUp } from './sum-up.js'
import { checkTextBytes, type SymbolCoder } from './symbol-coder.js'
import { unpackTokens } from './token-bytes.js'

/** Bytes of document lists kept for the next pages. */
const listCacheBytes = 64 * 1024 * 1024

/** What a reader is called and what it closes with itself. */
export interface LocalReaderOptions {
  readonly name: string
  readonly generation: string
  readonly manifestSha256: string
  readonly manifest: Manifest
  readonly shards: ShardSet
  readonly coder: SymbolCoder
  readonly onClose: () => Promise<void>
}

export class LocalReader implements IndexReader {
  readonly name: string
  readonly generation: string
  readonly manifestSha256: string
  readonly manifest: Manifest
  readonly facetFields: readonly string[]
  readonly parts: readonly IndexPart[]
  readonly #shards: ShardSet
  readonly #coder: SymbolCoder
  readonly #lists = new RecentCache<DocumentList>(listCacheBytes)
  readonly #onClose: () => Promise<void>

  constructor({ name, generation, manifestSha256, manifest, shards, coder, onClose }: LocalReaderOptions) {
    this.name = name
    this.generation = generation
    this.manifestSha256 = manifestSha256
    this.manifest = manifest
    this.facetFields = manifest.options.facetFields
    this.#shards = shards
    this.#coder = coder
    this.#onClose = onClose
    const { documents, files } = shards
    this.parts = [{ name, generation, firstShard: 0, shards: files.length, firstDocument: 0, documents }]
  }

  get isVerified(): boolean {
    return this.#shards.isVerified
  }

  /** The shards themselves, for what reads all of them as one. */
  get files(): readonly ShardFile[] {
    return this.#shards.files
  }

  async count(patterns: readonly Pattern[], options: CountOptions = {}): Promise<CountResult[]> {
    const { matching } = options
    checkInteger('number of patterns', patterns.length, 0, limits.patternsPerRequest)
    const counts = await QueryCall.run(options, async (call) => {
      const encoded = await this.#coder.encodePatterns(patterns, matching)
      if (!isByCharacter(matching)) return countPatterns(this.#shards, encoded, this.#coder.symbolBytes, call)
      const lane = encoded.length > 1 ? 'batch' : 'interactive'
      return Promise.all(encoded.map((pattern) => this.#countMatching(pattern, options, call, lane)))
    })
    return counts.map((perShard) => describeCount(perShard, options))
  }

  async #countMatching(
    pattern: Uint8Array,
    { matching }: MatchOptions,
    call: QueryCall,
    lane: Lane,
  ): Promise<number[]> {
    if (pattern.length === 0) return this.#shards.files.map(({ info }) => info.symbolCount)
    return (await findInShards(this.#shards, pattern, matching, call, lane)).map(countRows)
  }

  async find(pattern: Pattern, options: MatchOptions = {}): Promise<Match> {
    const found = await QueryCall.run(options, async (call) => {
      const [encoded] = await this.#coder.encodePatterns([pattern], options.matching)
      return findInShards(this.#shards, encoded, options.matching, call)
    })
    const ranges = found.flatMap((inShard, shard) => inShard.map((range) => ({ shard, ...range })))
    return { generation: this.generation, ranges, count: countRows(ranges) }
  }

  async documents(match: Match, page: PageOptions): Promise<DocumentPage> {
    checkPage(page, this.#coder.symbols)
    this.#check(match)
    const read = page.by === 'document' ? pageByDocument : pageByOccurrence
    const found = await QueryCall.run(page, (call) => read(this.#pageContext(call), match, page))
    return { ...found, occurrences: await this.#tell(found.occurrences) }
  }

  async occurrence(match: Match, position: number, options: SnippetOptions): Promise<Occurrence> {
    checkSnippet(options, this.#coder.symbols)
    this.#check(match)
    checkInteger('position', position, 0, match.count - 1)
    const found = await QueryCall.run(options, (call) =>
      readOccurrences(this.#pageContext(call), match, [position], options),
    )
    return (await this.#tell(found))[0]
  }

  async countDocuments(match: Match, options: BudgetOptions = {}): Promise<DocumentCountResult> {
    this.#check(match)
    const seed = checkSeed(options)
    const tasks = this.#budgetTasks(match, options, limits.documentSteps).map(({ shard, ranges, maxSteps }) => ({
      shard,
      input: { ranges, maxSteps, seed },
    }))
    const counts = await QueryCall.run(options, (call) => this.#shards.runAll(tasks, 'countDocuments', call, 'batch'))
    return combineEstimates(
      counts.map(({ intervalLow, intervalHigh, ...count }) => ({ ...count, interval: [intervalLow, intervalHigh] })),
    )
  }

  async countFacets(match: Match, field: string, options: BudgetOptions = {}): Promise<FacetResult> {
    this.#check(match)
    checkSeed(options)
    if (!this.facetFields.includes(field)) {
      throw new OmnigramError(
        'unknown-facet',
        `'${field}' is none of: ${this.facetFields.join(', ') || '(no fields)'}.`,
      )
    }
    const tasks = this.#budgetTasks(match, options, limits.listSteps).map(({ shard, ranges, maxSteps }) => ({
      shard,
      input: { ranges, field, maxSteps },
    }))
    return mergeFacets(
      field,
      await QueryCall.run(options, (call) => this.#shards.runAll(tasks, 'countFacets', call, 'batch')),
    )
  }

  async findDocuments(query: DocumentQuery, options: DocumentQueryOptions): Promise<DocumentQueryResult> {
    const { all = [], any = [], none = [] } = query
    checkDocumentQuery({ all, any, none }, options)
    checkSeed(options)
    const encode = (patterns: readonly Pattern[]) => this.#coder.encodePatterns(patterns, options.matching)
    return QueryCall.run(options, async (call) => {
      const terms = { all: await encode(all), any: await encode(any), none: await encode(none) }
      const { documents, isExact } = await queryDocuments(this.#shards, terms, options, call)
      const from = documents.findIndex((document) => document >= (options.position ?? 0))
      const page = from < 0 ? [] : documents.slice(from, from + options.limit)
      return {
        documents: await this.#readInfos(page, call),
        count: documents.length,
        isExact,
        nextPosition: from < 0 ? null : (documents[from + options.limit] ?? null),
      }
    })
  }

  async extract(document: number, startOffset: number, endOffset: number, options: CallOptions = {}): Promise<Extract> {
    checkInteger('startOffset', startOffset, 0, Number.MAX_SAFE_INTEGER)
    checkInteger('endOffset', endOffset, startOffset, Number.MAX_SAFE_INTEGER)
    const place = this.#shards.placeOf(document)
    const input = { document: place.document, startOffset, endOffset }
    if (this.#coder.symbols === 'tokens') return this.#extractTokens(place.shard, input, options)
    const extract = await QueryCall.run(options, (call) => this.#shards.run(place.shard, 'extract', input, call))
    return { ...extract, bytes: new Uint8Array(extract.bytes) }
  }

  async #extractTokens(shard: number, part: DocumentPart, options: CallOptions): Promise<Extract> {
    const extract = await QueryCall.run(options, (call) => this.#shards.run(shard, 'extractTokens', part, call))
    const [text] = await this.#coder.decode([extract.tokens])
    return { ...extract, bytes: text === null ? null : new TextEncoder().encode(text) }
  }

  async document(document: number, options: CallOptions = {}): Promise<FullDocument> {
    const place = this.#shards.placeOf(document)
    return QueryCall.run(options, async (call) => {
      if (this.#coder.symbols === 'tokens') {
        const { record, tokens } = await this.#shards.run(place.shard, 'documentTokens', place.document, call)
        const [text] = await this.#coder.decode([tokens])
        return { ...this.#describeDocument(document, record), text, tokens }
      }
      const { record, text } = await this.#shards.run(place.shard, 'document', place.document, call)
      return { ...this.#describeDocument(document, record), text }
    })
  }

  async documentInfo(document: number, options: CallOptions = {}): Promise<DocumentInfo> {
    this.#shards.placeOf(document)
    const [info] = await QueryCall.run(options, (call) => this.#readInfos([document], call))
    return info
  }

  async findExternalId(externalId: string, options: CallOptions = {}): Promise<number | null> {
    const tasks = this.#shards
      .everywhere<'findExternalId'>(externalId)
      .filter(({ shard }) => this.#shards.files[shard].info.hasExternalIds)
    const found = await QueryCall.run(options, (call) => this.#shards.runAll(tasks, 'findExternalId', call))
    const first = found.findIndex((document) => document !== null)
    if (first >= 0) return this.#shards.firstDocuments[tasks[first].shard] + (found[first] ?? 0)
    await this.#refuseHidden(externalId, options)
    return null
  }

  /** Throws `hidden-document` where the documents of that id were taken down. */
  async #refuseHidden(externalId: string, options: CallOptions): Promise<void> {
    const tasks = this.#shards
      .everywhere<'listExternalId'>(externalId)
      .filter(({ shard }) => this.#shards.files[shard].info.hidden !== null)
    const hidden = await QueryCall.run(options, (call) => this.#shards.runAll(tasks, 'listExternalId', call))
    if (hidden.every(({ length }) => length === 0)) return
    throw new OmnigramError('hidden-document', `That of the external id '${externalId.slice(0, 100)}'.`)
  }

  async countUnits(document: number, offset: number, options: CallOptions = {}): Promise<UnitOffsets> {
    if (this.#coder.symbols === 'tokens') {
      throw new OmnigramError('bad-argument', 'The index is of tokens: it counts no characters.')
    }
    checkInteger('offset', offset, 0, Number.MAX_SAFE_INTEGER)
    const place = this.#shards.placeOf(document)
    const input = { document: place.document, offset }
    return QueryCall.run(options, (call) => this.#shards.run(place.shard, 'countUnits', input, call))
  }

  async next(pattern: Pattern, options: NextOptions = {}): Promise<NextSymbols> {
    const { matching, limit } = options
    const unit = chooseUnit(options.unit, this.#coder.symbols)
    checkLimit(limit)
    return QueryCall.run(options, async (call) => {
      const [encoded] = await this.#coder.encodePatterns([pattern], matching)
      const found = await findInShards(this.#shards, encoded, matching, call)
      const ranges = found.flatMap((inShard, shard) => inShard.map((range) => ({ shard, ...range })))
      return listNext(this.#shards, ranges, unit, limit, call)
    })
  }

  async trace(text: Pattern, options: TraceOptions = {}): Promise<Span[]> {
    const { minBytes = 1, edges = 'character' } = options
    checkInteger('minBytes', minBytes, 1, Number.MAX_SAFE_INTEGER)
    const [encoded] = await this.#coder.encodeTexts([text])
    checkTextBytes('The text', encoded.length)
    const { symbolBytes } = this.#coder
    return QueryCall.run(options, async (call) => {
      const matches = await this.#shards.runAll(
        this.#shards.everywhere<'longestMatches'>(encoded),
        'longestMatches',
        call,
        'batch',
      )
      const spans = findMaximalSpans(this.#readSymbols(encoded), matches, minBytes, edges)
      const patterns = spans.map(({ startOffset, endOffset }) =>
        encoded.slice(startOffset * symbolBytes, endOffset * symbolBytes),
      )
      const counts = await countPatterns(this.#shards, patterns, symbolBytes, call)
      return spans.map((span, at) => ({ ...span, count: sumUp(counts[at], (count) => count) }))
    })
  }

  cursor(): Cursor {
    const ranges = this.#shards.rows.map((rows, shard) => ({ shard, lo: 0, hi: rows, length: 0 }))
    return new LocalCursor(
      this.#cursorContext,
      ranges.filter(({ hi }) => hi > 0),
    )
  }

  cursors(size: number, start: CursorStart = 'anywhere'): CursorBatch {
    return LocalCursorBatch.start(this.#cursorContext, size, start)
  }

  async encode(patterns: readonly Pattern[]): Promise<Symbols[]> {
    return (await this.#coder.encodeTexts(patterns)).map((bytes) => this.#readSymbols(bytes))
  }

  decode(tokens: readonly Uint32Array[]): Promise<readonly (string | null)[]> {
    return this.#coder.decode(tokens)
  }

  decodeAlone(tokens: Uint32Array): Promise<readonly (string | null)[]> {
    return this.#coder.decodeAlone(tokens)
  }

  lacking(missing: MissingShards): IndexReader {
    const { name, generation, manifestSha256, manifest } = this
    const shards = this.#shards.lacking(missing)
    return new LocalReader({ name, generation, manifestSha256, manifest, shards, coder: this.#coder, onClose: keep })
  }

  async close(): Promise<void> {
    await Promise.all([this.#onClose(), this.#coder.close()])
  }

  get #cursorContext(): CursorContext {
    return { shards: this.#shards, coder: this.#coder, generation: this.generation }
  }

  #readSymbols(bytes: Uint8Array): Symbols {
    return this.#coder.symbols === 'tokens' ? unpackTokens(bytes) : bytes
  }

  async #tell(occurrences: readonly Occurrence[]): Promise<readonly Occurrence[]> {
    return this.#coder.symbols === 'tokens' ? tellSnippets(occurrences, this.#coder) : occurrences
  }

  #check(match: Match): void {
    checkMatch(match, this.generation, this.#shards.rows)
  }

  #pageContext(call: QueryCall): PageContext {
    return {
      shards: this.#shards,
      symbols: this.#coder.symbols,
      lists: this.#lists,
      call,
      describe: (shard, { document, record, startOffset, endOffset, snippet }) => ({
        document: this.#describeDocument(this.#shards.firstDocuments[shard] + document, record),
        startOffset,
        endOffset,
        snippet,
      }),
    }
  }

  /** The budget is shared by the number of occurrences. */
  #budgetTasks(match: Match, { exact }: BudgetOptions, steps: number) {
    return this.#shards.groupRanges(match.ranges).map(({ shard, ranges, count }) => ({
      shard,
      ranges: packRanges(ranges),
      maxSteps: exact ? Number.MAX_SAFE_INTEGER : Math.ceil((steps * count) / match.count),
    }))
  }

  /** Of ascending documents. */
  async #readInfos(documents: readonly number[], call: QueryCall): Promise<DocumentInfo[]> {
    const places = documents.map((document) => this.#shards.placeOf(document))
    const tasks = this.#shards.files.flatMap((_, shard) => {
      const input = Float64Array.from(places.filter((place) => place.shard === shard).map(({ document }) => document))
      return input.length > 0 ? [{ shard, input }] : []
    })
    const records = (await this.#shards.runAll(tasks, 'records', call)).flat()
    return records.map((record, at) => this.#describeDocument(documents[at], record))
  }

  #describeDocument(document: number, { bytes, externalId, metadata, facets }: DocumentRecord): DocumentInfo {
    return {
      index: this.name,
      document,
      externalId,
      metadata,
      facets: Object.fromEntries(this.facetFields.map((field, column) => [field, facets[column] ?? null])),
      textBytes: this.#coder.symbols === 'tokens' ? null : bytes,
      symbolCount: bytes,
    }
  }
}

/** Nothing of it is its own to close. */
async function keep(): Promise<void> {}

/** The seed of an estimate; the same one unless asked for. */
function checkSeed({ seed = 1 }: BudgetOptions): number {
  checkInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER)
  return seed
}
