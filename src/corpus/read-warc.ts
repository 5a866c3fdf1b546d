/** Which documents does a WARC or WET file hold? */
import { Buffer } from 'node:buffer'
import { AsyncIterReader, LimitReader } from 'warcio'
import type { CorpusDocument } from '../core/document.js'
import type { DocumentBatch, FileContext } from './file-context.js'
import { FileFailure } from './read-report.js'
import { repairUtf8 } from './repair-utf8.js'
import type { RawField, RecordDefect } from './select-fields.js'
import { selectFields } from './select-fields.js'
import { decodeContent } from './warc-content.js'
import type { HeaderBlock } from './warc-headers.js'
import { parseHeaders, readHeaderBlock } from './warc-headers.js'

/** Records whose payload is a document. The others describe the crawl and are no documents by nature. */
const documentTypes = new Set(['conversion', 'response', 'resource'])

/** Fields of a record, and the headers they come from. */
const headerFields = [
  ['url', 'warc-target-uri'],
  ['date', 'warc-date'],
  ['recordId', 'warc-record-id'],
  ['language', 'warc-identified-content-language'],
] as const

/**
 * Reads one document a record, text as it stands in the record: the text of WET conversions, HTML with its tags.
 * Records that are not text are reported. Memory: one record, at most `maxTextBytes`.
 */
export async function* readWarc(chunks: AsyncIterable<Buffer>, file: FileContext): AsyncGenerator<DocumentBatch> {
  const reader = new AsyncIterReader(chunks, null)
  for (let recordNumber = 1; ; recordNumber++) {
    const block = await readHeaderBlock(reader, 'WARC/')
    if (block === null) return
    if (block.skippedBytes > 0) {
      const detail = `${block.skippedBytes} bytes before the record belong to none: a Content-Length is wrong`
      file.skip(recordNumber, { kind: 'malformed-line', detail })
    }
    const document = await readRecord(reader, block, file, recordNumber)
    if (document === null) continue
    if ('kind' in document) file.skip(recordNumber, document)
    else yield [document]
  }
}

async function readRecord(
  reader: AsyncIterReader,
  block: HeaderBlock,
  file: FileContext,
  recordNumber: number,
): Promise<CorpusDocument | RecordDefect | null> {
  const headers = await parseHeaders(block.bytes)
  const contentLength = headers.get('content-length') ?? ''
  if (!/^\d{1,15}$/.test(contentLength)) {
    return { kind: 'malformed-line', detail: `the record's Content-Length is ${JSON.stringify(contentLength)}` }
  }
  const type = headers.get('warc-type') ?? ''
  const payload = await readPayload(
    reader,
    Number(contentLength),
    documentTypes.has(type) ? file.options.maxTextBytes : 0,
  )
  if (!documentTypes.has(type)) return null
  if (payload === null) return file.findLengthDefect(Number(contentLength))
  const content =
    type === 'conversion' ? repairUtf8(payload) : await decodeContent(payload, headers, file.options.maxTextBytes)
  if ('kind' in content) return content
  const { bytes, replacedCount } = content
  const lengthDefect = file.findLengthDefect(bytes.length)
  if (lengthDefect) return lengthDefect
  const fields = headerFields.flatMap(([name, header]) => toField(name, headers.get(header)))
  const selected = selectFields(fields, file.options)
  if ('kind' in selected) return selected
  if (!file.allowReplacements(recordNumber, replacedCount)) return null
  const { externalId, metadata, facets } = selected
  return { text: bytes, externalId, metadata, facets, source: { path: file.path, line: recordNumber } }
}

/** The payload, or `null` when it is above the limit and was passed over. Throws where the file ends within it. */
async function readPayload(reader: AsyncIterReader, contentBytes: number, maxBytes: number): Promise<Buffer | null> {
  const parts: Uint8Array[] = []
  let lengthBytes = 0
  for await (const part of new LimitReader(reader, contentBytes)) {
    lengthBytes += part.length
    if (contentBytes <= maxBytes) parts.push(part)
  }
  if (lengthBytes < contentBytes) {
    throw new FileFailure('truncated-file', `the last record has ${lengthBytes} of its ${contentBytes} bytes`)
  }
  return contentBytes <= maxBytes ? Buffer.concat(parts, lengthBytes) : null
}

function toField(name: string, value: string | undefined): RawField[] {
  return value === undefined ? [] : [{ name, rawName: JSON.stringify(name), rawValue: JSON.stringify(value) }]
}
