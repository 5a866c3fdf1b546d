/** How does the page ask the server, and what does it learn when something is wrong? */
import type { CountAnswer, DocumentAnswer, FacetAnswer, IndexInfo, NextAnswer, PageAnswer } from './answers.ts'
import type { Query } from './query.ts'

/** A problem as the server tells it (RFC 9457), or that it cannot be reached. */
export class Problem extends Error {
  override readonly name = 'Problem'

  constructor(
    readonly title: string,
    readonly detail: string,
    readonly hint: string,
  ) {
    super(title)
  }
}

const unreachable = new Problem('The server does not answer.', '', 'Is `omnigram serve` still running?')

async function call<Answer>(path: string, init: RequestInit): Promise<Answer> {
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw unreachable
  }
  const body = await response.json().catch(() => null)
  if (response.ok) return body as Answer
  if (body === null) throw new Problem(`The server answered ${response.status}.`, '', 'Try again in a moment.')
  throw new Problem(body.title, body.detail, body.hint)
}

function post<Answer>(path: string, request: unknown, signal: AbortSignal): Promise<Answer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  return call<Answer>(path, { method: 'POST', headers, body: JSON.stringify(request), signal })
}

/** Address of a resource of the indexes that are searched. */
export function resourcePath(query: Query, resource: string): string {
  return `/v1/indexes/${query.indexes.map(encodeURIComponent).join(',')}/${resource}`
}

/** The fields that say what is searched and how. */
export function describePattern({ pattern, ignoreCase, flexibleSpace }: Query) {
  return { pattern, matching: { ignoreCase, flexibleSpace } }
}

export async function listIndexes(signal: AbortSignal): Promise<readonly IndexInfo[]> {
  return (await call<{ indexes: IndexInfo[] }>('/v1/indexes', { signal })).indexes
}

export function countPattern(query: Query, withDocuments: boolean, signal: AbortSignal): Promise<CountAnswer> {
  const { pattern, matching } = describePattern(query)
  return post(resourcePath(query, 'count'), { patterns: [pattern], matching, documents: withDocuments }, signal)
}

export function readPage(query: Query, cursor: string | null, signal: AbortSignal): Promise<PageAnswer> {
  const { by, context } = query
  const request = { ...describePattern(query), by, context, limit: 25, ...(cursor !== null && { cursor }) }
  return post(resourcePath(query, 'documents'), request, signal)
}

export function readNext(query: Query, signal: AbortSignal): Promise<NextAnswer> {
  return post(resourcePath(query, 'next'), { ...describePattern(query), limit: 12 }, signal)
}

export function readFacet(query: Query, field: string, signal: AbortSignal): Promise<FacetAnswer> {
  return post(resourcePath(query, 'facets'), { ...describePattern(query), field, limit: 12 }, signal)
}

/** A part of a document. */
export function readDocument(
  index: string,
  document: number,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<DocumentAnswer> {
  const path = `/v1/indexes/${encodeURIComponent(index)}/documents/${document}?start=${start}&end=${end}`
  return call<DocumentAnswer>(path, { signal })
}
