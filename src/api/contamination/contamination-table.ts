/** Which cells stand in the table? The newest of each benchmark and index, among those that a client may see. */
import type { CellSummary, ReportSummary } from './report-summary.js'

export type TableName = 'core' | 'community'

/** A report of which cells stand in a table. */
export interface TableReport {
  readonly id: string
  /** Null for a check that is not published. */
  readonly table: TableName | null
  readonly publishedMs: number | null
  readonly summary: ReportSummary
}

export interface TableCell extends CellSummary {
  /** Id of the report that it comes from. */
  readonly report: string
}

/**
 * Of the same benchmark on the same index the cell of the newest report. In the community's table benchmarks of one name
 * but of different content are different benchmarks.
 */
export function chooseCells(reports: readonly TableReport[], mayRead: (index: string) => boolean): TableCell[] {
  const newest = new Map<string, { readonly date: string; readonly cell: TableCell }>()
  for (const { id, table, summary } of reports) {
    const contents = new Map(summary.benchmarks.map(({ name, sha256 }) => [name, sha256]))
    for (const cell of summary.cells) {
      if (!mayRead(cell.index)) continue
      const content = table === 'community' ? (contents.get(cell.benchmark) ?? '') : ''
      const key = JSON.stringify([cell.benchmark, content, cell.index])
      const known = newest.get(key)
      if (known && known.date > summary.date) continue
      newest.set(key, { date: summary.date, cell: { ...cell, report: id } })
    }
  }
  return [...newest.values()].map(({ cell }) => cell)
}

/** A report of which nothing but the indexes that a client may read is left. */
export function restrictSummary(summary: ReportSummary, mayRead: (index: string) => boolean): ReportSummary {
  return {
    ...summary,
    indexes: summary.indexes.filter(({ name }) => mayRead(name)),
    cells: summary.cells.filter(({ index }) => mayRead(index)),
  }
}
