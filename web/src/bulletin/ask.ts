/** What does the bulletin ask the server? */
import { saveFile } from '../components/save-file.ts'
import { callServer, fetchFromServer } from '../server/call-server.ts'
import { Problem } from '../server/problem.ts'
import type { CheckAnswer, EvidenceAnswer, ItemsAnswer, ReportAnswer, TableAnswer, TableName } from './answers.ts'
import type { OpenCell } from './place.ts'

const root = '/v1/contamination'

export function readTable(table: TableName, signal: AbortSignal): Promise<TableAnswer> {
  return callServer(tablePath(table), { signal })
}

export function tablePath(table: TableName): string {
  return `${root}/cells?table=${table}`
}

export function readReport(id: string, signal: AbortSignal): Promise<ReportAnswer> {
  return callServer(`${root}/reports/${encodeURIComponent(id)}`, { signal })
}

export interface ItemsQuery {
  readonly view: string
  readonly fromPercent?: number
  readonly belowPercent?: number
  readonly class?: 'short'
}

export function itemsPath({ report, benchmark, index }: OpenCell, query: ItemsQuery): string {
  const params = new URLSearchParams({ benchmark, index })
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value))
  return `${root}/reports/${encodeURIComponent(report)}/items?${params}`
}

export function readItems(
  cell: OpenCell,
  query: ItemsQuery,
  offset: number,
  signal: AbortSignal,
): Promise<ItemsAnswer> {
  return callServer(`${itemsPath(cell, query)}&offset=${offset}&limit=50`, { signal })
}

export function readEvidence({ report, benchmark, index }: OpenCell, line: number, signal: AbortSignal) {
  const params = new URLSearchParams({ benchmark, index, line: String(line) })
  return callServer<EvidenceAnswer>(`${root}/reports/${encodeURIComponent(report)}/evidence?${params}`, { signal })
}

/** The answer of `path` in another format, as a file of that name. */
export async function downloadAs(path: string, mediaType: string, fileName: string): Promise<void> {
  const response = await fetchFromServer(path, { headers: { accept: mediaType } })
  if (!response.ok) {
    const body = await response.json().catch(() => null)
    throw new Problem(body?.title ?? `The server answered ${response.status}.`, body?.detail ?? '', body?.hint ?? '')
  }
  saveFile(await response.blob(), fileName)
}

export interface CheckRequest {
  readonly name: string
  readonly indexes: readonly string[]
  readonly views: readonly string[]
  readonly format: string
  readonly field: string | null
  readonly answerField: string | null
  readonly category: string
  readonly licence: string
  readonly link: string
  readonly split: string
}

/** Uploads a file to be checked; what was left empty is not said. */
export function addCheck(file: File, { indexes, views, ...rest }: CheckRequest, signal: AbortSignal) {
  const params = new URLSearchParams({ indexes: indexes.join(), views: views.join() })
  for (const [name, value] of Object.entries(rest)) if (value !== null && value !== '') params.set(name, value)
  const headers = { 'content-type': 'application/octet-stream' }
  return callServer<CheckAnswer>(`${root}/checks?${params}`, { method: 'POST', headers, body: file, signal })
}

export function checkPath(id: string): string {
  return `${root}/checks/${encodeURIComponent(id)}`
}

export function cancelCheck(id: string): Promise<CheckAnswer> {
  return callServer(checkPath(id), { method: 'DELETE' })
}

export function publishCheck(id: string): Promise<CheckAnswer> {
  return callServer(`${checkPath(id)}/publication`, { method: 'PUT' })
}
