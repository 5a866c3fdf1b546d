/** `omnigram inspect`: what is in an index, and what takes its room? */
import { type IndexReport, inspectIndex } from '../build/inspect-index.js'
import { formatBytes, formatCount } from '../core/units.js'
import { pathArg } from './open-reader.js'
import type { VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal } = call
  const report = await inspectIndex(pathArg(call))
  if (terminal.options.isJson) {
    await terminal.writeJson(report)
    return 0
  }
  const isTokens = report.symbols === 'tokens'
  const share = (bytes: number) => {
    if (report.symbolCount === 0) return ''
    if (isTokens) return `${(bytes / report.symbolCount).toFixed(4).padStart(7)} bytes a token`
    return `${((100 * bytes) / report.textBytes).toFixed(2).padStart(7)} % of the text`
  }
  const rows: [string, string][] = [
    ['generation', report.generation],
    ['documents', formatCount(report.documents)],
    ...(report.hiddenDocuments > 0
      ? [['hidden', `${formatCount(report.hiddenDocuments)} documents`] satisfies [string, string]]
      : []),
    ...(isTokens ? describeTokens(report) : []),
    ...(isTokens && report.textBytes === 0 ? [] : [['text', formatBytes(report.textBytes)] satisfies [string, string]]),
    [
      'index',
      [
        formatBytes(report.indexBytes),
        ...(isTokens && report.bytesPerSymbol !== null ? [`${report.bytesPerSymbol.toFixed(4)} bytes a token`] : []),
        ...(report.ratio === null ? [] : [`${report.ratio.toFixed(4)} of the text`]),
      ].join(', '),
    ],
    ['shards', formatCount(report.shards)],
    ['runs', report.rowsPerRun === null ? 'none' : `n/r = ${report.rowsPerRun.toFixed(2)}`],
    ['entropy', `${report.entropyBits.toFixed(3)} bits a symbol (order 0)`],
    ['rank', report.rankBits === null ? 'none' : `${report.rankBits.toFixed(3)} bits a symbol`],
  ]
  for (const [name, value] of rows) await terminal.writeLine(`${terminal.style('bold', name.padEnd(12))} ${value}`)
  for (const { name, bytes } of report.sections) {
    await terminal.writeLine(`  ${name.padEnd(22)} ${formatBytes(bytes).padStart(10)} ${share(bytes)}`)
  }
  return 0
}

function describeTokens({ symbolCount, options: { tokens } }: IndexReport): [string, string][] {
  return [
    ['tokens', formatCount(symbolCount)],
    ['vocabulary', tokens?.vocabulary ? formatCount(tokens.vocabulary) : 'by shard'],
    ['tokenizer', tokens?.tokenizer ? tokens.tokenizer.sha256.slice(0, 16) : 'none: only ids are known'],
  ]
}
