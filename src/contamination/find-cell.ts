/** Which cell of which report is asked for, and what if there is none? */
import { OmnigramError } from '../core/errors.js'
import type { ContaminationReport, ReportCell } from './report.js'

/** The items of a benchmark on an index. Throws `unknown-report`. */
export function findCell(report: ContaminationReport, benchmark: string, index: string): ReportCell {
  const cell = report.cells.find((candidate) => candidate.benchmark === benchmark && candidate.index === index)
  if (cell) return cell
  const asked = `'${benchmark.slice(0, 100)}' on '${index.slice(0, 100)}'`
  throw new OmnigramError('unknown-report', `The report has no cell of ${asked}.`)
}

export function unknownReport(id: string): OmnigramError {
  return new OmnigramError('unknown-report', `No report is named '${id.slice(0, 64)}'.`)
}
