/** `omnigram verify`: is every byte of an index as it was built? */
import { verifyIndex } from '../build/verify-index.js'
import { formatBytes, formatCount } from '../core/units.js'
import { pathArg } from './open-reader.js'
import { isSet, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal, signal } = call
  const report = await verifyIndex(pathArg(call), {
    deep: isSet(call.flags, 'deep'),
    signal,
    onProgress: ({ shardsDone, shards }) =>
      terminal.showProgress(`verify  shard ${Math.min(shardsDone + 1, shards)}/${shards}`),
  })
  terminal.clearProgress()
  if (terminal.options.isJson) await terminal.writeJson(report)
  else await terminal.writeLine(`intact: ${formatCount(report.shards)} shards, ${formatBytes(report.bytes)} checked`)
  return 0
}
