/** What does the search page ask the server? */
import type { OwnIndex } from '../local/page-indexes.ts'
import { callServer, postToServer } from '../server/call-server.ts'
import type { Problem } from '../server/problem.ts'
import type {
  CountAnswer,
  DocumentAnswer,
  FacetAnswer,
  IndexInfo,
  NextAnswer,
  PageAnswer,
  TraceAnswer,
} from './answers.ts'
import { readBounds } from './partial-answer.ts'
import { groupTerms, isCombined, type Query } from './query.ts'

/** Entries of a page of results. */
const pageLimit = 25

/** Symbols that are shown as what follows. */
const nextLimit = 12

/** Values of a facet field that are shown. */
const facetLimit = 12

/** Address of a resource of some indexes. */
export function resourcePath(indexes: readonly string[], resource: string): string {
  return `/v1/indexes/${indexes.map(encodeURIComponent).join(',')}/${resource}`
}

/** A pattern as the server takes it; what is no number among ids is left for the server to name. */
function writePattern({ asIds }: Query, pattern: string): string | { ids: number[] } {
  if (!asIds) return pattern
  return { ids: pattern.split(/[\s,]+/).flatMap((id) => (id === '' ? [] : [Number(id)])) }
}

function describeMatching({ ignoreCase, flexibleSpace }: Query) {
  return { ignoreCase, flexibleSpace }
}

/** Puts a question; shards may be missing of the answer where the query allows it. */
async function ask<Answer extends object>(
  query: Query,
  path: string,
  request: object,
  signal: AbortSignal,
): Promise<Answer> {
  return readBounds(await postToServer<Answer>(path, allowPartial(query, request), signal))
}

/** The same request, and that shards may be missing where the query allows it. */
export function allowPartial<Request extends object>({ partial }: Query, request: Request): Request {
  return partial ? { ...request, partial: 'allow' } : request
}

/** The request for the results, without its page. */
export function describeResults(query: Query) {
  const matching = describeMatching(query)
  if (isCombined(query)) {
    const filled = Object.entries(groupTerms(query)).filter(([, patterns]) => patterns.length > 0)
    const written = filled.map(([kind, patterns]) => [kind, patterns.map((pattern) => writePattern(query, pattern))])
    return { ...Object.fromEntries(written), matching }
  }
  const { by, context, sampleSeed } = query
  const pattern = writePattern(query, query.pattern)
  return { pattern, matching, by, context, ...(sampleSeed !== null && by === 'occurrence' && { sampleSeed }) }
}

/** The request for the count. */
export function describeCount(query: Query, patterns: readonly string[] = [query.pattern]) {
  return { patterns: patterns.map((pattern) => writePattern(query, pattern)), matching: describeMatching(query) }
}

export interface IndexList {
  readonly indexes: readonly IndexInfo[]
  /** What is wrong with those that should be there, and are not. */
  readonly problems: readonly Problem[]
}

interface IndexListAnswer {
  readonly indexes: readonly IndexInfo[]
  readonly problems?: readonly Problem[]
}

/** Those of the server. */
export async function listIndexes(signal: AbortSignal): Promise<readonly IndexInfo[]> {
  return (await callServer<IndexListAnswer>('/v1/indexes', { signal })).indexes
}

/** Those of the server, or of the static site, without those of the visitor. */
export async function listOtherIndexes(own: readonly OwnIndex[], signal: AbortSignal): Promise<IndexList> {
  const { indexes, problems = [] } = await callServer<IndexListAnswer>('/v1/indexes', { signal })
  return { indexes: withoutOwn(indexes, own), problems }
}

/** Those of the visitor after the others. */
export function addOwn(others: readonly IndexInfo[], own: readonly OwnIndex[]): readonly IndexInfo[] {
  return [...withoutOwn(others, own), ...own.map(describeOwn)]
}

function withoutOwn(indexes: readonly IndexInfo[], own: readonly OwnIndex[]): readonly IndexInfo[] {
  return indexes.filter(({ name }) => !own.some((index) => index.name === name))
}

function describeOwn({ name, file, documentCount, textBytes }: OwnIndex): IndexInfo {
  return {
    name,
    generation: '',
    symbols: 'bytes',
    documents: documentCount,
    textBytes,
    symbolCount: textBytes,
    hasTokenizer: false,
    indexBytes: file.size,
    facetFields: [],
    isOwn: true,
  }
}

/** Counts the pattern of the query, with its shards, and then its terms. */
export function countPatterns(query: Query, signal: AbortSignal): Promise<CountAnswer> {
  const patterns = [query.pattern, ...query.terms.map(({ pattern }) => pattern)]
  // Of shards that are missing there is nothing to show.
  const request = { ...describeCount(query, patterns), perShard: !query.partial }
  return ask(query, resourcePath(query.indexes, 'count'), request, signal)
}

/** In how many documents the pattern stands; not `exact` it may be an estimate that costs less. */
export function countDocuments(query: Query, exact: boolean, signal: AbortSignal): Promise<CountAnswer> {
  const request = { ...describeCount(query), documents: true, exact }
  return ask(query, resourcePath(query.indexes, 'count'), request, signal)
}

export function readPage(query: Query, cursor: string | null, signal: AbortSignal): Promise<PageAnswer> {
  const request = { ...describeResults(query), limit: pageLimit, ...(cursor !== null && { cursor }) }
  return ask(query, resourcePath(query.indexes, 'documents'), request, signal)
}

export function readNext(query: Query, signal: AbortSignal): Promise<NextAnswer> {
  const pattern = writePattern(query, query.pattern)
  const request = { pattern, matching: describeMatching(query), limit: nextLimit }
  return ask(query, resourcePath(query.indexes, 'next'), request, signal)
}

/** Counts by a field, in those of the indexes that have it. */
export function readFacet(
  query: Query,
  indexes: readonly string[],
  field: string,
  signal: AbortSignal,
): Promise<FacetAnswer> {
  const pattern = writePattern(query, query.pattern)
  const request = { pattern, matching: describeMatching(query), field, limit: facetLimit }
  return ask(query, resourcePath(indexes, 'facets'), request, signal)
}

/** The parts of a text that occur and cannot be made longer. */
export function traceText(
  indexes: readonly string[],
  text: string,
  minBytes: number,
  signal: AbortSignal,
): Promise<TraceAnswer> {
  return postToServer(resourcePath(indexes, 'trace'), { text, minBytes }, signal)
}

/** A part of a document; an `end` past its end means its end. */
export function readDocument(
  index: string,
  document: number,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<DocumentAnswer> {
  return callServer(`${resourcePath([index], `documents/${document}`)}?start=${start}&end=${end}`, { signal })
}
