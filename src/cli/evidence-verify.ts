/** `omnigram evidence verify`: is a bundle unchanged, and is it true? */
import { parseBundle } from '../contamination/evidence-bundle.js'
import { verifyEvidence } from '../contamination/verify-evidence.js'
import { formatCount } from '../core/units.js'
import { readBoundedFile, readKeyFile } from './contamination-files.js'
import { withReaders } from './contamination-run.js'
import { textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const publicKey = await readKeyFile(textFlag(flags, 'publicKey'))
  const { content, contentSha256, signature } = parseBundle(await readBoundedFile(textArg(call, 0)), publicKey)
  const target = call.args[1] as string | undefined
  const verdict =
    target === undefined
      ? null
      : await withReaders(call, [target], 1, ([reader]) => verifyEvidence(content, reader, signal))
  const isSigned = signature !== null
  if (terminal.options.isJson) {
    await terminal.writeJson({ unchanged: true, signed: isSigned, true: verdict !== null, contentSha256, ...verdict })
    return 0
  }
  const what = `${formatCount(content.items.length)} items of ${terminal.showText(content.index.name)}`
  await terminal.writeLine(`unchanged: ${what}, ${isSigned ? 'signed' : 'not signed'}, SHA-256 ${contentSha256}`)
  if (verdict === null) terminal.note('whether it is true, its index says: evidence verify BUNDLE INDEX')
  else
    await terminal.writeLine(
      `true: ${formatCount(verdict.windows)} windows and ${formatCount(verdict.spans)} passages found again`,
    )
  return 0
}
