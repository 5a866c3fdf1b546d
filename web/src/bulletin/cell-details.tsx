/** What is there to know of one number? Its interval, its parts, its date and how it was found. */
import { formatCount } from '../components/format.ts'
import type { MatrixCell } from './matrix.ts'
import { formatInterval, formatRate } from './score.ts'
import { viewLabels } from './views.ts'

/** A line each. */
export function describeCell(
  { benchmark, corpus, report, score, view }: MatrixCell,
  threshold: number,
): readonly string[] {
  const { rate, interval, dirty, suspicious, clean, tested } = score
  const { method } = report
  const range = interval ? `95 % interval ${formatInterval(interval)}` : ''
  const sample =
    benchmark.items < benchmark.itemsInFile
      ? `a sample of ${formatCount(benchmark.items)} of ${formatCount(benchmark.itemsInFile)} items, seed ${method.seed}`
      : `all ${formatCount(benchmark.itemsInFile)} items`
  return [
    `${benchmark.name} in ${corpus.name}: ${rate === null ? 'nothing to test' : `${formatRate(rate)} dirty`}`,
    `${range}; ${sample}`,
    `${formatCount(dirty)} dirty, ${formatCount(suspicious)} suspicious, ${formatCount(clean)} clean of ${formatCount(tested)}; ${formatCount(view.short)} too short`,
    `Dirty from ${threshold} % of the ${method.windowCharacters}-character windows; ${viewLabels[view.view] ?? view.view}`,
    `Checked ${report.date.slice(0, 10)}, generation ${corpus.generation}, omnigram ${report.program}`,
  ]
}
