/** What is shown, and how does it stand in the address? */
import { pageAddress } from '../server/site.ts'
import type { TableName } from './answers.ts'

export const bulletinPath = pageAddress('/bulletin')

/** The cell that is open, and the item in it. */
export interface OpenCell {
  readonly report: string
  readonly benchmark: string
  readonly index: string
  /** Line of the item; null for the list. */
  readonly line: number | null
}

export interface Place {
  readonly table: TableName
  /** Only benchmarks whose name or category has this in it. */
  readonly filter: string
  /** `benchmark`, or the name of a corpus. */
  readonly sort: string
  readonly isDescending: boolean
  readonly isGrouped: boolean
  /** From how many percent of its windows an item counts as dirty. */
  readonly threshold: number
  /** Null for the first one of each report. */
  readonly view: string | null
  readonly cell: OpenCell | null
  /** Benchmark whose trend is shown large. */
  readonly trend: string | null
  /** `new` for the form, `private` for a check in this page, or the id of a check. */
  readonly check: string | null
}

/** The paper's threshold. */
export const usualThreshold = 80

/** Below it an item is not suspicious even: the threshold does not go below. */
export const lowestThreshold = 20

export const emptyPlace: Place = {
  table: 'core',
  filter: '',
  sort: 'benchmark',
  isDescending: false,
  isGrouped: true,
  threshold: usualThreshold,
  view: null,
  cell: null,
  trend: null,
  check: null,
}

/** The place of an address; what it does not say is as in {@link emptyPlace}. */
export function readPlace(search: string, hash = ''): Place {
  const params = new URLSearchParams(search)
  const threshold = Number(params.get('from') ?? usualThreshold)
  const isThreshold = Number.isInteger(threshold) && threshold >= lowestThreshold && threshold <= 100
  return {
    table: params.get('table') === 'community' ? 'community' : 'core',
    filter: params.get('filter') ?? '',
    sort: params.get('sort') ?? emptyPlace.sort,
    isDescending: params.has('desc'),
    isGrouped: !params.has('flat'),
    threshold: isThreshold ? threshold : usualThreshold,
    view: params.get('view'),
    cell: readCell(params) ?? readCell(new URLSearchParams(hash.slice(1))),
    trend: params.get('trend'),
    check: params.get('check'),
  }
}

function readCell(params: URLSearchParams): OpenCell | null {
  const [report, benchmark, index] = ['report', 'benchmark', 'index'].map((name) => params.get(name))
  if (!report || !benchmark || !index) return null
  const line = Number(params.get('line'))
  return { report, benchmark, index, line: Number.isSafeInteger(line) && line > 0 ? line : null }
}

/** The address of a place: only what differs from the empty one. */
export function writePlace(place: Place): string {
  const params = new URLSearchParams()
  if (place.table !== emptyPlace.table) params.set('table', place.table)
  if (place.filter !== '') params.set('filter', place.filter)
  if (place.sort !== emptyPlace.sort) params.set('sort', place.sort)
  if (place.isDescending) params.set('desc', '1')
  if (!place.isGrouped) params.set('flat', '1')
  if (place.threshold !== usualThreshold) params.set('from', String(place.threshold))
  if (place.view !== null) params.set('view', place.view)
  if (place.trend !== null) params.set('trend', place.trend)
  if (place.check !== null) params.set('check', place.check)
  const { cell } = place
  if (cell && !isPrivateReport(cell.report)) writeCell(params, cell)
  const text = params.toString()
  const address = text === '' ? bulletinPath : `${bulletinPath}?${text}`
  if (!cell || !isPrivateReport(cell.report)) return address
  // What stands behind # is never sent to a server.
  const hidden = new URLSearchParams()
  writeCell(hidden, cell)
  return `${address}#${hidden}`
}

function writeCell(params: URLSearchParams, { report, benchmark, index, line }: OpenCell): void {
  params.set('report', report)
  params.set('benchmark', benchmark)
  params.set('index', index)
  if (line !== null) params.set('line', String(line))
}

/** Whether a report is of a check that was made in a page, and is known there alone. */
export function isPrivateReport(id: string): boolean {
  return id.startsWith('private-')
}
