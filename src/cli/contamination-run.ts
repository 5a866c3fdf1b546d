/** `omnigram contamination run`: which items of these benchmarks stand in these indexes? */
import { availableParallelism } from 'node:os'
import { version } from '../api/version.js'
import type { Benchmark } from '../contamination/benchmark.js'
import type { BenchmarkFormat } from '../contamination/benchmark-formats.js'
import type { ContaminationOptions, ContaminationProgress } from '../contamination/contamination-options.js'
import { makeJudge } from '../contamination/language-model-judge.js'
import { readBenchmarks } from '../contamination/read-benchmark.js'
import { renderReport } from '../contamination/render-report.js'
import { type ContaminationReport, formatReport } from '../contamination/report.js'
import { runContamination } from '../contamination/run-contamination.js'
import { type ViewName, viewNames } from '../contamination/views.js'
import { OmnigramError } from '../core/errors.js'
import { formatCount, formatDuration } from '../core/units.js'
import type { IndexReader } from '../query/index-reader.js'
import { WorkerPool } from '../query/worker-pool.js'
import { gateExitCode, writeItems, writeSummary } from './contamination-output.js'
import { isServerAddress, openFiles } from './open-reader.js'
import { prepareFile, writeWhole } from './result-file.js'
import { type Flags, isSet, listArg, listFlag, numberFlag, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const options = readOptions(call)
  for (const name of ['output', 'items', 'html']) await prepareFile(textFlag(flags, name))
  const benchmarks = await readFlaggedBenchmarks(flags, signal)
  const report = await withReaders(call, listArg(call, 0), numberFlag(flags, 'workers'), (readers) =>
    runContamination(readers, benchmarks, options),
  )
  terminal.clearProgress()
  await writeSummary(report, terminal)
  await writeFiles(report, flags)
  return gateExitCode(report, numberFlag(flags, 'failAbove'), terminal)
}

/** The report in the files that the flags name. */
export async function writeFiles(report: ContaminationReport, flags: Flags): Promise<void> {
  const [json, items, html] = ['output', 'items', 'html'].map((name) => textFlag(flags, name))
  if (json !== undefined) await writeWhole(json, formatReport(report))
  if (items !== undefined) await writeItems(report, items)
  if (html !== undefined) await writeWhole(html, renderReport(report))
}

/** The benchmarks of `--benchmark`. What is said of one by flags cannot be said of several. */
export async function readFlaggedBenchmarks(flags: Flags, signal: AbortSignal): Promise<Benchmark[]> {
  const paths = listFlag(flags, 'benchmark')
  if (paths.length === 0) throw new OmnigramError('bad-argument', 'Name at least one file: --benchmark FILE.')
  const single = ['name', 'licence', 'link', 'split'].find((name) => flags[name] !== undefined)
  if (paths.length > 1 && single !== undefined) {
    throw new OmnigramError('bad-argument', `--${single} is of one benchmark; there are ${paths.length}.`)
  }
  const benchmarks: Benchmark[] = []
  for (const path of paths) {
    const given = { ...readFields(flags), format: textFlag(flags, 'benchmarkFormat') as BenchmarkFormat | undefined }
    benchmarks.push(...(await readBenchmarks(path, { ...given, signal })))
  }
  return benchmarks
}

function readFields(flags: Flags): Record<string, string | undefined> {
  const names = [
    'field',
    'answerField',
    'idField',
    'subtaskField',
    'layout',
    'name',
    'category',
    'licence',
    'link',
    'split',
  ]
  return Object.fromEntries(names.map((name) => [name, textFlag(flags, name)]))
}

/** Opens the indexes on one pool of threads, works, and closes them whatever happens. */
export async function withReaders<T>(
  call: VerbCall,
  targets: readonly string[],
  workers: number | undefined,
  work: (readers: readonly IndexReader[]) => Promise<T>,
): Promise<T> {
  const remote = targets.find(isServerAddress)
  if (remote !== undefined) {
    throw new OmnigramError(
      'bad-argument',
      `Contamination is checked where the index is: ${remote} is a server's address.`,
    )
  }
  // A pool keeps one worker for people who wait; here nobody else does.
  const pool = new WorkerPool({ workers: (workers ?? availableParallelism()) + 1 })
  const readers: IndexReader[] = []
  try {
    for (const target of targets) readers.push(await openFiles(target, { pool }, call))
    return await work(readers)
  } finally {
    await Promise.all(readers.map((reader) => reader.close()))
    await pool.close()
  }
}

function readOptions({ flags, terminal, signal }: VerbCall): ContaminationOptions {
  const sample = flags.sample as number | 'all' | undefined
  const isFull = !isSet(flags, 'countsOnly')
  return {
    views: readViews(listFlag(flags, 'view')),
    suspiciousFrom: numberFlag(flags, 'suspiciousFrom') ?? 0.2,
    dirtyFrom: numberFlag(flags, 'dirtyFrom') ?? 0.8,
    sampleItems: sample === 'all' ? null : (sample ?? 1_000),
    seed: numberFlag(flags, 'seed') ?? 0,
    testsShort: isSet(flags, 'testShort'),
    findsLongestMatch: isFull,
    findsEvidence: isFull,
    keepsText: !isSet(flags, 'withoutText'),
    passages: 3,
    judge: readJudge(flags),
    date: textFlag(flags, 'date') ?? new Date().toISOString(),
    programVersion: version,
    corpusDates: readCorpusDates(listFlag(flags, 'corpusDate')),
    table: 'core',
    signal,
    onProgress: (progress) => terminal.showProgress(formatProgress(progress)),
  }
}

function readViews(asked: readonly string[]): ViewName[] {
  if (asked.includes('all')) return [...viewNames]
  return asked.map((name) => {
    const view = viewNames.find((candidate) => candidate === name)
    if (view) return view
    throw new OmnigramError(
      'bad-argument',
      `There is no view ${JSON.stringify(name)}: take ${viewNames.join(', ')} or all.`,
    )
  })
}

function readJudge(flags: Flags): ContaminationOptions['judge'] {
  const [url, model] = [textFlag(flags, 'judge'), textFlag(flags, 'judgeModel')]
  if (url === undefined && model === undefined) return undefined
  if (url === undefined || model === undefined) {
    throw new OmnigramError('bad-argument', 'A judge is --judge URL and --judge-model NAME.')
  }
  return makeJudge({ url, model, apiKey: process.env.OMNIGRAM_JUDGE_KEY })
}

function readCorpusDates(pairs: readonly string[]): Record<string, string> {
  const dates = pairs.map((pair) => {
    const [, name, date] = /^(.+)=(\d{4}(?:-\d{2}){0,2})$/.exec(pair) ?? []
    if (name !== undefined) return [name, date]
    throw new OmnigramError('bad-argument', `${JSON.stringify(pair)} is not NAME=DATE, such as crawl=2026-01.`)
  })
  return Object.fromEntries(dates)
}

function formatProgress({
  phase,
  benchmark,
  share,
  itemsDone,
  items,
  itemsPerSecond,
  etaMs,
}: ContaminationProgress): string {
  const parts = [
    `${phase.padEnd(8)} ${(100 * share).toFixed(0).padStart(3)} %`,
    benchmark,
    `${formatCount(itemsDone)}/${formatCount(items)} items`,
    `${formatCount(Math.round(itemsPerSecond))} items/s`,
  ]
  if (etaMs !== null) parts.push(`ETA ${formatDuration(etaMs)}`)
  return parts.join(' · ')
}
