/** `omnigram gc`: what does no kept generation name any more? */
import { collectGarbage } from '../build/collect-garbage.js'
import { formatBytes, formatCount } from '../core/units.js'
import { numberFlag, textArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const result = await collectGarbage(textArg(call, 0), { keep: numberFlag(call.flags, 'keep') ?? 1 })
  if (call.terminal.options.isJson) await call.terminal.writeJson(result)
  else
    await call.terminal.writeLine(
      `${formatCount(result.removedFiles)} files removed, ${formatBytes(result.removedBytes)} freed`,
    )
  return 0
}
