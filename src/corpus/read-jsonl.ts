/** Which documents does a stream of JSON lines hold? */
import type { Buffer } from 'node:buffer'
import type { CorpusDocument } from '../core/document.js'
import type { DocumentBatch, FileContext } from './file-context.js'
import { parseRecord, sliceFields } from './parse-record.js'
import { readIdsLine } from './read-ids-line.js'
import { encodeText, repairUtf8 } from './repair-utf8.js'
import type { RecordDefect } from './select-fields.js'
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
  if (options.ids) return readIdsLine({ ...repaired, number: line.number }, options.ids, file)
  const parsed = parseRecord(source)
  if ('kind' in parsed) return parsed
  const { record, sourceText, spans } = parsed
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

function describeLong(lengthBytes: number, maxLineBytes: number): RecordDefect {
  return { kind: 'too-long', detail: `the line has ${lengthBytes} bytes, more than ${maxLineBytes}` }
}

/** Whether a line is JSON white space alone. */
function isBlank(bytes: Buffer): boolean {
  let offset = 0
  while (offset < bytes.length && (bytes[offset] === 0x20 || bytes[offset] === 0x09 || bytes[offset] === 0x0d)) offset++
  return offset === bytes.length
}
