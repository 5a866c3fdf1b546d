/** Which document is a plain text file? */
import { Buffer } from 'node:buffer'
import type { DocumentBatch, FileContext } from './file-context.js'
import { repairUtf8 } from './repair-utf8.js'
import type { RecordDefect } from './select-fields.js'
import { selectFields } from './select-fields.js'

/** Bytes from which a file is judged to be text or not. */
const sniffBytes = 8 * 1024

/** Share of invalid parts above which a file is no text in UTF-8. */
const maxInvalidShare = 0.3

/** Reads a file as one document, its path as metadata. Memory: the text, at most `maxTextBytes` and a chunk. */
export async function* readText(chunks: AsyncIterable<Buffer>, file: FileContext): AsyncGenerator<DocumentBatch> {
  const read = await readWhole(chunks, file)
  if ('kind' in read) {
    file.skip(null, read)
    return
  }
  const { bytes, replacedCount } = repairUtf8(read.bytes)
  const defect =
    read.bytes.length === 0
      ? ({ kind: 'empty-file', detail: 'has no bytes' } as const)
      : file.findLengthDefect(bytes.length)
  if (defect) {
    file.skip(null, defect)
    return
  }
  const path = JSON.stringify(file.path)
  const selected = selectFields([{ name: 'path', rawName: '"path"', rawValue: path }], file.options)
  if ('kind' in selected) {
    file.skip(null, selected)
    return
  }
  if (!file.allowReplacements(1, replacedCount)) return
  const { externalId, metadata, facets } = selected
  yield [{ text: bytes, externalId, metadata, facets, source: { path: file.path, line: 1 } }]
}

async function readWhole(chunks: AsyncIterable<Buffer>, file: FileContext): Promise<{ bytes: Buffer } | RecordDefect> {
  const parts: Buffer[] = []
  let lengthBytes = 0
  let isSniffed = false
  for await (const chunk of chunks) {
    parts.push(chunk)
    lengthBytes += chunk.length
    if (!isSniffed && lengthBytes >= sniffBytes) {
      isSniffed = true
      const defect = findBinary(Buffer.concat(parts, sniffBytes))
      if (defect) return defect
    }
    const lengthDefect = file.findLengthDefect(lengthBytes)
    if (lengthDefect) return lengthDefect
  }
  const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts, lengthBytes)
  return (isSniffed ? null : findBinary(bytes)) ?? { bytes }
}

function findBinary(head: Buffer): RecordDefect | null {
  const nulOffset = head.indexOf(0)
  if (nulOffset >= 0) {
    const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
    const detail = isUtf16 ? 'is UTF-16: convert it to UTF-8' : `is binary: a zero byte at offset ${nulOffset}`
    return { kind: 'binary-file', detail }
  }
  const { replacedCount } = repairUtf8(head)
  if (replacedCount <= head.length * maxInvalidShare) return null
  return {
    kind: 'binary-file',
    detail: `is not text in UTF-8: ${replacedCount} invalid parts in the first ${head.length} bytes`,
  }
}
