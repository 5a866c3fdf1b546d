/** `omnigram gc`: what does no kept generation name any more? */
import { collectGarbage } from '../build/collect-garbage.js'
import { collectStoredGarbage } from '../cluster/store/collect-stored-garbage.js'
import { openStore } from '../cluster/store/open-store.js'
import { formatBytes, formatCount } from '../core/units.js'
import { isStoreAddress } from './open-reader.js'
import { numberFlag, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const target = textArg(call, 0)
  const options = { keep: numberFlag(call.flags, 'keep') ?? 1 }
  const result = isStoreAddress(target)
    ? await collectStoredGarbage(openStore(target), options)
    : await collectGarbage(target, options)
  if (call.terminal.options.isJson) await call.terminal.writeJson(result)
  else
    await call.terminal.writeLine(
      `${formatCount(result.removedFiles)} files removed, ${formatBytes(result.removedBytes)} freed`,
    )
  return 0
}
