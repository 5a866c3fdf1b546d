/** Which benchmarks are in which corpora, how much, and where? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { IndexReader } from '../query/index-reader.js'
import type { Benchmark, BenchmarkItem } from './benchmark.js'
import { boilerplateDocuments, boilerplateItems } from './boilerplate.js'
import { checkCell } from './check-cell.js'
import type { ContaminationOptions } from './contamination-options.js'
import { contextCharacters } from './find-evidence.js'
import type { ContaminationReport, ReportBenchmark, ReportCell, ReportIndex } from './report.js'
import { RunMeter } from './run-meter.js'
import { sampleItems } from './sample-items.js'
import { windowCharacters } from './windows.js'

/**
 * Checks each benchmark against each index. The report depends on its inputs and options alone: the same ones give the
 * same bytes, whatever the threads.
 *
 * The method is that of H. Liu et al., "Infini-gram mini", 2025; what it leaves open is written into the report. Cost: about
 * a search a word of the benchmarks and view, most of them ended after a few characters; then the evidence of what was found.
 *
 * Throws `bad-argument` for options or names that make no sense, `too-large` for more text than fits in memory, `cancelled` on the signal, and what the readers throw.
 */
export async function runContamination(
  readers: readonly IndexReader[],
  benchmarks: readonly Benchmark[],
  options: ContaminationOptions,
): Promise<ContaminationReport> {
  checkOptions(readers, benchmarks, options)
  const samples = benchmarks.map(({ items }) => sampleItems(items, options.sampleItems, options.seed))
  samples.forEach((items, at) => {
    checkSize(benchmarks[at], items, options)
  })
  const meter = new RunMeter(readers, benchmarks, samples, options)
  const cells: ReportCell[] = []
  for (const [at, benchmark] of benchmarks.entries()) {
    for (const reader of readers) {
      const cellMeter = meter.enterCell(at, reader.name)
      cells.push(await checkCell(reader, benchmark, samples[at], options, cellMeter))
      meter.leaveCell()
    }
  }
  return {
    format: 'omnigram-contamination-report',
    version: 1,
    program: options.programVersion,
    date: options.date,
    method: {
      windowCharacters,
      windowStarts: 'word',
      views: [...options.views],
      suspiciousFrom: options.suspiciousFrom,
      dirtyFrom: options.dirtyFrom,
      sampleItems: options.sampleItems,
      seed: options.seed,
      testsShort: options.testsShort,
      contextCharacters,
      boilerplateDocuments,
      boilerplateItems,
      judge: options.judge?.name ?? null,
    },
    indexes: readers.map((reader) => describeIndex(reader, options)),
    benchmarks: benchmarks.map((benchmark, at) => describeBenchmark(benchmark, samples[at], options)),
    cells,
  }
}

function checkOptions(
  readers: readonly IndexReader[],
  benchmarks: readonly Benchmark[],
  { views, suspiciousFrom, dirtyFrom }: ContaminationOptions,
): void {
  const refuse = (detail: string) => new OmnigramError('bad-argument', detail)
  if (views.length === 0 || new Set(views).size < views.length) throw refuse('Name each view once, and at least one.')
  if (!(suspiciousFrom > 0 && suspiciousFrom <= dirtyFrom && dirtyFrom <= 1)) {
    throw refuse(`The thresholds are ${suspiciousFrom} and ${dirtyFrom}; they are above 0, at most 1, and in order.`)
  }
  const tokens = readers.find(({ manifest }) => manifest.symbols !== 'bytes')
  if (tokens) throw refuse(`${tokens.name} is an index of tokens; benchmarks are looked for in an index of text.`)
  const names = [readers.map(({ name }) => name), benchmarks.map(({ info }) => info.name)]
  for (const list of names) {
    const twice = list.find((name, at) => list.indexOf(name) < at)
    if (twice !== undefined) throw refuse(`Two of them are called ${JSON.stringify(twice)}: give one another name.`)
  }
}

/** All windows of a view are in memory for a moment, and those that were found for longer. */
function checkSize({ info }: Benchmark, items: readonly BenchmarkItem[], { views }: ContaminationOptions): void {
  const units = views.length * items.reduce((sum, { text }) => sum + text.length, 0)
  if (units <= limits.checkedUnits) return
  const detail = `${info.name}: the items to check have ${units} UTF-16 units in all views, the limit is ${limits.checkedUnits}: check fewer.`
  throw new OmnigramError('too-large', detail)
}

function describeIndex(reader: IndexReader, { corpusDates }: ContaminationOptions): ReportIndex {
  const { documents, textBytes } = reader.manifest.statistics
  return {
    name: reader.name,
    generation: reader.generation,
    manifestSha256: reader.manifestSha256,
    documents,
    textBytes,
    corpusDate: corpusDates[reader.name] ?? null,
  }
}

function describeBenchmark(
  { info, sha256, fileBytes, layout, field, items }: Benchmark,
  checked: readonly BenchmarkItem[],
  { table }: ContaminationOptions,
): ReportBenchmark {
  return {
    name: info.name,
    category: info.category,
    licence: info.licence,
    link: info.link,
    split: info.split,
    table,
    sha256,
    fileBytes,
    layout,
    field,
    itemsInFile: items.length,
    items: checked.length,
    duplicates: checked.length - new Set(checked.map(({ text }) => text)).size,
    empty: checked.filter(({ text }) => text === '').length,
  }
}
