/** Which documents does an array of token ids hold, as NumPy (`.npy`) or bare (`.bin`)? */
import { Buffer } from 'node:buffer'
import type { IdsOptions } from './corpus-options.js'
import type { DocumentBatch, FileContext } from './file-context.js'
import { type DocumentBorder, IdDocuments } from './id-documents.js'
import { IdDecoder } from './id-values.js'
import { measureHeader, type NpyHeader, readHeader } from './npy-header.js'
import { FileFailure } from './read-report.js'

/** Reads the chunks one after the other. Memory: a chunk and a document. Throws {@link FileFailure}. */
export function readIdArrays(
  chunks: AsyncIterable<Buffer>,
  format: 'npy' | 'bin',
  file: FileContext,
): AsyncGenerator<DocumentBatch> {
  const { ids } = file.options
  if (ids === null) throw new FileFailure('unknown-format', 'holds token ids, which make a token index')
  return format === 'npy' ? readNpy(chunks, ids, file) : readBin(chunks, ids, file)
}

/** A row a document; an array of one dimension like a bare one. */
async function* readNpy(
  chunks: AsyncIterable<Buffer>,
  ids: IdsOptions,
  file: FileContext,
): AsyncGenerator<DocumentBatch> {
  let header: NpyHeader | null = null
  let head = Buffer.alloc(0)
  let reader: ArrayReader | null = null
  for await (const chunk of chunks) {
    if (reader) {
      yield reader.push(chunk)
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < measureHeader(head)) continue
    header = readHeader(head)
    const { rows, columns, dimensions } = header
    const border = dimensions === 1 ? borderOf(ids) : { length: columns }
    reader = new ArrayReader(file, border, ids, header.type, rows * columns)
    if (columns > 0) yield reader.push(head.subarray(header.lengthBytes))
    else if (dimensions === 2) throw new FileFailure('wrong-type', `has ${rows} rows of no ids`)
  }
  if (reader === null) throw new FileFailure('truncated-file', 'ends inside its .npy header')
  yield reader.end()
}

async function* readBin(
  chunks: AsyncIterable<Buffer>,
  ids: IdsOptions,
  file: FileContext,
): AsyncGenerator<DocumentBatch> {
  if (ids.type === null) throw new FileFailure('unknown-format', 'says nothing of its numbers: name u16 or u32')
  const reader = new ArrayReader(file, borderOf(ids), ids, ids.type, null)
  for await (const chunk of chunks) yield reader.push(chunk)
  yield reader.end()
}

function borderOf({ documentSeparator }: IdsOptions): DocumentBorder {
  return documentSeparator === null ? null : { separator: documentSeparator }
}

class ArrayReader {
  readonly #decoder: IdDecoder
  readonly #documents: IdDocuments
  /** Ids that are still to come; null where the file does not say. */
  #left: number | null

  constructor(
    file: FileContext,
    border: DocumentBorder,
    { vocabulary }: IdsOptions,
    type: NpyHeader['type'],
    count: number | null,
  ) {
    this.#decoder = new IdDecoder(type)
    this.#documents = new IdDocuments(file, border, vocabulary)
    this.#left = count
  }

  push(chunk: Buffer): DocumentBatch {
    const ids = this.#decoder.push(chunk)
    if (this.#left === null) return this.#documents.push(ids)
    if (ids.length > this.#left) {
      throw new FileFailure('wrong-type', 'holds more numbers than its header says')
    }
    this.#left -= ids.length
    return this.#documents.push(ids)
  }

  end(): DocumentBatch {
    if (this.#decoder.restBytes > 0) throw new FileFailure('truncated-file', 'ends in the middle of a number')
    if (this.#left) throw new FileFailure('truncated-file', `ends ${this.#left} numbers before its header says`)
    return this.#documents.end()
  }
}
