/** Which documents does a stream of JSON lines hold? */
import type { Buffer } from 'node:buffer'
import type { CorpusDocument } from '../core/document.js'
import { limits } from '../core/limits.js'
import type { DocumentBatch, FileContext } from './file-context.js'
import { encodeText, repairUtf8 } from './repair-utf8.js'
import type { FieldSpan } from './scan-fields.js'
import { scanFields } from './scan-fields.js'
import type { RawField, RecordDefect } from './select-fields.js'
import { selectFields } from './select-fields.js'
import type { RawLine } from './split-lines.js'
import { LineSplitter } from './split-lines.js'

/**
 * Reads one document a line, a batch a chunk. Lines of white space alone are passed over.
 * Memory: a chunk, and the longest line a few times over.
 */
export async function* readJsonl(chunks: AsyncIterable<Buffer>, file: FileContext): AsyncGenerator<DocumentBatch> {
  const splitter = new LineSplitter(file.options.maxLineBytes)
  for await (const chunk of chunks) yield readLines(splitter.push(chunk), file)
  yield readLines(splitter.end(), file)
}

function readLines(lines: Iterable<RawLine>, file: FileContext): DocumentBatch {
  const documents: CorpusDocument[] = []
  for (const line of lines) {
    const read = readLine(line, file)
    if (read === null) continue
    if ('kind' in read) file.skip(line.number, read)
    else documents.push(read)
  }
  return documents
}

function readLine(line: RawLine, file: FileContext): CorpusDocument | RecordDefect | null {
  const { options } = file
  if (line.bytes === null) return describeLong(line.lengthBytes, options.maxLineBytes)
  if (isBlank(line.bytes)) return null
  const repaired = repairUtf8(line.bytes)
  const source = repaired.bytes
  // U+FFFD has three bytes, so what was within the limit may not be any more.
  if (source.length > options.maxLineBytes) return describeLong(source.length, options.maxLineBytes)
  const spans = scanFields(source)
  if (spans === 'too-complex') {
    return {
      kind: 'too-complex',
      detail: `the line nests deeper than ${limits.lineDepth} or holds more than ${limits.lineValues} values`,
    }
  }
  const sourceText = source.toString()
  let record: unknown
  try {
    record = JSON.parse(sourceText)
  } catch (error) {
    return describeMalformed(source, error)
  }
  if (spans === 'malformed' || typeof record !== 'object' || record === null) {
    return { kind: 'malformed-line', detail: 'the line is JSON but not an object' }
  }
  const text = readText(record, options.textField)
  if (typeof text !== 'string') return text
  const encoded = encodeText(text)
  const lengthDefect = file.findLengthDefect(encoded.bytes.length)
  if (lengthDefect) return lengthDefect
  const selected = selectFields(sliceFields(source, sourceText, spans, options.textField), options)
  if ('kind' in selected) return selected
  const replacedCount = repaired.replacedCount + encoded.replacedCount + selected.replacedCount
  if (!file.allowReplacements(line.number, replacedCount)) return null
  const { externalId, metadata, facets } = selected
  return { text: encoded.bytes, externalId, metadata, facets, source: { path: file.path, line: line.number } }
}

function readText(record: object, textField: string): string | RecordDefect {
  if (!Object.hasOwn(record, textField)) {
    return { kind: 'missing-text', detail: `there is no field ${JSON.stringify(textField)}` }
  }
  const text: unknown = (record as Record<string, unknown>)[textField]
  if (typeof text === 'string') return text
  const found = text === null ? 'null' : Array.isArray(text) ? 'an array' : `of type ${typeof text}`
  return { kind: 'wrong-type', detail: `the field ${JSON.stringify(textField)} is ${found}, not a string` }
}

/** All fields but the text; of duplicates the last value counts, in the first one's place, as with `JSON.parse`. */
function sliceFields(source: Buffer, sourceText: string, spans: readonly FieldSpan[], textField: string): RawField[] {
  // In a line of ASCII alone, byte offsets are string offsets, and slicing strings is many times faster.
  const isAscii = sourceText.length === source.length
  const slice = (start: number, end: number) =>
    isAscii ? sourceText.slice(start, end) : source.toString('utf8', start, end)
  const fields = new Map<string, RawField>()
  for (const span of spans) {
    const rawName = slice(span.nameStartOffset, span.nameEndOffset)
    const name: string = rawName.includes('\\') ? JSON.parse(rawName) : rawName.slice(1, -1)
    if (name === textField) continue
    fields.set(name, { name, rawName, rawValue: slice(span.valueStartOffset, span.valueEndOffset) })
  }
  return [...fields.values()]
}

function describeLong(lengthBytes: number, maxLineBytes: number): RecordDefect {
  return { kind: 'too-long', detail: `the line has ${lengthBytes} bytes, more than ${maxLineBytes}` }
}

function describeMalformed(source: Buffer, error: unknown): RecordDefect {
  if (source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf) {
    return { kind: 'malformed-line', detail: 'the line begins with a byte order mark, which is not JSON' }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return { kind: 'malformed-line', detail: `the line is not JSON: ${reason}` }
}

/** Whether a line is JSON white space alone. */
function isBlank(bytes: Buffer): boolean {
  let offset = 0
  while (offset < bytes.length && (bytes[offset] === 0x20 || bytes[offset] === 0x09 || bytes[offset] === 0x0d)) offset++
  return offset === bytes.length
}
