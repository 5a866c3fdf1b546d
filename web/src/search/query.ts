/** What is asked, and how does it stand in the address? */
import { pageAddress } from '../server/site.ts'

/** A place in a document that is open beside the results. Both offsets are 0 for a document as a whole. */
export interface OpenPlace {
  readonly index: string
  readonly document: number
  readonly startOffset: number
  readonly endOffset: number
}

/** Another pattern that documents have to hold, one of several that they may, or must not. */
export interface Term {
  readonly kind: 'all' | 'any' | 'none'
  readonly pattern: string
}

export interface Query {
  readonly indexes: readonly string[]
  readonly pattern: string
  /** Patterns are token ids with commas or spaces between them. */
  readonly asIds: boolean
  readonly ignoreCase: boolean
  readonly flexibleSpace: boolean
  /** With any of these, documents are searched instead of places. */
  readonly terms: readonly Term[]
  readonly by: 'occurrence' | 'document'
  /** Characters on each side of a match. */
  readonly context: number
  /** Occurrences at random, the same for the same seed; null for all in order. */
  readonly sampleSeed: number | null
  readonly open: OpenPlace | null
  /** Whether shards may be missing of an answer, which then says so. */
  readonly partial: boolean
  /** Generation that the link was made for. */
  readonly generation: string | null
}

export const emptyQuery: Query = {
  indexes: [],
  pattern: '',
  asIds: false,
  ignoreCase: false,
  flexibleSpace: false,
  terms: [],
  by: 'occurrence',
  context: 80,
  sampleSeed: null,
  open: null,
  partial: false,
  generation: null,
}

/** Address of the page. */
export const searchPath = pageAddress('/')

export const contextSteps = [40, 80, 160, 320, 640]

export const termKinds = ['all', 'any', 'none'] as const

/** As many as the server takes, with the pattern itself. */
export const maxTerms = 31

/** A longer address is refused by servers; such a question stays out of it. */
const maxAddressLength = 8_000

function readPlace(text: string | null): OpenPlace | null {
  const match = /^(.+):(\d{1,15}):(\d{1,15})-(\d{1,15})$/.exec(text ?? '')
  if (!match) return null
  const [, index, document, start, end] = match
  return { index, document: Number(document), startOffset: Number(start), endOffset: Number(end) }
}

function readTerm(text: string): Term[] {
  const kind = termKinds.find((name) => text.startsWith(`${name}:`))
  return kind ? [{ kind, pattern: text.slice(kind.length + 1) }] : []
}

/** The query of an address; what it does not say is as in {@link emptyQuery}. */
export function readQuery(search: string): Query {
  const params = new URLSearchParams(search)
  const context = Number(params.get('context'))
  const seed = params.get('sample') ?? ''
  return {
    indexes: (params.get('index') ?? '').split(',').filter((name) => name !== ''),
    pattern: params.get('q') ?? '',
    asIds: params.has('ids'),
    ignoreCase: params.has('i'),
    flexibleSpace: params.has('s'),
    terms: params.getAll('term').flatMap(readTerm).slice(0, maxTerms),
    by: params.get('by') === 'document' ? 'document' : 'occurrence',
    context: contextSteps.includes(context) ? context : emptyQuery.context,
    sampleSeed: /^\d{1,15}$/.test(seed) ? Number(seed) : null,
    open: readPlace(params.get('open')),
    partial: params.has('partial'),
    generation: params.get('generation'),
  }
}

/** The address of a query: only what differs from the empty one. Null for one that is too long to be an address. */
export function writeQuery(query: Query): string | null {
  const params = new URLSearchParams()
  if (query.indexes.length > 0) params.set('index', query.indexes.join(','))
  if (query.pattern !== '') params.set('q', query.pattern)
  if (query.asIds) params.set('ids', '1')
  if (query.ignoreCase) params.set('i', '1')
  if (query.flexibleSpace) params.set('s', '1')
  for (const { kind, pattern } of query.terms) params.append('term', `${kind}:${pattern}`)
  if (query.by !== 'occurrence') params.set('by', query.by)
  if (query.context !== emptyQuery.context) params.set('context', String(query.context))
  if (query.sampleSeed !== null) params.set('sample', String(query.sampleSeed))
  if (query.partial) params.set('partial', '1')
  if (query.generation !== null) params.set('generation', query.generation)
  if (query.open) {
    const { index, document, startOffset, endOffset } = query.open
    params.set('open', `${index}:${document}:${startOffset}-${endOffset}`)
  }
  const text = params.toString()
  if (text.length > maxAddressLength) return null
  return text === '' ? searchPath : `${searchPath}?${text}`
}

/** Whether documents are searched by several patterns. */
export function isCombined({ terms }: Query): boolean {
  return terms.length > 0
}

/** The patterns of a combined query by their kind; those that are still empty are left out. */
export function groupTerms({ pattern, terms }: Query): Readonly<Record<Term['kind'], string[]>> {
  const groups: Record<Term['kind'], string[]> = { all: pattern === '' ? [] : [pattern], any: [], none: [] }
  for (const term of terms) if (term.pattern !== '') groups[term.kind].push(term.pattern)
  return groups
}

/** Whether there is something to ask. */
export function isAnswerable(query: Query): boolean {
  const { all, any } = groupTerms(query)
  return query.indexes.length > 0 && all.length + any.length > 0
}

/** What decides the counts: a change of anything else keeps them. */
export function countKey({ indexes, pattern, asIds, ignoreCase, flexibleSpace, terms, partial }: Query): string {
  return JSON.stringify([indexes, pattern, asIds, ignoreCase, flexibleSpace, terms, partial])
}

/** What decides the list of results. */
export function resultsKey(query: Query): string {
  return JSON.stringify([countKey(query), query.by, query.context, query.sampleSeed])
}
