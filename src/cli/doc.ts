/** `omnigram doc`: what does a document say? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { formatCount, parseInteger } from '../core/units.js'
import type { DocumentInfo, Extract } from '../query/index-reader.js'
import { withReader } from './open-reader.js'
import type { SearchTarget } from './search-target.js'
import { numberFlag, textFlag, type VerbCall } from './verb.js'

/** Symbols of one extract: four bytes each, where they are token ids. */
const pieceSymbols = limits.extractBytes / 4

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
  const { index, document, externalId, facets, textBytes, symbolCount } = info
  const size = textBytes === null ? { tokens: symbolCount } : { textBytes }
  const head = JSON.stringify({ index, document, externalId, facets, ...size, ...rest })
  return `${head.slice(0, -1)},"metadata":${info.metadata ?? 'null'}}`
}

/** The text from symbol to symbol, in pieces that one extract may hold; cut at the edges of characters. */
async function* readPieces(
  reader: SearchTarget,
  document: number,
  startOffset: number,
  endOffset: number,
  signal: AbortSignal,
): AsyncGenerator<Extract> {
  for (let offset = startOffset; ; ) {
    const piece = await reader.extract(document, offset, Math.min(endOffset, offset + pieceSymbols), { signal })
    yield piece
    if (piece.endOffset >= endOffset || piece.endOffset === offset) return
    offset = piece.endOffset
  }
}

export async function run(call: VerbCall): Promise<number> {
  const { terminal, flags, signal } = call
  await withReader(call, async (reader) => {
    const number = await resolveDocument(reader, call)
    const info = await reader.documentInfo(number, { signal })
    const startOffset = numberFlag(flags, 'start') ?? 0
    const endOffset = Math.min(numberFlag(flags, 'end') ?? info.symbolCount, info.symbolCount)
    if (startOffset > endOffset) {
      const detail = `The part is ${startOffset}..${endOffset} of a document of ${describeSize(info)}.`
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
  const ids: number[] = []
  let isTold = true
  for await (const { bytes, tokens, startOffset, endOffset } of pieces) {
    if (bytes) parts.push(decoder.decode(bytes))
    isTold &&= bytes !== null
    for (const id of tokens ?? []) ids.push(id)
    offsets.push(startOffset, endOffset)
  }
  const text = isTold ? parts.join('') : null
  const rest = { startOffset: offsets[0], endOffset: offsets.at(-1), text, ...(info.textBytes === null && { ids }) }
  await terminal.writeLine(formatDocument(info, rest))
}

async function writeText(info: DocumentInfo, pieces: AsyncIterable<Extract>, { terminal }: VerbCall): Promise<void> {
  const id = info.externalId === null ? '' : ` (${terminal.showText(info.externalId)})`
  terminal.note(`document ${info.document}${id}, ${describeSize(info)}`)
  if (info.metadata !== null) terminal.note(terminal.showText(info.metadata))
  let last = ''
  for await (const { bytes, tokens = new Uint32Array() } of pieces) {
    const text = bytes === null ? `${tokens.join(' ')} ` : decoder.decode(bytes)
    last = text.at(-1) ?? last
    await terminal.write(terminal.showDocument(text))
  }
  if (last !== '\n') await terminal.write('\n')
}

function describeSize({ textBytes, symbolCount }: DocumentInfo): string {
  return `${formatCount(symbolCount)} ${textBytes === null ? 'tokens' : 'bytes'}`
}
