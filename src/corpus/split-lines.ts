/** Where does each line of a byte stream begin and end? */
import { Buffer } from 'node:buffer'

const newline = 0x0a

export interface RawLine {
  /** From 1. */
  readonly number: number
  /** The line without its 0x0A, or `null` when it was longer than the limit. */
  readonly bytes: Buffer | null
  readonly lengthBytes: number
}

/**
 * Cuts a stream at byte 0x0A and nowhere else. Lines lie in the chunks they came in, uncopied, unless they span several.
 * Of a line above `maxLineBytes` only the length is kept, so memory stays bounded.
 */
export class LineSplitter {
  #number = 0
  #parts: Buffer[] = []
  #lengthBytes = 0

  constructor(readonly maxLineBytes: number) {}

  /** The lines that end in `chunk`. The chunk must not be written to again. */
  *push(chunk: Buffer): Generator<RawLine> {
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      yield this.#finish(chunk.subarray(start, end))
      start = end + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
  }

  /** The last line, when it had no newline. */
  *end(): Generator<RawLine> {
    if (this.#lengthBytes > 0) yield this.#finish(Buffer.alloc(0))
  }

  #keep(part: Buffer): void {
    this.#lengthBytes += part.length
    if (this.#lengthBytes > this.maxLineBytes) this.#parts = []
    else this.#parts.push(part)
  }

  #finish(part: Buffer): RawLine {
    const number = ++this.#number
    const lengthBytes = this.#lengthBytes + part.length
    if (lengthBytes > this.maxLineBytes) {
      this.#parts = []
      this.#lengthBytes = 0
      return { number, bytes: null, lengthBytes }
    }
    if (this.#lengthBytes === 0) return { number, bytes: part, lengthBytes }
    const bytes = Buffer.concat([...this.#parts, part], lengthBytes)
    this.#parts = []
    this.#lengthBytes = 0
    return { number, bytes, lengthBytes }
  }
}
