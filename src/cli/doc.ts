/** `omnigram doc`: what does a document say? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { formatCount, parseInteger } from '../core/units.js'
import type { DocumentInfo, Extract } from '../query/index-reader.js'
import { withReader } from './open-reader.js'
import type { SearchTarget } from './search-target.js'
import { numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

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

/** The text from byte to byte, in pieces that one extract may hold; cut at the edges of characters. */
async function* readPieces(
  reader: SearchTarget,
  document: number,
  startOffset: number,
  endOffset: number,
  signal: AbortSignal,
): AsyncGenerator<Extract> {
  for (let offset = startOffset; ; ) {
    const piece = await reader.extract(document, offset, Math.min(endOffset, offset + limits.extractBytes), { signal })
    yield piece
    if (piece.endOffset >= endOffset || piece.bytes.length === 0) return
    offset = piece.endOffset
  }
}

export async function run(call: VerbCall): Promise<number> {
  const { terminal, flags, signal } = call
  await withReader(textArg(call, 0), async (reader) => {
    const number = await resolveDocument(reader, call)
    const info = await reader.documentInfo(number, { signal })
    const startOffset = numberFlag(flags, 'start') ?? 0
    const endOffset = Math.min(numberFlag(flags, 'end') ?? info.textBytes, info.textBytes)
    if (startOffset > endOffset) {
      const detail = `The part is ${startOffset}..${endOffset} of a document of ${info.textBytes} bytes.`
      throw new OmnigramError('bad-argument', detail)
    }
    const pieces = readPieces(reader, number, startOffset, endOffset, signal)
    if (terminal.options.isJson) await writeJson(info, pieces, call)
    else await writeText(info, pieces, call)
  })
  return 0
}

async function writeJson(info: DocumentInfo, pieces: AsyncIterable<Extract>, { terminal }: VerbCall): Promise<void> {
  const parts: string[] = []
  const offsets: number[] = []
  for await (const { bytes, startOffset, endOffset } of pieces) {
    parts.push(decoder.decode(bytes))
    offsets.push(startOffset, endOffset)
  }
  const rest = { startOffset: offsets[0], endOffset: offsets.at(-1), text: parts.join('') }
  await terminal.writeLine(formatDocument(info, rest))
}

async function writeText(info: DocumentInfo, pieces: AsyncIterable<Extract>, { terminal }: VerbCall): Promise<void> {
  const id = info.externalId === null ? '' : ` (${terminal.showText(info.externalId)})`
  terminal.note(`document ${info.document}${id}, ${formatCount(info.textBytes)} bytes`)
  if (info.metadata !== null) terminal.note(terminal.showText(info.metadata))
  let last = ''
  for await (const { bytes } of pieces) {
    const text = decoder.decode(bytes)
    last = text.at(-1) ?? last
    await terminal.write(terminal.showDocument(text))
  }
  if (last !== '\n') await terminal.write('\n')
}
