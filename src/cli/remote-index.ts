/** How do the verbs work on an index that a server holds? */
import { OmnigramError } from '../core/errors.js'
import type { Matching, Pattern, SymbolKind } from '../core/pattern.js'
import type {
  BudgetOptions,
  CallOptions,
  CountOptions,
  CountResult,
  DocumentCountResult,
  DocumentInfo,
  DocumentPage,
  DocumentQuery,
  DocumentQueryOptions,
  DocumentQueryResult,
  Extract,
  FacetResult,
  FullDocument,
  Match,
  MatchOptions,
  NextOptions,
  NextSymbol,
  NextSymbols,
  Occurrence,
  PageOptions,
  Snippet,
  Symbols,
  SymbolUnit,
} from '../query/index-reader.js'
import { measureCoverage } from '../query/tracing/choose-spans.js'
import type { TextTrace, TracedDocument, TracedSpan, TraceTextOptions } from '../query/tracing/trace-text.js'
import type { PartialState, TargetMethods } from './search-target.js'
import { ServerClient } from './server-client.js'

/** What a match was asked by: the server takes patterns, not rows. */
interface Question {
  readonly pattern: Pattern
  readonly matching?: Matching
}

type NextEntry = { id: number; text: string | null; count: number } | { end: true; count: number }
type DocumentAnswer = {
  document: DocumentInfo
  text: string | null
  ids?: number[]
  startOffset: number
  endOffset: number
}
/** Of the rarest spans; of the maximal ones there are only places and counts. */
type SpanAnswer = Omit<TracedSpan, 'text' | 'documents'> & {
  documents: (OccurrenceAnswer & Pick<TracedDocument, 'relevance'>)[]
}
type OccurrenceAnswer = Omit<Occurrence, 'snippet'> & { snippet: Omit<Snippet, 'tokens'> & { ids?: number[] } }

export class RemoteIndex implements TargetMethods {
  /** Set once an answer lacked shards, which happens only where that is allowed. */
  partial: PartialState | null = null
  readonly #client: ServerClient
  readonly #allowsPartial: boolean
  readonly #questions = new WeakMap<Match, Question>()
  /** Cursors of the server by the position that they continue at. */
  readonly #cursors = new Map<number, string>()
  /** What tokens say, as answers told it. */
  readonly #texts = new Map<number, string | null>()

  constructor(target: string, { allowsPartial = false }: { readonly allowsPartial?: boolean } = {}) {
    this.#client = new ServerClient(target)
    this.#allowsPartial = allowsPartial
  }

  async count(patterns: readonly Pattern[], { matching, signal }: CountOptions = {}): Promise<CountResult[]> {
    const { results } = await this.#post<{ results: CountResult[] }>(
      '/count',
      { patterns: patterns.map(toWire), matching },
      signal,
    )
    return results
  }

  async find(pattern: Pattern, { matching, signal }: MatchOptions = {}): Promise<Match> {
    const match = await this.#post<Match>('/find', { pattern: toWire(pattern), matching }, signal)
    this.#questions.set(match, { pattern, matching })
    return match
  }

  async countDocuments(match: Match, { exact, signal }: BudgetOptions = {}): Promise<DocumentCountResult> {
    const { pattern, matching } = this.#question(match)
    const request = { patterns: [toWire(pattern)], matching, exact, documents: true }
    type Answer = { results: { documents: Omit<DocumentCountResult, 'isExact'> & { exact: boolean } }[] }
    const { exact: isExact, ...documents } = (await this.#post<Answer>('/count', request, signal)).results[0].documents
    return { ...documents, isExact }
  }

  async countFacets(match: Match, field: string, { exact, signal }: BudgetOptions = {}): Promise<FacetResult> {
    const request = { ...this.#ask(match), field, exact, limit: 10_000 }
    type Answer = Omit<FacetResult, 'isExact'> & { exact: boolean }
    const { exact: isExact, ...facets } = await this.#post<Answer>('/facets', request, signal)
    return { ...facets, isExact }
  }

  async documents(match: Match, { position, signal, ...page }: PageOptions): Promise<DocumentPage> {
    const request = { ...this.#ask(match), ...page, cursor: this.#cursorAt(position) }
    type Answer = { occurrences: OccurrenceAnswer[]; nextCursor: string | null }
    const answer = await this.#post<Answer>('/documents', request, signal)
    const { nextCursor } = answer
    const occurrences = answer.occurrences.map(readOccurrence)
    return { occurrences, nextPosition: this.#keepCursor(nextCursor, (position ?? 0) + occurrences.length) }
  }

  async findDocuments(query: DocumentQuery, options: DocumentQueryOptions): Promise<DocumentQueryResult> {
    const { position, signal, limit, matching, exact } = options
    const terms = Object.fromEntries(
      Object.entries(query)
        .filter(([, patterns]) => patterns.length > 0)
        .map(([name, patterns]) => [name, patterns.map(toWire)]),
    )
    const request = { ...terms, limit, matching, exact, cursor: this.#cursorAt(position) }
    type Answer = { documents: DocumentInfo[]; count: number; exact: boolean; nextCursor: string | null }
    const { nextCursor, exact: isExact, ...answer } = await this.#post<Answer>('/documents', request, signal)
    const nextPosition = this.#keepCursor(nextCursor, (position ?? 0) + answer.documents.length)
    return { ...answer, isExact, nextPosition }
  }

  async documentInfo(document: number, { signal }: CallOptions = {}): Promise<DocumentInfo> {
    return (await this.#client.get<DocumentAnswer>(`/documents/${document}?start=0&end=0`, signal)).document
  }

  async document(document: number, { signal }: CallOptions = {}): Promise<FullDocument> {
    const answer = await this.#client.get<DocumentAnswer>(`/documents/${document}`, signal)
    return { ...answer.document, text: answer.text, ...readTokens(answer.ids) }
  }

  async extract(document: number, start: number, end: number, { signal }: CallOptions = {}): Promise<Extract> {
    const answer = await this.#client.get<DocumentAnswer>(`/documents/${document}?start=${start}&end=${end}`, signal)
    const { text, ids, startOffset, endOffset } = answer
    return { bytes: text === null ? null : Buffer.from(text), ...readTokens(ids), startOffset, endOffset }
  }

  async findExternalId(externalId: string, { signal }: CallOptions = {}): Promise<number | null> {
    try {
      const path = `/documents/${encodeURIComponent(`id:${externalId}`)}?start=0&end=0`
      return (await this.#client.get<DocumentAnswer>(path, signal)).document.document
    } catch (error) {
      if (error instanceof OmnigramError && error.code === 'unknown-document') return null
      throw error
    }
  }

  async next(pattern: Pattern, { unit, limit, matching, signal }: NextOptions = {}): Promise<NextSymbols> {
    type Answer = { count: number; unit: SymbolUnit; next: NextEntry[] }
    const request = { pattern: toWire(pattern), matching, unit, limit }
    const answer = await this.#post<Answer>('/next', request, signal)
    for (const entry of answer.next) if ('id' in entry) this.#texts.set(entry.id, entry.text)
    return { count: answer.count, next: answer.next.map((entry) => readNext(entry, answer.unit)) }
  }

  /** As `traceText` of a folder. All spans of an index of tokens are only told where the index is: throws `bad-argument`. */
  async traceText(text: string, { isAll, documentsPerSpan, seed, signal }: TraceTextOptions = {}): Promise<TextTrace> {
    if (isAll) return this.#traceAll(text, signal)
    type Answer = { spans: SpanAnswer[]; coverage?: number; symbolCount: number; text: string }
    const request = { text, spans: 'rarest', documentsPerSpan, seed }
    const answer = await this.#post<Answer>('/trace', request, signal)
    const spans = answer.spans.map(({ documents, ...span }) => ({
      ...span,
      text: answer.text.slice(span.startUtf16Offset, span.endUtf16Offset),
      documents: documents.map(({ relevance, ...occurrence }) => ({
        occurrence: readOccurrence(occurrence),
        relevance,
      })),
    }))
    const { symbolCount } = answer
    // Not told where shards are missing.
    const coverage = answer.coverage ?? measureCoverage(spans, symbolCount)
    return { spans, coverage, symbolCount, text: answer.text }
  }

  async #traceAll(text: string, signal: AbortSignal | undefined): Promise<TextTrace> {
    if ((await this.readSymbols()) === 'tokens') {
      throw new OmnigramError(
        'bad-argument',
        'What all spans of an index of tokens say is only told where the index is.',
      )
    }
    type Answer = { spans: Pick<TracedSpan, 'startOffset' | 'endOffset' | 'count'>[] }
    const { spans } = await this.#post<Answer>('/trace', { text, minBytes: 1 }, signal)
    const bytes = Buffer.from(text)
    const traced = spans.map((span) => {
      const [before, said] = [
        bytes.toString('utf8', 0, span.startOffset),
        bytes.toString('utf8', span.startOffset, span.endOffset),
      ]
      const places = { startUtf16Offset: before.length, endUtf16Offset: before.length + said.length }
      return { ...span, ...places, text: said, documents: [], relevance: null }
    })
    return { spans: traced, coverage: measureCoverage(spans, bytes.length), symbolCount: bytes.length, text }
  }

  async encode(patterns: readonly Pattern[]): Promise<Symbols[]> {
    type Answer = { results: { ids?: number[] }[] }
    const { results } = await this.#post<Answer>('/count', { patterns: patterns.map(toWire) })
    return results.map(({ ids = [] }) => Uint32Array.from(ids))
  }

  /** Of tokens that answers have brought; of others nothing is told. */
  async decodeAlone(tokens: Uint32Array): Promise<(string | null)[]> {
    return Array.from(tokens, (token) => this.#texts.get(token) ?? null)
  }

  async readSymbols(): Promise<SymbolKind> {
    type Answer = { indexes: { symbols: SymbolKind }[] }
    return (await this.#client.get<Answer>('')).indexes[0].symbols
  }

  async close(): Promise<void> {}

  /** Bounds of a partial answer are read as counts; {@link partial} tells that they are none. */
  async #post<Answer extends object>(
    path: string,
    request: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const said = this.#allowsPartial ? { ...request, partial: 'allow' } : request
    const answer = await this.#client.post<Answer & { partial?: PartialState }>(path, said, signal)
    if (!answer.partial) return answer
    this.partial = answer.partial
    return readBounds(answer) as Answer
  }

  #ask(match: Match) {
    const { pattern, matching } = this.#question(match)
    return { pattern: toWire(pattern), matching }
  }

  #question(match: Match): Question {
    const question = this.#questions.get(match)
    if (!question) throw new OmnigramError('stale-cursor', 'The match is not one that this connection found.')
    return question
  }

  #cursorAt(position: number | undefined): string | undefined {
    if (position === undefined || position === 0) return undefined
    const cursor = this.#cursors.get(position)
    if (cursor === undefined) {
      throw new OmnigramError(
        'bad-argument',
        `A server's pages are read from the first one on: --from ${position} needs a folder.`,
      )
    }
    return cursor
  }

  #keepCursor(cursor: string | null, position: number): number | null {
    if (cursor === null) return null
    this.#cursors.set(position, cursor)
    return position
  }
}

/** Token ids are no binary for the server, which would take that for bytes of text. */
function toWire(pattern: Pattern): string | Uint8Array | { ids: number[] } {
  return pattern instanceof Uint32Array ? { ids: [...pattern] } : pattern
}

/** Fields named as in a whole answer. */
function readBounds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readBounds)
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) =>
      name === 'facets' ? [name, field] : [name.replace(/LowerBound$/, ''), readBounds(field)],
    ),
  )
}

function readTokens(ids: readonly number[] | undefined): { tokens?: Uint32Array } {
  return ids ? { tokens: Uint32Array.from(ids) } : {}
}

function readOccurrence({ snippet: { ids, ...snippet }, ...occurrence }: OccurrenceAnswer): Occurrence {
  return { ...occurrence, snippet: { ...snippet, ...readTokens(ids) } }
}

/** A byte that is no character by itself has no text. */
function readNext(entry: NextEntry, unit: SymbolUnit): NextSymbol {
  const { count } = entry
  if ('end' in entry) return { bytes: null, token: null, count }
  if (unit === 'token') return { bytes: null, token: entry.id, count }
  return { bytes: entry.text === null ? Uint8Array.of(entry.id) : Buffer.from(entry.text), token: null, count }
}
