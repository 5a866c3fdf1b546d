/** `omnigram export-static`: make a site of an index that any file host serves. */
import { exportSite } from '../api/static-site/export-site.js'
import { version } from '../api/version.js'
import { OmnigramError } from '../core/errors.js'
import { formatBytes, formatCount, formatDuration } from '../core/units.js'
import { formatTransfer } from './open-reader.js'
import { listArg, listFlag, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const outputDir = textFlag(flags, 'output')
  if (outputDir === undefined) throw new OmnigramError('bad-argument', 'Say where the site goes: -o DIR.')
  const stateDir = textFlag(flags, 'state') ?? 'memory'
  const report = await exportSite({
    indexPaths: listArg(call, 0),
    outputDir,
    reportPaths: listFlag(flags, 'reports'),
    stateDir: stateDir === 'memory' ? null : stateDir,
    program: version,
    signal,
    onProgress: (progress) => terminal.showProgress(formatTransfer('copy', progress)),
  })
  terminal.clearProgress()
  if (terminal.options.isJson) await terminal.writeJson(report)
  else {
    const names = report.indexes.map(({ name }) => name).join(', ')
    const reports = `${formatCount(report.reports)} contamination ${report.reports === 1 ? 'report' : 'reports'}`
    const cost = `${formatBytes(report.indexBytes)} in ${formatDuration(report.tookMs)}`
    await terminal.writeLine(`${report.outputDir}: pages, ${names} (${cost}), ${reports}`)
    await terminal.writeLine('Serve the folder from any file host that answers range requests.')
  }
  return 0
}
