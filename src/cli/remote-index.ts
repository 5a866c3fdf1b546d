/** How do the verbs work on an index that a server holds? */
import { OmnigramError } from '../core/errors.js'
import type { Matching, Pattern } from '../core/pattern.js'
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
  NextSymbols,
  Occurrence,
  PageOptions,
} from '../query/index-reader.js'
import type { SearchTarget } from './search-target.js'
import { ServerClient } from './server-client.js'

/** What a match was asked by: the server takes patterns, not rows. */
interface Question {
  readonly pattern: Pattern
  readonly matching?: Matching
}

type NextEntry = { id: number; text: string | null; count: number } | { end: true; count: number }
type DocumentAnswer = { document: DocumentInfo; text: string; startOffset: number; endOffset: number }

export class RemoteIndex implements SearchTarget {
  readonly #client: ServerClient
  readonly #questions = new WeakMap<Match, Question>()
  /** Cursors of the server by the position that they continue at. */
  readonly #cursors = new Map<number, string>()

  constructor(target: string) {
    this.#client = new ServerClient(target)
  }

  async count(patterns: readonly Pattern[], { matching, signal }: CountOptions = {}): Promise<CountResult[]> {
    const { results } = await this.#client.post<{ results: CountResult[] }>('/count', { patterns, matching }, signal)
    return results
  }

  async find(pattern: Pattern, { matching, signal }: MatchOptions = {}): Promise<Match> {
    const match = await this.#client.post<Match>('/find', { pattern, matching }, signal)
    this.#questions.set(match, { pattern, matching })
    return match
  }

  async countDocuments(match: Match, { exact, signal }: BudgetOptions = {}): Promise<DocumentCountResult> {
    const { pattern, matching } = this.#question(match)
    const request = { patterns: [pattern], matching, exact, documents: true }
    type Answer = { results: { documents: Omit<DocumentCountResult, 'isExact'> & { exact: boolean } }[] }
    const { exact: isExact, ...documents } = (await this.#client.post<Answer>('/count', request, signal)).results[0]
      .documents
    return { ...documents, isExact }
  }

  async countFacets(match: Match, field: string, { exact, signal }: BudgetOptions = {}): Promise<FacetResult> {
    const request = { ...this.#question(match), field, exact, limit: 10_000 }
    type Answer = Omit<FacetResult, 'isExact'> & { exact: boolean }
    const { exact: isExact, ...facets } = await this.#client.post<Answer>('/facets', request, signal)
    return { ...facets, isExact }
  }

  async documents(match: Match, { position, signal, ...page }: PageOptions): Promise<DocumentPage> {
    const request = { ...this.#question(match), ...page, cursor: this.#cursorAt(position) }
    type Answer = { occurrences: Occurrence[]; nextCursor: string | null }
    const { occurrences, nextCursor } = await this.#client.post<Answer>('/documents', request, signal)
    return { occurrences, nextPosition: this.#keepCursor(nextCursor, (position ?? 0) + occurrences.length) }
  }

  async findDocuments(query: DocumentQuery, options: DocumentQueryOptions): Promise<DocumentQueryResult> {
    const { position, signal, limit, matching, exact } = options
    const terms = Object.fromEntries(Object.entries(query).filter(([, patterns]) => patterns.length > 0))
    const request = { ...terms, limit, matching, exact, cursor: this.#cursorAt(position) }
    type Answer = { documents: DocumentInfo[]; count: number; exact: boolean; nextCursor: string | null }
    const { nextCursor, exact: isExact, ...answer } = await this.#client.post<Answer>('/documents', request, signal)
    const nextPosition = this.#keepCursor(nextCursor, (position ?? 0) + answer.documents.length)
    return { ...answer, isExact, nextPosition }
  }

  async documentInfo(document: number, { signal }: CallOptions = {}): Promise<DocumentInfo> {
    return (await this.#client.get<DocumentAnswer>(`/documents/${document}?start=0&end=0`, signal)).document
  }

  async document(document: number, { signal }: CallOptions = {}): Promise<FullDocument> {
    const answer = await this.#client.get<DocumentAnswer>(`/documents/${document}`, signal)
    return { ...answer.document, text: answer.text }
  }

  async extract(document: number, start: number, end: number, { signal }: CallOptions = {}): Promise<Extract> {
    const answer = await this.#client.get<DocumentAnswer>(`/documents/${document}?start=${start}&end=${end}`, signal)
    return { bytes: Buffer.from(answer.text), startOffset: answer.startOffset, endOffset: answer.endOffset }
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

  async next(pattern: Pattern, { unit, matching, signal }: NextOptions): Promise<NextSymbols> {
    type Answer = { count: number; next: NextEntry[] }
    const { count, next } = await this.#client.post<Answer>('/next', { pattern, matching, unit }, signal)
    return { count, next: next.map((entry) => ({ bytes: readBytes(entry), count: entry.count })) }
  }

  async close(): Promise<void> {}

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

/** A byte that is no character by itself has no text. */
function readBytes(entry: NextEntry): Uint8Array | null {
  if ('end' in entry) return null
  return entry.text === null ? Uint8Array.of(entry.id) : Buffer.from(entry.text)
}
