/** What should an index answer? A reader that scans its documents for every question: the oracle of the tests. */
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { Manifest } from '../../core/manifest.js'
import type { Pattern } from '../../core/pattern.js'
import {
  checkDocumentQuery,
  checkInteger,
  checkMatch,
  checkPage,
  checkSnippet,
  chooseUnit,
} from '../check-arguments.js'
import type {
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
  MatchRange,
  NextOptions,
  NextSymbols,
  Occurrence,
  PageOptions,
  SnippetOptions,
  Span,
  Symbols,
  TraceOptions,
  UnitOffsets,
} from '../index-reader.js'
import { encodePattern, encodeSymbols } from '../pattern-bytes.js'
import { hashManifest } from '../read-manifest.js'
import { samplePositions } from '../sample-positions.js'
import { NaiveCursor } from './naive-cursor.js'
import { NaiveCursorBatch } from './naive-cursor-batch.js'
import { countNext } from './naive-next.js'
import { type NaiveDocument, type NaiveOccurrence, NaiveShard } from './naive-shard.js'
import { cutSnippet } from './naive-snippet.js'
import { characterEdges, findPlaces } from './naive-text.js'

export interface NaiveReaderOptions {
  readonly name: string
  readonly documents: readonly NaiveDocument[]
  /** Documents are dealt to the shards in runs of equal length. */
  readonly shardCount?: number
  readonly facetFields?: readonly string[]
  /** Numbers of documents that were taken down. */
  readonly hidden?: readonly number[]
}

/** Everything of {@link IndexReader}, slowly and plainly; for corpora of some kilobytes. */
export function createNaiveReader(options: NaiveReaderOptions): NaiveReader {
  return new NaiveReader(options)
}

interface Located extends NaiveOccurrence {
  readonly shard: number
}

export class NaiveReader implements IndexReader {
  readonly name: string
  readonly generation = '000001'
  readonly manifestSha256: string
  readonly manifest: Manifest
  readonly facetFields: readonly string[]
  readonly isVerified = true
  readonly parts: readonly IndexPart[]
  readonly shards: readonly NaiveShard[]
  readonly #documents: readonly NaiveDocument[]
  readonly #texts: readonly Buffer[]
  readonly #hidden: ReadonlySet<number>

  constructor({ name, documents, shardCount = 1, facetFields = [], hidden = [] }: NaiveReaderOptions) {
    this.name = name
    this.facetFields = facetFields
    const perShard = Math.ceil(documents.length / shardCount)
    this.shards = Array.from({ length: shardCount }, (_, shard) => {
      const inShard = hidden.map((document) => document - shard * perShard)
      return new NaiveShard(
        documents.slice(shard * perShard, (shard + 1) * perShard),
        new Set(inShard.filter((document) => document >= 0 && document < perShard)),
      )
    })
    this.#hidden = new Set(hidden)
    this.#documents = documents
    this.#texts = this.shards.flatMap(({ texts }) => texts)
    this.manifest = describe(this.shards, facetFields)
    this.manifestSha256 = hashManifest(this.manifest)
    this.parts = [
      {
        name,
        generation: this.generation,
        firstShard: 0,
        shards: shardCount,
        firstDocument: 0,
        documents: documents.length,
      },
    ]
  }

  async count(patterns: readonly Pattern[], options: CountOptions = {}): Promise<CountResult[]> {
    checkInteger('number of patterns', patterns.length, 0, limits.patternsPerRequest)
    return patterns.map((pattern) => {
      const bytes = encodePattern(pattern, options.matching)
      const shards = this.shards.map((shard) =>
        bytes.length === 0 ? shard.textBytes : shard.find(bytes, options.matching).length,
      )
      const count = sum(shards)
      return { count, ...(options.perShard && { shards }), ...(options.perIndex && { indexes: [count] }) }
    })
  }

  async find(pattern: Pattern, options: MatchOptions = {}): Promise<Match> {
    const bytes = encodePattern(pattern, options.matching)
    return this.matchOf(this.locate((shard) => shard.find(bytes, options.matching)))
  }

  async documents(match: Match, page: PageOptions): Promise<DocumentPage> {
    checkPage(page, 'bytes')
    const places = this.#placesOf(match)
    if (page.by === 'document') return this.#pageByDocument(places, page)
    const position = page.position ?? 0
    const chosen =
      page.sampleSeed === undefined
        ? places.slice(position, position + page.limit)
        : samplePositions(places.length, page.limit, page.sampleSeed).map((at) => places[at])
    const end = position + chosen.length
    const occurrences = chosen.map((place) => this.#occurrence(place, page))
    return { occurrences, nextPosition: page.sampleSeed === undefined && end < places.length ? end : null }
  }

  #pageByDocument(places: Located[], page: PageOptions): DocumentPage {
    const groups = this.#groupByDocument(places)
    const open = [...groups.keys()].sort((a, b) => a - b).filter((document) => document >= (page.position ?? 0))
    const occurrences = open.slice(0, page.limit).map((document) => {
      const inside = (groups.get(document) ?? []).sort((a, b) => a.endOffset - b.endOffset)
      return { ...this.#occurrence(inside[0], page), countInDocument: inside.length }
    })
    return { occurrences, nextPosition: open[page.limit] ?? null }
  }

  async occurrence(match: Match, position: number, options: SnippetOptions): Promise<Occurrence> {
    checkSnippet(options, 'bytes')
    const places = this.#placesOf(match)
    checkInteger('position', position, 0, places.length - 1)
    return this.#occurrence(places[position], options)
  }

  async countDocuments(match: Match): Promise<DocumentCountResult> {
    const count = this.#groupByDocument(this.#placesOf(match)).size
    return { count, isExact: true, lowerBound: count, interval: [count, count] }
  }

  async countFacets(match: Match, field: string): Promise<FacetResult> {
    const column = this.facetFields.indexOf(field)
    if (column < 0) throw new OmnigramError('unknown-facet', `'${field}' is none of: ${this.facetFields.join(', ')}.`)
    const values = new Map<string | null, { occurrences: number; documents: number }>()
    for (const [document, places] of this.#groupByDocument(this.#placesOf(match))) {
      const value = this.#documentAt(document).facets?.[column] ?? null
      const { occurrences, documents } = values.get(value) ?? { occurrences: 0, documents: 0 }
      values.set(value, { occurrences: occurrences + places.length, documents: documents + 1 })
    }
    const rows = [...values].map(([value, counts]) => ({ value, ...counts }))
    rows.sort((a, b) => b.occurrences - a.occurrences || compareValues(a.value, b.value))
    return { field, values: rows, isExact: true }
  }

  async findDocuments(query: DocumentQuery, options: DocumentQueryOptions): Promise<DocumentQueryResult> {
    const terms = { all: query.all ?? [], any: query.any ?? [], none: query.none ?? [] }
    checkDocumentQuery(terms, options)
    const encode = (pattern: Pattern) => encodePattern(pattern, options.matching)
    const [all, any, none] = [terms.all.map(encode), terms.any.map(encode), terms.none.map(encode)]
    const holds = (text: Buffer) => (pattern: Uint8Array) => findPlaces(text, pattern, options.matching).length > 0
    const found = this.#texts.flatMap((text, document) =>
      !this.#hidden.has(document) &&
      all.every(holds(text)) &&
      (any.length === 0 || any.some(holds(text))) &&
      !none.some(holds(text))
        ? [document]
        : [],
    )
    const open = found.filter((document) => document >= (options.position ?? 0))
    return {
      documents: open.slice(0, options.limit).map((document) => this.#info(document)),
      count: found.length,
      isExact: true,
      nextPosition: open[options.limit] ?? null,
    }
  }

  async extract(document: number, startOffset: number, endOffset: number): Promise<Extract> {
    const text = this.#text(document)
    checkInteger('startOffset', startOffset, 0, text.length)
    checkInteger('endOffset', endOffset, startOffset, Number.MAX_SAFE_INTEGER)
    const edges = characterEdges(text).filter((edge) => edge >= startOffset && edge <= endOffset)
    const start = edges[0] ?? Math.min(endOffset, text.length)
    const end = edges.at(-1) ?? start
    return { bytes: new Uint8Array(text.subarray(start, end)), startOffset: start, endOffset: end }
  }

  async document(document: number): Promise<FullDocument> {
    return { ...this.#info(document), text: this.#text(document).toString() }
  }

  async documentInfo(document: number): Promise<DocumentInfo> {
    return this.#info(document)
  }

  async findExternalId(externalId: string): Promise<number | null> {
    const found = this.#documents.flatMap((candidate, document) =>
      (candidate.externalId ?? null) === externalId ? [document] : [],
    )
    const document = found.find((candidate) => !this.#hidden.has(candidate))
    if (document === undefined && found.length > 0) throw new OmnigramError('hidden-document', externalId)
    return document ?? null
  }

  async countUnits(document: number, offset: number): Promise<UnitOffsets> {
    const text = this.#text(document)
    checkInteger('offset', offset, 0, text.length)
    const edges = characterEdges(text)
    const begun = edges.filter((edge) => edge < offset).length
    return { codePoints: begun, utf16Units: text.subarray(0, edges[begun]).toString().length }
  }

  async next(pattern: Pattern, options: NextOptions = {}): Promise<NextSymbols> {
    const unit = chooseUnit(options.unit, 'bytes')
    const bytes = encodePattern(pattern, options.matching)
    return countNext(
      this.shards,
      this.locate((shard) => shard.find(bytes, options.matching)),
      unit,
      options.limit,
    )
  }

  async trace(text: Pattern, options: TraceOptions = {}): Promise<Span[]> {
    const bytes = Buffer.from(encodeSymbols(text))
    const edges =
      options.edges === 'byte' ? Array.from({ length: bytes.length + 1 }, (_, at) => at) : characterEdges(bytes)
    const isThere = (span: Buffer) =>
      this.#texts.some((text, document) => !this.#hidden.has(document) && text.includes(span))
    const spans: Span[] = []
    for (const startOffset of edges) {
      const later = edges.filter((edge) => edge > startOffset)
      const absent = later.findIndex((edge) => !isThere(bytes.subarray(startOffset, edge)))
      const endOffset = later.at(absent < 0 ? -1 : absent - 1)
      if (endOffset === undefined || absent === 0 || endOffset <= (spans.at(-1)?.endOffset ?? 0)) continue
      const span = bytes.subarray(startOffset, endOffset)
      spans.push({ startOffset, endOffset, count: sum(this.shards.map((shard) => shard.find(span).length)) })
    }
    return spans.filter(({ startOffset, endOffset }) => endOffset - startOffset >= (options.minBytes ?? 1))
  }

  cursor(): Cursor {
    return new NaiveCursor(this, new Uint8Array())
  }

  cursors(size: number, start?: CursorStart): CursorBatch {
    const bytes = new Uint8Array()
    return new NaiveCursorBatch(Array.from({ length: size }, () => new NaiveCursor(this, bytes, start)))
  }

  async encode(patterns: readonly Pattern[]): Promise<Symbols[]> {
    return patterns.map(encodeSymbols)
  }

  async decode(): Promise<null[]> {
    throw new OmnigramError('bad-argument', 'The index is of bytes.')
  }

  async decodeAlone(): Promise<null[]> {
    return this.decode()
  }

  lacking(): IndexReader {
    return this
  }

  async close(): Promise<void> {}

  /** Occurrences of all shards. */
  locate(find: (shard: NaiveShard) => NaiveOccurrence[]): Located[] {
    return this.shards.flatMap((shard, number) => find(shard).map((place) => ({ shard: number, ...place })))
  }

  /** Neighbouring rows of the same shard and length become one range. */
  matchOf(places: readonly Located[]): Match {
    const rows = places
      .map((place) => ({
        shard: place.shard,
        length: place.endOffset - place.startOffset,
        row: this.shards[place.shard].rowOf(place),
      }))
      .sort((a, b) => a.shard - b.shard || a.length - b.length || a.row - b.row)
    const ranges: MatchRange[] = []
    for (const { shard, length, row } of rows) {
      const last = ranges.at(-1)
      if (last?.shard === shard && last.length === length && last.hi === row)
        ranges.splice(-1, 1, { ...last, hi: row + 1 })
      else ranges.push({ shard, lo: row, hi: row + 1, length })
    }
    return { generation: this.generation, ranges, count: places.length }
  }

  #placesOf(match: Match): Located[] {
    checkMatch(
      match,
      this.generation,
      this.shards.map((shard) => shard.rowCount),
    )
    return match.ranges.flatMap(({ shard, lo, hi, length }) =>
      Array.from({ length: hi - lo }, (_, at) => ({ shard, ...this.shards[shard].occurrenceAt(lo + at, length) })),
    )
  }

  #groupByDocument(places: readonly Located[]): Map<number, Located[]> {
    const groups = new Map<number, Located[]>()
    for (const place of places) {
      const document = this.#firstDocument(place.shard) + place.document
      groups.set(document, [...(groups.get(document) ?? []), place])
    }
    return groups
  }

  #firstDocument(shard: number): number {
    return sum(this.shards.slice(0, shard).map(({ documents }) => documents.length))
  }

  #occurrence(place: Located, options: SnippetOptions): Occurrence {
    const { startOffset, endOffset } = place
    return {
      document: this.#info(this.#firstDocument(place.shard) + place.document),
      startOffset,
      endOffset,
      snippet: cutSnippet(this.shards[place.shard].texts[place.document], place, options),
    }
  }

  #documentAt(document: number): NaiveDocument {
    checkInteger('document', document, 0, Number.MAX_SAFE_INTEGER)
    const found = this.#documents[document]
    if (!found) throw new OmnigramError('unknown-document', `Number ${document} of ${this.#documents.length}.`)
    if (this.#hidden.has(document)) throw new OmnigramError('hidden-document', `Number ${document}.`)
    return found
  }

  #text(document: number): Buffer {
    this.#documentAt(document)
    return this.#texts[document]
  }

  #info(document: number): DocumentInfo {
    const { externalId = null, metadata = null, facets } = this.#documentAt(document)
    return {
      index: this.name,
      document,
      externalId,
      metadata,
      facets: Object.fromEntries(this.facetFields.map((field, column) => [field, facets?.[column] ?? null])),
      textBytes: this.#text(document).length,
      symbolCount: this.#text(document).length,
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function compareValues(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function describe(shards: readonly NaiveShard[], facetFields: readonly string[]): Manifest {
  const entries = shards.map(({ documents, textBytes }, shard) => {
    const checksum = shard.toString(16).padStart(32, '0')
    return { name: `${checksum}.fm`, checksum, bytes: 0, documents: documents.length, textBytes }
  })
  return {
    format: 'omnigram-index',
    version: 1,
    symbols: 'bytes',
    options: {
      shardBytes: 0,
      saRate: 32,
      isaRate: 64,
      profile: 'default',
      textStore: false,
      textField: 'text',
      idField: null,
      metaFields: null,
      facetFields: [...facetFields],
      invalidUtf8: 'replace',
    },
    statistics: {
      documents: sum(shards.map((shard) => shard.documents.length - shard.hidden.size)),
      textBytes: sum(entries.map((entry) => entry.textBytes)),
      replacedCharacters: 0,
      skipped: {},
    },
    shards: entries,
  }
}
