/** What does an index on this machine answer? */
import type { DocumentList, DocumentRecord } from '#native'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { Manifest } from '../core/manifest.js'
import type { Pattern } from '../core/pattern.js'
import { checkDocumentQuery, checkInteger, checkMatch, checkPage, checkSnippet, checkUnit } from './check-arguments.js'
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
  TraceOptions,
  UnitOffsets,
} from './index-reader.js'
import { LocalCursor } from './local-cursor.js'
import { findMaximalSpans } from './maximal-spans.js'
import { mergeFacets } from './merge-facets.js'
import { mergeNext } from './merge-next.js'
import type { PageContext } from './page-context.js'
import { pageByDocument } from './page-documents.js'
import { pageByOccurrence, readOccurrences } from './page-occurrences.js'
import { encodePattern, encodeSymbols } from './pattern-bytes.js'
import { QueryCall } from './query-call.js'
import { RecentCache } from './recent-cache.js'
import type { Lane } from './shard-runner.js'
import { packRanges, type ShardSet } from './shard-set.js'
import { countRows, sumUp } from './sum-up.js'

/** Bytes of document lists kept for the next pages. */
const listCacheBytes = 64 * 1024 * 1024

/** What a reader is called and what it closes with itself. */
export interface LocalReaderOptions {
  readonly name: string
  readonly generation: string
  readonly manifest: Manifest
  readonly shards: ShardSet
  readonly onClose: () => Promise<void>
}

export class LocalReader implements IndexReader {
  readonly name: string
  readonly generation: string
  readonly manifest: Manifest
  readonly facetFields: readonly string[]
  readonly parts: readonly IndexPart[]
  readonly #shards: ShardSet
  readonly #lists = new RecentCache<DocumentList>(listCacheBytes)
  readonly #onClose: () => Promise<void>

  constructor({ name, generation, manifest, shards, onClose }: LocalReaderOptions) {
    this.name = name
    this.generation = generation
    this.manifest = manifest
    this.facetFields = manifest.options.facetFields
    this.#shards = shards
    this.#onClose = onClose
    const { documents, files } = shards
    this.parts = [{ name, generation, firstShard: 0, shards: files.length, firstDocument: 0, documents }]
  }

  get isVerified(): boolean {
    return this.#shards.isVerified
  }

  async count(patterns: readonly Pattern[], options: CountOptions = {}): Promise<CountResult[]> {
    const { matching } = options
    checkInteger('number of patterns', patterns.length, 0, limits.patternsPerRequest)
    const encoded = patterns.map((pattern) => encodePattern(pattern, matching))
    const counts = await QueryCall.run(options, async (call) => {
      if (!matching?.ignoreCase && !matching?.flexibleSpace) return countPatterns(this.#shards, encoded, call)
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
    if (pattern.length === 0) return this.#shards.files.map(({ info }) => info.textBytes)
    return (await findInShards(this.#shards, pattern, matching, call, lane)).map(countRows)
  }

  async find(pattern: Pattern, options: MatchOptions = {}): Promise<Match> {
    const encoded = encodePattern(pattern, options.matching)
    const found = await QueryCall.run(options, (call) => findInShards(this.#shards, encoded, options.matching, call))
    const ranges = found.flatMap((inShard, shard) => inShard.map((range) => ({ shard, ...range })))
    return { generation: this.generation, ranges, count: countRows(ranges) }
  }

  async documents(match: Match, page: PageOptions): Promise<DocumentPage> {
    checkPage(page)
    this.#check(match)
    const read = page.by === 'document' ? pageByDocument : pageByOccurrence
    return QueryCall.run(page, (call) => read(this.#pageContext(call), match, page))
  }

  async occurrence(match: Match, position: number, options: SnippetOptions): Promise<Occurrence> {
    checkSnippet(options)
    this.#check(match)
    checkInteger('position', position, 0, match.count - 1)
    const [found] = await QueryCall.run(options, (call) =>
      readOccurrences(this.#pageContext(call), match, [position], options),
    )
    return found
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
    const encode = (pattern: Pattern) => encodePattern(pattern, options.matching)
    const terms = { all: all.map(encode), any: any.map(encode), none: none.map(encode) }
    return QueryCall.run(options, async (call) => {
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
    const extract = await QueryCall.run(options, (call) => this.#shards.run(place.shard, 'extract', input, call))
    return { ...extract, bytes: new Uint8Array(extract.bytes) }
  }

  async document(document: number, options: CallOptions = {}): Promise<FullDocument> {
    const place = this.#shards.placeOf(document)
    const { record, text } = await QueryCall.run(options, (call) =>
      this.#shards.run(place.shard, 'document', place.document, call),
    )
    return { ...this.#describeDocument(document, record), text }
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
    return first < 0 ? null : this.#shards.firstDocuments[tasks[first].shard] + (found[first] ?? 0)
  }

  async countUnits(document: number, offset: number, options: CallOptions = {}): Promise<UnitOffsets> {
    checkInteger('offset', offset, 0, Number.MAX_SAFE_INTEGER)
    const place = this.#shards.placeOf(document)
    const input = { document: place.document, offset }
    return QueryCall.run(options, (call) => this.#shards.run(place.shard, 'countUnits', input, call))
  }

  async next(pattern: Pattern, options: NextOptions): Promise<NextSymbols> {
    const { unit, matching } = options
    checkUnit(unit)
    const encoded = encodePattern(pattern, matching)
    return QueryCall.run(options, async (call) => {
      const found = await findInShards(this.#shards, encoded, matching, call)
      const tasks = found.flatMap((ranges, shard) => {
        const packed = Float64Array.from(ranges.flatMap(({ lo, hi }) => [lo, hi]))
        return ranges.length > 0 ? [{ shard, input: { ranges: packed, unit } }] : []
      })
      return mergeNext(await this.#shards.runAll(tasks, 'next', call))
    })
  }

  async trace(text: Pattern, options: TraceOptions = {}): Promise<Span[]> {
    const { minBytes = 1 } = options
    checkInteger('minBytes', minBytes, 1, Number.MAX_SAFE_INTEGER)
    const encoded = encodeSymbols(text)
    if (encoded.length > limits.bodyBytes) {
      throw new OmnigramError('too-large', `The text has ${encoded.length} bytes, the limit is ${limits.bodyBytes}.`)
    }
    return QueryCall.run(options, async (call) => {
      const matches = await this.#shards.runAll(
        this.#shards.everywhere<'longestMatches'>(encoded),
        'longestMatches',
        call,
        'batch',
      )
      const spans = findMaximalSpans(encoded, matches, minBytes)
      const patterns = spans.map(({ startOffset, endOffset }) => encoded.slice(startOffset, endOffset))
      const counts = await countPatterns(this.#shards, patterns, call)
      return spans.map((span, at) => ({ ...span, count: sumUp(counts[at], (count) => count) }))
    })
  }

  cursor(): Cursor {
    const ranges = this.#shards.rows.map((rows, shard) => ({ shard, lo: 0, hi: rows, length: 0 }))
    return new LocalCursor(
      this.#shards,
      this.generation,
      ranges.filter(({ hi }) => hi > 0),
    )
  }

  async close(): Promise<void> {
    await this.#onClose()
  }

  #check(match: Match): void {
    checkMatch(match, this.generation, this.#shards.rows)
  }

  #pageContext(call: QueryCall): PageContext {
    return {
      shards: this.#shards,
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
      textBytes: bytes,
    }
  }
}

/** The seed of an estimate; the same one unless asked for. */
function checkSeed({ seed = 1 }: BudgetOptions): number {
  checkInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER)
  return seed
}
