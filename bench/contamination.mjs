/**
 * How long does it take to check benchmarks against a corpus: with the index, and by a scan of the corpus for the same windows?
 *
 *   node bench/contamination.mjs --index DIR [--corpus FILE.jsonl] --benchmark FILE [--benchmark FILE …] [--json OUT] [--views]
 *
 * The index is of that corpus, which is scanned where it is named. CPU time is of all threads; reading the benchmarks is measured apart.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { defaultOptions } from '../dist/contamination/contamination-options.js'
import { readBenchmarks } from '../dist/contamination/read-benchmark.js'
import { runContamination } from '../dist/contamination/run-contamination.js'
import { viewNames } from '../dist/contamination/views.js'
import { cutWindows } from '../dist/contamination/windows.js'
import { openIndex } from '../dist/query/open-index.js'
import { describeIndexRun } from './machine.mjs'
import { measure } from './measure.mjs'
import { scanWindows } from './peers/scan-windows.mjs'

const usage =
  'usage: node bench/contamination.mjs --index DIR [--corpus FILE] --benchmark FILE… [--json OUT] [--views]\n'

function readOptions() {
  const { values } = parseArgs({
    options: {
      index: { type: 'string' },
      corpus: { type: 'string' },
      benchmark: { type: 'string', multiple: true },
      json: { type: 'string' },
      views: { type: 'boolean', default: false },
    },
  })
  if (values.index && values.benchmark) return values
  process.stderr.write(usage)
  process.exit(2)
}

/** Found windows of each item, by looking them up in what the scan found. */
function countFound(items, found) {
  return items.map(({ text }) => cutWindows(text).filter(({ start, end }) => found.has(text.slice(start, end))).length)
}

const values = readOptions()
const read = await measure(async () => (await Promise.all(values.benchmark.map((path) => readBenchmarks(path)))).flat())
const benchmarks = read.result
const items = benchmarks.flatMap((benchmark) => benchmark.items)
const reader = await openIndex(values.index, { workers: availableParallelism() + 1 })
const options = { ...defaultOptions, sampleItems: null, date: '2000-01-01', programVersion: '0' }
const bare = { findsEvidence: false, findsLongestMatch: false }

const rows = []
let matched = []
async function measureRun(name, given) {
  const { result, wallMs, cpuMs } = await measure(() =>
    runContamination([reader], benchmarks, { ...options, ...given }),
  )
  rows.push({ name, wallMs, cpuMs })
  return result.cells.flatMap((cell) => cell.items)
}

await measureRun('counts alone, the first time', bare)
matched = (await measureRun('counts alone', bare)).map(({ views }) => views[0].matched)
await measureRun('counts and longest matches', { ...bare, findsLongestMatch: true })
await measureRun('all, with evidence', {})
if (values.views)
  for (const view of viewNames.slice(1)) await measureRun(`counts alone, ${view}`, { ...bare, views: [view] })
await reader.close()

/** How many items have other windows by a scan than by the index. */
async function compareWithScan() {
  const wanted = new Set(items.flatMap(({ text }) => cutWindows(text).map(({ start, end }) => text.slice(start, end))))
  const { result, wallMs, cpuMs } = await measure(() => scanWindows(values.corpus, wanted))
  rows.push({ name: 'peer: a scan with a rolling hash, one thread', wallMs, cpuMs })
  return countFound(items, result).filter((count, at) => count !== matched[at]).length
}

const differing = values.corpus ? await compareWithScan() : null

const result = {
  ...describeIndexRun(values.index, reader),
  benchmarks: benchmarks.length,
  items: items.length,
  windows: items.reduce((sum, { text }) => sum + cutWindows(text).length, 0),
  readBenchmarksMs: read.wallMs,
  rows,
  itemsThatDiffer: differing,
}
for (const { name, wallMs, cpuMs } of rows) {
  process.stdout.write(
    `${name.padEnd(48)}${(wallMs / 1e3).toFixed(2).padStart(9)} s wall${(cpuMs / 1e3).toFixed(2).padStart(9)} s CPU\n`,
  )
}
process.stdout.write(
  `${result.items} items, ${result.windows} windows; items that differ from the scan: ${differing ?? 'no scan'}\n`,
)
if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
if (differing !== null && differing > 0) process.exitCode = 1
