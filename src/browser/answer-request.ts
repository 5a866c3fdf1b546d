/** How does a page ask an index in it as it asks a server? By the same requests, answered by the same resources. */
import type { CursorScope, PageCursors } from '../api/cursor-signer.js'
import type { Client } from '../api/guards/api-keys.js'
import { formatCsvLine } from '../api/http/csv.js'
import { toProblem } from '../api/http/problem.js'
import { contaminationCellsRoute } from '../api/resources/contamination-cells.js'
import { contaminationEvidenceRoute } from '../api/resources/contamination-evidence.js'
import { contaminationItemsRoute } from '../api/resources/contamination-items.js'
import { contaminationReportRoute, contaminationReportsRoute } from '../api/resources/contamination-reports.js'
import { countRoute } from '../api/resources/count.js'
import { documentRoute } from '../api/resources/document.js'
import { documentsRoute } from '../api/resources/documents.js'
import { facetsRoute } from '../api/resources/facets.js'
import { nextRoute } from '../api/resources/next.js'
import { traceRoute } from '../api/resources/trace.js'
import type { PreparedCall, Route, RouteTools } from '../api/route.js'
import { describeIndex } from '../api/schemas/answer.js'
import type { ServedIndexes } from '../api/served-indexes.js'
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import type { PageReports } from './page-reports.js'

export interface PageRequest {
  /** From `/v1/` on, with its query. */
  readonly path: string
  readonly body?: unknown
  /** `ndjson` and `csv` for the rows of an export; JSON by default. */
  readonly format?: 'json' | 'ndjson' | 'csv'
}

/** Status and JSON, or text, as a server would send them. */
export interface PageAnswer {
  readonly status: number
  readonly body: object | string
}

/** What a page has to answer from. */
export interface PageHoldings {
  readonly indexes: ServedIndexes
  readonly reports: PageReports
}

const routes: readonly Route[] = [
  countRoute,
  documentsRoute,
  documentRoute,
  facetsRoute,
  nextRoute,
  traceRoute,
  contaminationCellsRoute,
  contaminationReportsRoute,
  contaminationReportRoute,
  contaminationItemsRoute,
  contaminationEvidenceRoute,
]

/** Who holds the files may read all of them. */
const visitor: Client = { id: 'page', isKey: false, hasScope: () => true, mayRead: () => true }

/** Answers a request; what goes wrong becomes a problem. */
export async function answerRequest(
  request: PageRequest,
  holdings: PageHoldings,
  signal: AbortSignal,
): Promise<PageAnswer> {
  const startMs = performance.now()
  try {
    const answer = await handle(request, holdings, signal)
    if (typeof answer === 'string') return { status: 200, body: answer }
    return { status: 200, body: { ...answer, tookMs: performance.now() - startMs } }
  } catch (thrown) {
    const error = toOmnigramError(thrown)
    return { status: error.kind.status, body: { ...toProblem(error, 'page'), detail: error.detail } }
  }
}

async function handle(
  { path, body, format = 'json' }: PageRequest,
  { indexes, reports }: PageHoldings,
  signal: AbortSignal,
): Promise<object | string> {
  const { pathname, searchParams } = new URL(path, 'http://page.invalid')
  if (pathname === '/v1/indexes') return { indexes: indexes.list().map(describeIndex) }
  for (const route of routes) {
    const params = matchPath(route.path, pathname)
    if (params === null) continue
    const query = new Map([...searchParams.keys()].map((key) => [key, searchParams.getAll(key)]))
    const call = body === undefined ? route.prepareLink(params, query) : route.prepareBody(params, body)
    if (pathname.startsWith('/v1/contamination/')) await reports.load(params.id ?? null, signal)
    const names = params.names ?? params.name
    const reader = names === undefined ? null : indexes.open(names)
    // These resources use nothing else of a server.
    const tools = { reader, indexes, cursors: openCursors, contamination: reports, client: visitor, signal }
    return format === 'json'
      ? call.handle(tools as unknown as RouteTools)
      : writeRows(call, format, tools as unknown as RouteTools)
  }
  throw new OmnigramError('unknown-route', `Nothing in this page answers ${pathname}.`)
}

async function writeRows(call: PreparedCall, format: 'ndjson' | 'csv', tools: RouteTools): Promise<string> {
  const { columns, rows, toCells } = await call.stream(tools, (read) => read(tools.signal))
  const lines = format === 'csv' ? [formatCsvLine(columns)] : []
  for await (const row of rows) lines.push(format === 'csv' ? formatCsvLine(toCells(row)) : `${JSON.stringify(row)}\n`)
  return lines.join('')
}

/** The parameters of `path` where it has the form of `pattern`, such as `/v1/indexes/:names/count`. */
function matchPath(pattern: string, path: string): Record<string, string> | null {
  const [wanted, found] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== found.length) return null
  const params: Record<string, string> = {}
  for (const [at, part] of wanted.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(found[at])
    else if (part !== found[at]) return null
  }
  return params
}

/** Nobody forges a cursor against himself, so a position is its own word; it still has to be of this query. */
const openCursors: PageCursors = {
  sign: ({ reader, query }: CursorScope, position: number) => `${position}.${reader.generation}.${hashText(query)}`,
  open({ reader, query }: CursorScope, cursor: string): number {
    const [position, generation, hash] = cursor.split('.')
    if (hash !== hashText(query)) throw new OmnigramError('bad-cursor', 'It continues another query.')
    if (generation !== reader.generation) throw new OmnigramError('stale-cursor', 'The index has changed since.')
    return Number(position)
  },
}

/** FNV-1a. */
function hashText(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(36)
}
