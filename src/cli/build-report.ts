/** What did a build do? The closing report, for people and as JSON. */
import { writeFile } from 'node:fs/promises'
import type { BuildReport } from '../build/build-options.js'
import { formatBytes, formatCount, formatDuration } from '../core/units.js'
import { guardPath } from './result-file.js'
import type { Terminal } from './terminal.js'
import { textFlag, type VerbCall } from './verb.js'

/** Lines of the table: name, value. */
function describeReport(report: BuildReport): [string, string][] {
  const rows: [string, string][] = [
    ['index', `${report.indexDir}, generation ${report.generation}`],
    ['read', `${formatCount(report.files)} files, ${formatBytes(report.bytesRead)}`],
    ['indexed', `${formatCount(report.documents)} documents, ${formatContent(report)}`],
    ['size', formatSize(report)],
    ['shards', formatCount(report.shards)],
    [
      'time',
      `${formatDuration(report.tookMs)}, ${(report.bytesPerSecond / 1e6).toFixed(1)} MB/s of ${isText(report) ? 'text' : 'ids'}`,
    ],
    ['memory', `${formatBytes(report.peakMemoryBytes)} at the peak`],
  ]
  if (report.replacedCharacters > 0)
    rows.push(['replaced', `${formatCount(report.replacedCharacters)} invalid parts of UTF-8`])
  if (report.lossyDocuments)
    rows.push([
      'lossy',
      `${formatCount(report.lossyDocuments)} documents with text that the tokenizer has no token for`,
    ])
  if (report.duplicateExternalIds > 0)
    rows.push(['ids', `${formatCount(report.duplicateExternalIds)} given more than once`])
  for (const [kind, count] of Object.entries(report.skipped)) rows.push(['skipped', `${formatCount(count)} × ${kind}`])
  return rows
}

function isText({ textBytes, tokens }: BuildReport): boolean {
  return tokens === null || textBytes > 0
}

function formatContent(report: BuildReport): string {
  const text = `${formatBytes(report.textBytes)} of text`
  if (report.tokens === null) return text
  const tokens = `${formatCount(report.tokens)} tokens`
  return isText(report) ? `${tokens}, ${text}` : tokens
}

function formatSize({ indexBytes, ratio, tokens }: BuildReport): string {
  const parts = [formatBytes(indexBytes)]
  if (tokens) parts.push(`${(indexBytes / tokens).toFixed(3)} bytes a token`)
  if (ratio !== null) parts.push(`${ratio.toFixed(3)} of the text`)
  return parts.join(', ')
}

function formatText(report: BuildReport, terminal: Terminal): string {
  const table = describeReport(report).map(([name, value]) => `${terminal.style('bold', name.padEnd(9))} ${value}`)
  const problems = report.problems.map(({ path, line, kind, detail }) => {
    const place = line === null ? path : `${path}:${line}`
    return `  ${terminal.showText(place)}: ${kind}: ${terminal.showText(detail)}`
  })
  return [...table, ...problems].join('\n')
}

/** Empties the file of `--report`: that it cannot be written is better said before hours of building than after. */
export async function prepareReport(call: VerbCall): Promise<void> {
  const path = textFlag(call.flags, 'report')
  if (path !== undefined) await guardPath(path, () => writeFile(path, ''))
}

/** Prints the report and, with `--report`, writes it as JSON. */
export async function writeReport(report: BuildReport, call: VerbCall): Promise<void> {
  if (call.terminal.options.isJson) await call.terminal.writeJson(report)
  else await call.terminal.writeLine(formatText(report, call.terminal))
  const path = textFlag(call.flags, 'report')
  if (path !== undefined) await guardPath(path, () => writeFile(path, `${JSON.stringify(report, null, 2)}\n`))
}
