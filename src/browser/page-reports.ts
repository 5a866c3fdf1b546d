/** Which contamination reports lie beside the pages of a static site? They answer as the desk of a server does. */
import type { ContaminationDesk } from '../api/contamination/contamination-desk.js'
import type { TableName, TableReport } from '../api/contamination/contamination-table.js'
import { parseReportList, reportListName } from '../api/contamination/report-list.js'
import { summariseReport } from '../api/contamination/report-summary.js'
import { findCell, unknownReport } from '../contamination/find-cell.js'
import { type ContaminationReport, parseReport, type ReportCell } from '../contamination/report.js'
import { decodeText } from '../query/text-bytes.js'
import { fetchFile } from './url-source.js'

type Desk = Pick<ContaminationDesk, 'listReports' | 'findReport' | 'openReport' | 'openCell'>

/** The list is fetched with the first question about reports, a report when one of its items is looked at. */
export class PageReports implements Desk {
  #address: string | null = null
  #list: readonly TableReport[] = []
  readonly #reports = new Map<string, ContaminationReport>()
  /** Of checks that were made in this page; in no table. */
  readonly #own: TableReport[] = []
  #loading: Promise<void> | null = null

  /** `address` is the folder of the reports, with a slash at its end. */
  place(address: string): void {
    this.#address = address
    this.#loading = null
  }

  /** Keeps a report for as long as the page is open. */
  add(id: string, report: ContaminationReport): void {
    this.#reports.set(id, report)
    this.#own.push({ id, table: null, publishedMs: null, summary: summariseReport(report) })
  }

  /** Brings what a question about the report `id`, or about all, needs. Throws `io-failure` and `bad-report`. */
  async load(id: string | null, signal: AbortSignal): Promise<void> {
    if (this.#address === null || (id !== null && this.#own.some((report) => report.id === id))) return
    this.#loading ??= this.#loadList(this.#address)
    try {
      await this.#loading
    } catch (error) {
      this.#loading = null
      throw error
    }
    if (id === null || this.#reports.has(id) || !this.#list.some((report) => report.id === id)) return
    const address = `${this.#address}${id}.json`
    this.#reports.set(id, parseReport(decodeText(await fetchFile(address, signal)), address))
  }

  /** Not aborted by who asks first: others wait for it too. */
  async #loadList(address: string): Promise<void> {
    const listAddress = `${address}${reportListName}`
    this.#list = parseReportList(decodeText(await fetchFile(listAddress)), listAddress)
  }

  listReports(table: TableName | null): readonly TableReport[] {
    return this.#list.filter((report) => table === null || report.table === table)
  }

  findReport(id: string): TableReport {
    const found = [...this.#list, ...this.#own].find((report) => report.id === id)
    if (!found) throw unknownReport(id)
    return found
  }

  openReport(id: string): ContaminationReport {
    const found = this.#reports.get(id)
    if (!found) throw unknownReport(id)
    return found
  }

  openCell(id: string, benchmark: string, index: string): { report: ContaminationReport; cell: ReportCell } {
    const report = this.openReport(id)
    return { report, cell: findCell(report, benchmark, index) }
  }
}
