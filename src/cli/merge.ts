/** `omnigram merge`: make few large shards out of many small ones. */
import { availableParallelism, freemem } from 'node:os'
import { mergeIndex } from '../build/merging/merge-index.js'
import type { MergeProgress, MergeReport } from '../build/merging/merge-options.js'
import { formatBytes, formatCount, formatDuration } from '../core/units.js'
import { memoryShare } from './build.js'
import type { Terminal } from './terminal.js'
import { numberFlag, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const report = await mergeIndex({
    indexDir: textArg(call, 0),
    into: numberFlag(flags, 'into') ?? null,
    memoryBytes: numberFlag(flags, 'memory') ?? Math.floor(freemem() * memoryShare),
    threads: numberFlag(flags, 'threads') ?? availableParallelism(),
    signal,
    onProgress: (progress) => terminal.showProgress(formatMergeProgress(progress)),
  })
  terminal.clearProgress()
  if (terminal.options.isJson) await terminal.writeJson(report)
  else await terminal.writeLine(formatReport(report, terminal))
  return 0
}

function formatMergeProgress({
  phase,
  share,
  bytesPerSecond,
  etaMs,
  shardsDone,
  shardsPlanned,
}: MergeProgress): string {
  const parts = [
    `${phase.padEnd(8)} ${(100 * share).toFixed(0).padStart(3)} %`,
    `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`,
    `shard ${Math.min(shardsDone + 1, shardsPlanned)}/${shardsPlanned}`,
  ]
  if (etaMs !== null) parts.push(`ETA ${formatDuration(etaMs)}`)
  return parts.join(' · ')
}

function formatReport(report: MergeReport, terminal: Terminal): string {
  if (report.shardsWritten === 0) return 'There is nothing to merge.'
  const rows: [string, string][] = [
    ['index', `${report.indexDir}, generation ${report.generation}`],
    ['shards', `${formatCount(report.shards)} of ${formatCount(report.shardsBefore)}`],
    ['indexed', `${formatCount(report.documents)} documents, ${formatBytes(report.textBytes)} of text`],
    ['size', formatBytes(report.indexBytes)],
    ['time', formatDuration(report.tookMs)],
    ['memory', `${formatBytes(report.peakMemoryBytes)} at the peak`],
  ]
  if (report.droppedDocuments > 0) rows.push(['dropped', `${formatCount(report.droppedDocuments)} hidden documents`])
  rows.push(['next', `omnigram gc ${report.indexDir} removes the shards that were merged`])
  return rows.map(([name, value]) => `${terminal.style('bold', name.padEnd(9))} ${value}`).join('\n')
}
