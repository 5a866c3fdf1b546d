/** What is asked, and how does it stand in the address? */

/** A place in a document that is open beside the results. */
export interface OpenPlace {
  readonly index: string
  readonly document: number
  readonly startOffset: number
  readonly endOffset: number
}

export interface Query {
  readonly indexes: readonly string[]
  readonly pattern: string
  readonly ignoreCase: boolean
  readonly flexibleSpace: boolean
  readonly by: 'occurrence' | 'document'
  /** Characters on each side of a match. */
  readonly context: number
  readonly open: OpenPlace | null
  /** Generation that the link was made for. */
  readonly generation: string | null
}

export const emptyQuery: Query = {
  indexes: [],
  pattern: '',
  ignoreCase: false,
  flexibleSpace: false,
  by: 'occurrence',
  context: 80,
  open: null,
  generation: null,
}

/** Address of the page. */
export const searchPath = '/'

export const contextSteps = [40, 80, 160, 320, 640]

function readPlace(text: string | null): OpenPlace | null {
  const match = /^(.+):(\d+):(\d+)-(\d+)$/.exec(text ?? '')
  if (!match) return null
  const [, index, document, start, end] = match
  return { index, document: Number(document), startOffset: Number(start), endOffset: Number(end) }
}

/** The query of an address; what it does not say is as in {@link emptyQuery}. */
export function readQuery(search: string): Query {
  const params = new URLSearchParams(search)
  const context = Number(params.get('context'))
  return {
    indexes: (params.get('index') ?? '').split(',').filter((name) => name !== ''),
    pattern: params.get('q') ?? '',
    ignoreCase: params.has('i'),
    flexibleSpace: params.has('s'),
    by: params.get('by') === 'document' ? 'document' : 'occurrence',
    context: contextSteps.includes(context) ? context : emptyQuery.context,
    open: readPlace(params.get('open')),
    generation: params.get('generation'),
  }
}

/** The address of a query: only what differs from the empty one. */
export function writeQuery(query: Query): string {
  const params = new URLSearchParams()
  if (query.indexes.length > 0) params.set('index', query.indexes.join(','))
  if (query.pattern !== '') params.set('q', query.pattern)
  if (query.ignoreCase) params.set('i', '1')
  if (query.flexibleSpace) params.set('s', '1')
  if (query.by !== 'occurrence') params.set('by', query.by)
  if (query.context !== emptyQuery.context) params.set('context', String(query.context))
  if (query.generation !== null) params.set('generation', query.generation)
  if (query.open) {
    const { index, document, startOffset, endOffset } = query.open
    params.set('open', `${index}:${document}:${startOffset}-${endOffset}`)
  }
  const text = params.toString()
  return text === '' ? searchPath : `${searchPath}?${text}`
}

/** What decides the results: a change of anything else keeps them. */
export function resultsKey({ indexes, pattern, ignoreCase, flexibleSpace, by, context }: Query): string {
  return JSON.stringify([indexes, pattern, ignoreCase, flexibleSpace, by, context])
}
