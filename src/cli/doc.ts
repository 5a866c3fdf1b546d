/** `omnigram doc`: what does a document say? */
import { OmnigramError } from '../core/errors.js'
import { parseInteger } from '../core/units.js'
import type { DocumentInfo } from '../query/index-reader.js'
import { withReader } from './open-reader.js'
import type { SearchTarget } from './search-target.js'
import { numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

/** The number that the argument or `--id` names. */
async function resolveDocument(reader: SearchTarget, call: VerbCall): Promise<number> {
  const externalId = textFlag(call.flags, 'id')
  const number = call.args[1] as string | undefined
  if ((externalId === undefined) === (number === undefined)) {
    throw new OmnigramError('bad-argument', 'Give the number of a document, or --id ID.')
  }
  if (number !== undefined) return parseInteger(number, 'The document number', 0, Number.MAX_SAFE_INTEGER)
  const found = await reader.findExternalId(externalId ?? '', { signal: call.signal })
  if (found === null)
    throw new OmnigramError('unknown-document', `No document has the id ${JSON.stringify(externalId)}.`)
  return found
}

/** The document as JSON, with its metadata as it stood in the input. */
export function formatDocument(info: DocumentInfo, rest: Readonly<Record<string, unknown>>): string {
  const { index, document, externalId, facets, textBytes } = info
  const head = JSON.stringify({ index, document, externalId, facets, textBytes, ...rest })
  return `${head.slice(0, -1)},"metadata":${info.metadata ?? 'null'}}`
}

export async function run(call: VerbCall): Promise<number> {
  const { terminal, flags, signal } = call
  const isPart = flags.start !== undefined || flags.end !== undefined
  await withReader(textArg(call, 0), async (reader) => {
    const number = await resolveDocument(reader, call)
    const info = await reader.documentInfo(number, { signal })
    const startOffset = numberFlag(flags, 'start') ?? 0
    const endOffset = numberFlag(flags, 'end') ?? info.textBytes
    const part = isPart
      ? await reader.extract(number, startOffset, endOffset, { signal })
      : { bytes: null, startOffset: 0, endOffset: info.textBytes }
    const text =
      part.bytes === null
        ? (await reader.document(number, { signal })).text
        : new TextDecoder('utf-8', { ignoreBOM: true }).decode(part.bytes)
    if (terminal.options.isJson) {
      const rest = { startOffset: part.startOffset, endOffset: part.endOffset, text }
      await terminal.writeLine(formatDocument(info, rest))
      return
    }
    terminal.note(
      `document ${info.document}${info.externalId === null ? '' : ` (${info.externalId})`}, ${info.textBytes} bytes`,
    )
    if (info.metadata !== null) terminal.note(terminal.showText(info.metadata))
    await terminal.write(terminal.showDocument(text.endsWith('\n') ? text : `${text}\n`))
  })
  return 0
}
