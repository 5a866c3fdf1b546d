/** What does the search page ask the server? */
import { callServer, postToServer } from '../server/call-server.ts'
import type { CountAnswer, DocumentAnswer, FacetAnswer, IndexInfo, NextAnswer, PageAnswer } from './answers.ts'
import type { Query } from './query.ts'

/** Address of a resource of the indexes that are searched. */
export function resourcePath(query: Query, resource: string): string {
  return `/v1/indexes/${query.indexes.map(encodeURIComponent).join(',')}/${resource}`
}

/** The fields that say what is searched and how. */
export function describePattern({ pattern, ignoreCase, flexibleSpace }: Query) {
  return { pattern, matching: { ignoreCase, flexibleSpace } }
}

export async function listIndexes(signal: AbortSignal): Promise<readonly IndexInfo[]> {
  return (await callServer<{ indexes: IndexInfo[] }>('/v1/indexes', { signal })).indexes
}

export function countPattern(query: Query, withDocuments: boolean, signal: AbortSignal): Promise<CountAnswer> {
  const { pattern, matching } = describePattern(query)
  return postToServer(resourcePath(query, 'count'), { patterns: [pattern], matching, documents: withDocuments }, signal)
}

export function readPage(query: Query, cursor: string | null, signal: AbortSignal): Promise<PageAnswer> {
  const { by, context } = query
  const request = { ...describePattern(query), by, context, limit: 25, ...(cursor !== null && { cursor }) }
  return postToServer(resourcePath(query, 'documents'), request, signal)
}

export function readNext(query: Query, signal: AbortSignal): Promise<NextAnswer> {
  return postToServer(resourcePath(query, 'next'), { ...describePattern(query), limit: 12 }, signal)
}

export function readFacet(query: Query, field: string, signal: AbortSignal): Promise<FacetAnswer> {
  return postToServer(resourcePath(query, 'facets'), { ...describePattern(query), field, limit: 12 }, signal)
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
  return callServer<DocumentAnswer>(path, { signal })
}
