/** `omnigram verify`: is every byte of an index as it was built? */
import { type VerifyReport, verifyIndex } from '../build/verify-index.js'
import { defaultCacheDir, openCacheDir } from '../cluster/store/index-cache.js'
import { openStore } from '../cluster/store/open-store.js'
import { verifyStored } from '../cluster/store/verify-stored.js'
import { formatBytes, formatCount } from '../core/units.js'
import { formatTransfer, isStoreAddress, pathArg } from './open-reader.js'
import { isSet, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { terminal } = call
  const report = await (isStoreAddress(textArg(call, 0)) ? verifyInStore(call) : verifyHere(call))
  terminal.clearProgress()
  if (terminal.options.isJson) await terminal.writeJson(report)
  else await terminal.writeLine(`intact: ${formatCount(report.shards)} shards, ${formatBytes(report.bytes)} checked`)
  return 0
}

function verifyHere(call: VerbCall): Promise<VerifyReport> {
  const { terminal, signal, flags } = call
  return verifyIndex(pathArg(call), {
    deep: isSet(flags, 'deep'),
    signal,
    onProgress: ({ shardsDone, shards }) =>
      terminal.showProgress(`verify  shard ${Math.min(shardsDone + 1, shards)}/${shards}`),
  })
}

/** Beside the cache, as the largest shard must fit there. */
async function verifyInStore(call: VerbCall): Promise<VerifyReport> {
  const { terminal, signal, flags } = call
  return verifyStored(openStore(textArg(call, 0)), await openCacheDir(defaultCacheDir()), {
    deep: isSet(flags, 'deep'),
    signal,
    onProgress: (progress) => terminal.showProgress(formatTransfer('verify', progress)),
  })
}
