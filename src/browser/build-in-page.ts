/** How do texts in a page become a shard? */
import { OmnigramError } from '../core/errors.js'
import { loadWasm } from './load-wasm.js'
import { cancelled } from './wanted.js'

/** A text with what is known of it. */
export interface PageDocument {
  readonly text: string | Uint8Array
  readonly externalId?: string
  /** Becomes the metadata, as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** A text, a file of plain text, or a file of JSON lines (`….jsonl`) with a field `text`. */
export type PageInput = string | PageDocument | File

export interface PageBuildOptions {
  readonly profile?: 'default' | 'small' | 'fast'
  /** Called with the phase and the share of it that is done. */
  readonly onProgress?: (phase: string, share: number) => void
  readonly signal?: AbortSignal
}

export interface BuiltInPage {
  /** The file of the shard. */
  readonly bytes: Uint8Array
  readonly documents: number
  readonly textBytes: number
  /** Parts of the input that were not UTF-8 and became U+FFFD. */
  readonly replacedDocuments: number
}

/** Text that a page can index: the memory of a module ends at 4 GiB, and the sort takes five bytes a byte. */
export const maxPageTextBytes = 512 * 1024 * 1024

const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
/** As many pieces of a file are read at a time. */
const pieceBytes = 8 * 1024 * 1024

/**
 * Builds a shard, the file that `omnigram build` would call a shard too. O(text); memory for the text twice, and four bytes a byte for the sort.
 *
 * Throws `bad-input` for what is no text or too much of it, `cancelled`, `io-failure` when a file can't be read.
 */
export async function buildInPage(
  inputs: readonly PageInput[],
  { profile = 'default', onProgress = () => {}, signal }: PageBuildOptions = {},
): Promise<BuiltInPage> {
  const { ShardBuilder } = await loadWasm()
  const builder = new ShardBuilder([])
  let [documents, textBytes, replacedDocuments] = [0, 0, 0]
  try {
    for await (const { text, externalId, metadata } of readInputs(inputs, onProgress)) {
      if (signal?.aborted) throw cancelled('The index was not made: the caller stopped it.')
      const bytes = typeof text === 'string' ? encoder.encode(text) : text
      const valid = isText(bytes) ? bytes : encoder.encode(decoder.decode(bytes))
      textBytes += valid.length
      if (textBytes > maxPageTextBytes) {
        throw new OmnigramError(
          'bad-input',
          `More than ${maxPageTextBytes} bytes of text: build it with omnigram build.`,
        )
      }
      builder.add(valid, externalId, metadata && JSON.stringify(metadata), [])
      documents++
      if (valid !== bytes) replacedDocuments++
    }
    if (documents === 0) throw new OmnigramError('bad-input', 'There is no text to index.')
    const bytes = builder.build(128, 512, profile, false, onProgress)
    return { bytes, documents, textBytes, replacedDocuments }
  } finally {
    builder.free()
  }
}

async function* readInputs(
  inputs: readonly PageInput[],
  onProgress: (phase: string, share: number) => void,
): AsyncGenerator<PageDocument> {
  for (const input of inputs) {
    if (typeof input === 'string') yield { text: input }
    else if (!(input instanceof Blob)) yield input
    else if (/\.(jsonl|ndjson)$/i.test(input.name)) yield* readJsonLines(input, onProgress)
    else yield await readTextFile(input, onProgress)
  }
}

async function readTextFile(file: File, onProgress: (phase: string, share: number) => void): Promise<PageDocument> {
  const bytes = new Uint8Array(file.size)
  let at = 0
  for await (const piece of readPieces(file, onProgress)) {
    bytes.set(piece, at)
    at += piece.length
  }
  const nulOffset = bytes.subarray(0, pieceBytes).indexOf(0)
  if (nulOffset >= 0) {
    throw new OmnigramError('bad-input', `${file.name} is binary: a zero byte at offset ${nulOffset}.`)
  }
  return { text: bytes, metadata: { path: file.name } }
}

async function* readJsonLines(
  file: File,
  onProgress: (phase: string, share: number) => void,
): AsyncGenerator<PageDocument> {
  const lines = new TextDecoder()
  let [rest, number] = ['', 0]
  const read = (line: string): PageDocument[] => {
    number++
    return line.trim() === '' ? [] : [readRecord(line, `${file.name}:${number}`)]
  }
  for await (const piece of readPieces(file, onProgress)) {
    const whole = (rest + lines.decode(piece, { stream: true })).split('\n')
    rest = whole.pop() ?? ''
    for (const line of whole) yield* read(line)
  }
  yield* read(rest + lines.decode())
}

function readRecord(line: string, place: string): PageDocument {
  let record: unknown
  try {
    record = JSON.parse(line)
  } catch (cause) {
    throw new OmnigramError('bad-input', `${place} is not JSON.`, { cause })
  }
  const { text, ...metadata } = (record ?? {}) as Record<string, unknown>
  if (typeof text !== 'string') throw new OmnigramError('bad-input', `${place} has no field "text" that is a string.`)
  // As everywhere, a lone surrogate becomes U+FFFD.
  return { text, metadata: Object.keys(metadata).length === 0 ? undefined : metadata }
}

async function* readPieces(file: File, onProgress: (phase: string, share: number) => void): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < file.size; start += pieceBytes) {
    onProgress('read', start / file.size)
    try {
      yield new Uint8Array(await file.slice(start, start + pieceBytes).arrayBuffer())
    } catch (cause) {
      throw new OmnigramError('io-failure', `${file.name} can't be read: ${String(cause)}`, { cause })
    }
  }
}

function isText(bytes: Uint8Array): boolean {
  try {
    strictDecoder.decode(bytes)
    return true
  } catch {
    return false
  }
}
