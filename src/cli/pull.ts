/** `omnigram pull`: get an index from a store. */
import { openStore } from '../cluster/store/open-store.js'
import { pullIndex } from '../cluster/store/pull-index.js'
import { formatBytes, formatCount, formatDuration } from '../core/units.js'
import { formatTransfer } from './open-reader.js'
import { textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal, signal } = call
  const report = await pullIndex(openStore(textArg(call, 0)), textArg(call, 1), {
    signal,
    onProgress: (progress) => terminal.showProgress(formatTransfer('fetch', progress)),
  })
  terminal.clearProgress()
  if (terminal.options.isJson) await terminal.writeJson(report)
  else {
    const fetched = `${formatCount(report.fetchedShards)} of ${formatCount(report.shards)} shards fetched and checked`
    const cost = `${formatBytes(report.fetchedBytes)} in ${formatDuration(report.tookMs)}`
    await terminal.writeLine(`${report.indexDir}: generation ${report.generation} is live; ${fetched}, ${cost}`)
  }
  return 0
}
