/**
 * How long does it take to find everything that an index repeats, and how much memory?
 *
 *   node bench/repetition.mjs --index DIR [--index DIR …] [--length N] [--json OUT]
 *
 * The whole report with its spans, on all cores. Memory is the peak of the process, pages of the mapped index included.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { openIndex } from '../dist/query/open-index.js'
import { measureRepetition } from '../dist/repetition/measure-repetition.js'
import { describeRun } from './machine.mjs'

const { values } = parseArgs({
  options: {
    index: { type: 'string', multiple: true },
    length: { type: 'string', default: '100' },
    json: { type: 'string' },
  },
})
if (!values.index) {
  process.stderr.write('usage: node bench/repetition.mjs --index DIR… [--length N] [--json OUT]\n')
  process.exit(2)
}

const rows = []
for (const path of values.index) {
  const reader = await openIndex(path, { workers: 0 })
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const phaseMs = {}
  let spans = 0
  const report = await measureRepetition(reader, {
    length: Number(values.length),
    threads: availableParallelism(),
    memoryBytes: Number.POSITIVE_INFINITY,
    onSpans: async (batch) => {
      spans += batch.spans.length / 2
    },
    onProgress: ({ phase }) => {
      phaseMs[phase] ??= Math.round(performance.now() - start)
    },
  })
  const { user, system } = process.cpuUsage(cpu)
  rows.push({
    index: report.index,
    shards: reader.manifest.shards.length,
    symbols: report.symbols,
    symbolCount: report.symbolCount,
    documents: report.documents,
    length: report.length,
    wallMs: Math.round(performance.now() - start),
    cpuMs: Math.round((user + system) / 1e3),
    phaseStartsMs: phaseMs,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    duplicateShare: report.duplicateShare,
    excessShare: report.excessShare,
    spans,
    repeatedSymbols: report.exact.repeatedSymbols,
    removableSymbols: report.exact.removableSymbols,
    maximalStrings: report.exact.maximalStrings,
  })
  process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`)
  await reader.close()
}
const record = { ...describeRun(), rows }
if (values.json) writeFileSync(values.json, `${JSON.stringify(record, null, 2)}\n`)
else process.stdout.write(`${JSON.stringify(record)}\n`)
