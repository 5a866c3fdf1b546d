/** What is left of a benchmark without its dirty items? */
import { OmnigramError } from '../core/errors.js'
import type { Benchmark, BenchmarkItem } from './benchmark.js'
import type { ContaminationReport } from './report.js'

/** Items to keep, and how many were left out. */
export interface CleanedBenchmark {
  readonly kept: readonly BenchmarkItem[]
  readonly removed: number
  /** Items of the benchmark that the report did not check: a sample leaves some out. They are kept. */
  readonly unchecked: number
}

/**
 * Leaves out the items that are dirty in any view, in any index of the report. O(items).
 *
 * Throws `bad-benchmark` when the file is not the one that was checked.
 */
export function cleanBenchmark(
  { info, sha256, field, items }: Benchmark,
  report: ContaminationReport,
): CleanedBenchmark {
  const checked = report.benchmarks.find(({ name }) => name === info.name)
  if (!checked) throw new OmnigramError('bad-benchmark', `The report has no benchmark ${JSON.stringify(info.name)}.`)
  if (checked.sha256 !== sha256 || checked.field !== field) {
    const detail = `${info.name}: the report checked field ${checked.field} of a file with SHA-256 ${checked.sha256}, this is ${field} of ${sha256}.`
    throw new OmnigramError('bad-benchmark', detail)
  }
  const cells = report.cells.filter(({ benchmark }) => benchmark === info.name)
  const seen = new Set<number>()
  const dirty = new Set<number>()
  for (const item of cells.flatMap((cell) => cell.items)) {
    seen.add(item.line)
    if (item.views.some((view) => view.class === 'dirty')) dirty.add(item.line)
  }
  return {
    kept: items.filter(({ line }) => !dirty.has(line)),
    removed: items.filter(({ line }) => dirty.has(line)).length,
    unchecked: items.filter(({ line }) => !seen.has(line)).length,
  }
}

/** An item in omnigram's own form, which all tools read as JSON lines. */
export function formatItem({ id, text, answer, subtask }: BenchmarkItem, { info }: Benchmark): string {
  return JSON.stringify({
    id,
    question: text,
    ...(answer !== null && { answer }),
    ...(subtask !== null && { subtask }),
    benchmark: info.name,
    ...(info.category !== null && { category: info.category }),
  })
}
