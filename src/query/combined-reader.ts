/** What do several indexes answer together? Counts add up; shards and documents are numbered one index after the other. */
import { OmnigramError } from '../core/errors.js'
import type { Manifest } from '../core/manifest.js'
import type { Pattern } from '../core/pattern.js'
import { checkDocumentQuery, checkInteger, checkLimit, checkMatch, checkPage } from './check-arguments.js'
import { combineEstimates } from './combine-estimates.js'
import { combineManifests } from './combine-manifests.js'
import { CombinedCursor } from './combined-cursor.js'
import { CombinedCursorBatch } from './combined-cursor-batch.js'
import { joinMatches, type Member, numberOccurrence, placeMembers, splitMatch } from './combined-members.js'
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
import { mergeFacetResults } from './merge-facets.js'
import { mergeNext } from './merge-next.js'
import type { MissingShards } from './missing-shards.js'
import { startClock } from './query-call.js'
import { samplePositions } from './sample-positions.js'
import { sumUp } from './sum-up.js'
import { traceTogether } from './trace-together.js'

/**
 * One reader over several, `hash` the SHA-256 of a manifest. Closing it closes them all.
 *
 * Throws `bad-argument` when there is none, or two of one name.
 */
export function joinReaders(readers: readonly IndexReader[], hash: (manifest: Manifest) => string): IndexReader {
  if (readers.length === 0) throw new OmnigramError('bad-argument', 'No index is named.')
  const names = readers.flatMap(({ parts }) => parts.map(({ name }) => name))
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new OmnigramError('bad-argument', `The index ${twice} is named twice.`)
  return readers.length === 1 ? readers[0] : new CombinedReader(readers, hash)
}

class CombinedReader implements IndexReader {
  readonly name: string
  readonly generation: string
  readonly manifestSha256: string
  readonly manifest: Manifest
  readonly facetFields: readonly string[]
  readonly parts: readonly IndexPart[]
  readonly #members: readonly Member[]
  readonly #hash: (manifest: Manifest) => string

  constructor(readers: readonly IndexReader[], hash: (manifest: Manifest) => string) {
    this.name = readers.map(({ name }) => name).join()
    this.generation = readers.map(({ generation }) => generation).join()
    this.manifest = combineManifests(readers.map(({ manifest }) => manifest))
    this.#hash = hash
    this.manifestSha256 = hash(this.manifest)
    this.facetFields = this.manifest.options.facetFields
    this.#members = placeMembers(readers)
    this.parts = this.#members.flatMap(({ reader, firstShard, firstDocument }) =>
      reader.parts.map((part) => ({
        ...part,
        firstShard: firstShard + part.firstShard,
        firstDocument: firstDocument + part.firstDocument,
      })),
    )
  }

  get isVerified(): boolean {
    return this.#members.every(({ reader }) => reader.isVerified)
  }

  async count(patterns: readonly Pattern[], options: CountOptions = {}): Promise<CountResult[]> {
    const { perShard, perIndex } = options
    const answers = await this.#ask((reader) => reader.count(patterns, options))
    return patterns.map((_, at) => {
      const results = answers.map((answer) => answer[at])
      return {
        count: sumUp(results, ({ count }) => count),
        ...(perShard && { shards: results.flatMap(({ shards = [] }) => shards) }),
        ...(perIndex && { indexes: results.flatMap(({ indexes = [] }) => indexes) }),
      }
    })
  }

  async find(pattern: Pattern, options: MatchOptions = {}): Promise<Match> {
    const matches = await this.#ask((reader) => reader.find(pattern, options))
    return joinMatches(this.generation, this.#members, matches)
  }

  async documents(match: Match, page: PageOptions): Promise<DocumentPage> {
    checkPage(page, this.manifest.symbols)
    this.#check(match)
    if (page.by === 'document') return this.#pageByDocument(match, page)
    if (page.sampleSeed !== undefined) return this.#sample(match, page, page.sampleSeed)
    const left = startClock(page)
    const occurrences: Occurrence[] = []
    const position = page.position ?? 0
    let first = 0
    for (const member of this.#members) {
      const part = splitMatch(member, match)
      const from = Math.max(0, position - first)
      const limit = Math.min(page.limit - occurrences.length, part.count - from)
      first += part.count
      if (limit <= 0) continue
      const found = await member.reader.documents(part, { ...page, ...left(), limit, position: from })
      occurrences.push(...found.occurrences.map((occurrence) => numberOccurrence(member, occurrence)))
    }
    const end = position + occurrences.length
    return { occurrences, nextPosition: end < match.count ? end : null }
  }

  async #pageByDocument(match: Match, page: PageOptions): Promise<DocumentPage> {
    const left = startClock(page)
    const occurrences: Occurrence[] = []
    for (const member of this.#members) {
      const { firstDocument, documents, reader } = member
      const from = Math.max(0, (page.position ?? 0) - firstDocument)
      const part = splitMatch(member, match)
      if (from >= documents || part.count === 0) continue
      // Where the page is full, one document more says whether there is a next one.
      const limit = Math.max(1, page.limit - occurrences.length)
      const found = await reader.documents(part, { ...page, ...left(), limit, position: from })
      if (occurrences.length === page.limit) {
        const next = found.occurrences[0]
        if (next) return { occurrences, nextPosition: firstDocument + next.document.document }
        continue
      }
      occurrences.push(...found.occurrences.map((occurrence) => numberOccurrence(member, occurrence)))
      if (found.nextPosition !== null) return { occurrences, nextPosition: firstDocument + found.nextPosition }
    }
    return { occurrences, nextPosition: null }
  }

  async #sample(match: Match, page: PageOptions, seed: number): Promise<DocumentPage> {
    const positions = samplePositions(match.count, page.limit, seed)
    const occurrences = await Promise.all(positions.map((position) => this.occurrence(match, position, page)))
    return { occurrences, nextPosition: null }
  }

  async occurrence(match: Match, position: number, options: SnippetOptions): Promise<Occurrence> {
    this.#check(match)
    checkInteger('position', position, 0, match.count - 1)
    let first = 0
    for (const member of this.#members) {
      const part = splitMatch(member, match)
      if (position < first + part.count) {
        return numberOccurrence(member, await member.reader.occurrence(part, position - first, options))
      }
      first += part.count
    }
    throw new OmnigramError('internal', `No index has position ${position}.`)
  }

  async countDocuments(match: Match, options: BudgetOptions = {}): Promise<DocumentCountResult> {
    this.#check(match)
    return combineEstimates(
      await this.#ask((reader, member) => reader.countDocuments(splitMatch(member, match), options)),
    )
  }

  async countFacets(match: Match, field: string, options: BudgetOptions = {}): Promise<FacetResult> {
    this.#check(match)
    return mergeFacetResults(
      field,
      await this.#ask((reader, member) => reader.countFacets(splitMatch(member, match), field, options)),
    )
  }

  async findDocuments(query: DocumentQuery, options: DocumentQueryOptions): Promise<DocumentQueryResult> {
    const { all = [], any = [], none = [] } = query
    checkDocumentQuery({ all, any, none }, options)
    const { position = 0, limit } = options
    const results = await this.#ask((reader, { firstDocument }) =>
      reader.findDocuments(query, { ...options, position: Math.max(0, position - firstDocument) }),
    )
    const open = results.flatMap(({ documents }, at) => {
      const { firstDocument, documents: ends } = this.#members[at]
      const isPast = position >= firstDocument + ends
      return isPast ? [] : documents.map((info) => ({ ...info, document: info.document + firstDocument }))
    })
    // What a member left out comes before what a later one gave.
    const rest = results.flatMap(({ nextPosition }, at) =>
      nextPosition === null ? [] : [nextPosition + this.#members[at].firstDocument],
    )
    const next = Math.min(...open.slice(limit, limit + 1).map(({ document }) => document), ...rest)
    return {
      documents: open.slice(0, limit),
      count: sumUp(results, ({ count }) => count),
      isExact: results.every(({ isExact }) => isExact),
      nextPosition: Number.isFinite(next) ? next : null,
    }
  }

  async extract(document: number, startOffset: number, endOffset: number, options?: CallOptions): Promise<Extract> {
    const { reader, firstDocument } = this.#memberOf(document)
    return reader.extract(document - firstDocument, startOffset, endOffset, options)
  }

  async document(document: number, options?: CallOptions): Promise<FullDocument> {
    const { reader, firstDocument } = this.#memberOf(document)
    return { ...(await reader.document(document - firstDocument, options)), document }
  }

  async documentInfo(document: number, options?: CallOptions): Promise<DocumentInfo> {
    const { reader, firstDocument } = this.#memberOf(document)
    return { ...(await reader.documentInfo(document - firstDocument, options)), document }
  }

  async findExternalId(externalId: string, options?: CallOptions): Promise<number | null> {
    let hidden: OmnigramError | null = null
    const found = await this.#ask((reader) =>
      reader.findExternalId(externalId, options).catch((thrown: unknown) => {
        // Another index may have a document of that id which can be seen.
        if (!(thrown instanceof OmnigramError) || thrown.code !== 'hidden-document') throw thrown
        hidden = thrown
        return null
      }),
    )
    const first = found.findIndex((document) => document !== null)
    if (first < 0 && hidden !== null) throw hidden
    return first < 0 ? null : this.#members[first].firstDocument + (found[first] ?? 0)
  }

  async countUnits(document: number, offset: number, options?: CallOptions): Promise<UnitOffsets> {
    const { reader, firstDocument } = this.#memberOf(document)
    return reader.countUnits(document - firstDocument, offset, options)
  }

  async next(pattern: Pattern, options: NextOptions = {}): Promise<NextSymbols> {
    // What is most frequent in all of them need not be in any.
    const { limit, ...unlimited } = options
    checkLimit(limit)
    const answers = await this.#ask((reader) => reader.next(pattern, unlimited))
    return {
      count: sumUp(answers, ({ count }) => count),
      next: mergeNext(answers.map(({ next }) => next)).slice(0, limit),
    }
  }

  async trace(text: Pattern, options: TraceOptions = {}): Promise<Span[]> {
    return traceTogether(
      this.#members.map(({ reader }) => reader),
      text,
      options,
    )
  }

  cursor(): Cursor {
    return this.#joinCursors(this.#members.map(({ reader }) => reader.cursor()))
  }

  cursors(size: number, start?: CursorStart): CursorBatch {
    const batches = this.#members.map(({ reader }) => reader.cursors(size, start))
    return new CombinedCursorBatch(batches, (cursors) => this.#joinCursors(cursors))
  }

  async encode(patterns: readonly Pattern[]): Promise<Symbols[]> {
    return this.#members[0].reader.encode(patterns)
  }

  async decode(tokens: readonly Uint32Array[]): Promise<readonly (string | null)[]> {
    return this.#members[0].reader.decode(tokens)
  }

  async decodeAlone(tokens: Uint32Array): Promise<readonly (string | null)[]> {
    return this.#members[0].reader.decodeAlone(tokens)
  }

  lacking(missing: MissingShards): IndexReader {
    return new CombinedReader(
      this.#members.map(({ reader, firstShard }) => reader.lacking(missing.ofMember(firstShard))),
      this.#hash,
    )
  }

  async close(): Promise<void> {
    await this.#ask((reader) => reader.close())
  }

  #joinCursors(cursors: readonly Cursor[]): Cursor {
    return new CombinedCursor(this.generation, this.#members, cursors)
  }

  #ask<Answer>(question: (reader: IndexReader, member: Member) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(this.#members.map((member) => question(member.reader, member)))
  }

  #check(match: Match): void {
    // The rows of a shard are its reader's to check.
    checkMatch(
      match,
      this.generation,
      this.manifest.shards.map(() => Number.MAX_SAFE_INTEGER),
    )
  }

  #memberOf(document: number): Member {
    checkInteger('document', document, 0, Number.MAX_SAFE_INTEGER)
    const member = this.#members.find(({ firstDocument, documents }) => document < firstDocument + documents)
    if (member) return member
    const { documents } = this.manifest.statistics
    throw new OmnigramError('unknown-document', `Number ${document} where there are ${documents} documents.`)
  }
}
