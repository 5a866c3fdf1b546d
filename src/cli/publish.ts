/** `omnigram publish`: put an index where other machines find it. */
import { openStore } from '../cluster/store/open-store.js'
import { publishIndex } from '../cluster/store/publish-index.js'
import { formatBytes, formatCount, formatDuration } from '../core/units.js'
import { formatTransfer, pathArg } from './open-reader.js'
import { textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal, signal } = call
  const report = await publishIndex(pathArg(call), openStore(textArg(call, 1)), {
    signal,
    onProgress: (progress) => terminal.showProgress(formatTransfer('send', progress)),
  })
  terminal.clearProgress()
  if (terminal.options.isJson) await terminal.writeJson(report)
  else {
    const sent = `${formatCount(report.sentShards)} of ${formatCount(report.shards)} shards sent`
    const cost = `${formatBytes(report.sentBytes)} in ${formatDuration(report.tookMs)}`
    await terminal.writeLine(`${report.address}: generation ${report.generation} is live; ${sent}, ${cost}`)
  }
  return 0
}
