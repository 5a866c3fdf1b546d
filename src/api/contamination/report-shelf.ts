/** Which reports did the operator lay out? The core of the table. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ContaminationReport, parseReport } from '../../contamination/report.js'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { identifyReport } from './identify-report.js'
import { type ReportSummary, summariseReport } from './report-summary.js'

export interface ShelvedReport {
  readonly id: string
  readonly report: ContaminationReport
  readonly summary: ReportSummary
}

export class ReportShelf {
  readonly #reports: ReadonlyMap<string, ShelvedReport>

  constructor(reports: readonly ShelvedReport[]) {
    this.#reports = new Map(reports.map((shelved) => [shelved.id, shelved]))
  }

  /**
   * Reads report files, and of folders those that end in `.json`. Throws `bad-report` for what is no report and
   * `io-failure` for what cannot be read.
   */
  static async read(paths: readonly string[]): Promise<ReportShelf> {
    const files = (await Promise.all(paths.map(listReportFiles))).flat()
    const reports: ShelvedReport[] = []
    for (const file of files) reports.push(await readShelved(file))
    return new ReportShelf(reports)
  }

  list(): readonly ShelvedReport[] {
    return [...this.#reports.values()]
  }

  find(id: string): ShelvedReport | null {
    return this.#reports.get(id) ?? null
  }
}

async function listReportFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = await readdir(path)
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name))
  } catch (error) {
    throw new OmnigramError('io-failure', `The reports at ${path} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    })
  }
}

async function readShelved(path: string): Promise<ShelvedReport> {
  let text: string
  try {
    const { size } = await stat(path)
    if (size > limits.reportBytes) {
      throw new OmnigramError('bad-report', `${path} has ${size} bytes, the limit is ${limits.reportBytes}.`)
    }
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof OmnigramError) throw error
    throw new OmnigramError('io-failure', `The report ${path} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    })
  }
  const report = parseReport(text, path)
  return { id: identifyReport(text), report, summary: summariseReport(report) }
}
