/** Which contamination reports belong to a static site? Those that the server would show of its indexes, and nothing of others. */
import { existsSync } from 'node:fs'
import { type ContaminationReport, formatReport } from '../../contamination/report.js'
import { OmnigramError } from '../../core/errors.js'
import { CheckStore, checkMigrations } from '../contamination/check-store.js'
import { restrictSummary, type TableReport } from '../contamination/contamination-table.js'
import { ReportShelf } from '../contamination/report-shelf.js'
import { StateDatabase, stateFile } from '../state/state-database.js'

export interface ReportSnapshot {
  /** As `reports.json` of the site says it. */
  readonly list: readonly TableReport[]
  /** Text of each report, by its id. */
  readonly texts: ReadonlyMap<string, string>
}

export interface ReportSources {
  /** Files and folders of the operator. */
  readonly reportPaths: readonly string[]
  /** Where a server keeps what was published; null for nowhere. */
  readonly stateDir: string | null
}

/** Reads what there is. Throws `bad-report`, `io-failure`. */
export async function snapshotReports(
  { reportPaths, stateDir }: ReportSources,
  hasIndex: (name: string) => boolean,
): Promise<ReportSnapshot> {
  const shelf = await ReportShelf.read(reportPaths)
  const list: TableReport[] = []
  const texts = new Map<string, string>()
  const add = (found: TableReport, report: ContaminationReport) => {
    const summary = restrictSummary(found.summary, hasIndex)
    if (summary.cells.length === 0) return
    list.push({ ...found, summary })
    texts.set(found.id, formatReport(restrictReport(report, hasIndex)))
  }
  for (const { id, report, summary } of shelf.list()) add({ id, table: 'core', publishedMs: null, summary }, report)
  if (stateDir !== null) {
    if (!existsSync(stateDir))
      throw new OmnigramError('io-failure', `There is no folder of a server's state at ${stateDir}.`)
    if (existsSync(stateFile(stateDir))) addPublished(stateDir, add)
  }
  return { list, texts }
}

/** No check is begun here: the store is read, and closed. */
function addPublished(stateDir: string, add: (found: TableReport, report: ContaminationReport) => void): void {
  const database = new StateDatabase(stateDir, checkMigrations)
  try {
    const store = new CheckStore(database)
    for (const { id, reportId, publishedMs } of store.listPublished()) {
      const summary = store.readSummary(id)
      if (summary) add({ id: reportId, table: 'community', publishedMs, summary }, store.readReport(id).report)
    }
  } finally {
    database.close()
  }
}

function restrictReport(report: ContaminationReport, hasIndex: (name: string) => boolean): ContaminationReport {
  return {
    ...report,
    indexes: report.indexes.filter(({ name }) => hasIndex(name)),
    cells: report.cells.filter(({ index }) => hasIndex(index)),
  }
}
