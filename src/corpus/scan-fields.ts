/** Where in a JSON object's source text do its top-level fields stand? */
import { limits } from '../core/limits.js'

/** Byte offsets of a field in the line; the name's include its quotes. */
export interface FieldSpan {
  readonly nameStartOffset: number
  readonly nameEndOffset: number
  readonly valueStartOffset: number
  readonly valueEndOffset: number
}

/** Why a line was not scanned: `malformed` is certainly no JSON object, `too-complex` has too many values or too deep ones. */
export type ScanFailure = 'malformed' | 'too-complex'

/** Bytes of a string that are looked at one by one. */
const nearBytes = 32

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * The spans of the fields of a JSON object, in the order of the source, duplicates included. O(n), no recursion.
 *
 * Takes any bytes, as it runs before `JSON.parse` to keep what would overwhelm that away from it. On a valid object
 * the spans are exact; on anything else they are some spans or a failure.
 */
export function scanFields(line: Uint8Array, maxValues: number = limits.lineValues): FieldSpan[] | ScanFailure {
  const scan = new Scan(line, maxValues)
  return scan.readObject()
}

class Scan {
  #offset = 0
  #valueCount = 0

  constructor(
    readonly line: Uint8Array,
    readonly maxValues: number,
  ) {}

  readObject(): FieldSpan[] | ScanFailure {
    const { line } = this
    const fields: FieldSpan[] = []
    this.#skipSpace()
    if (line[this.#offset] !== openBrace) return 'malformed'
    this.#offset++
    this.#skipSpace()
    if (line[this.#offset] === closeBrace) return this.#endObject(fields)
    for (;;) {
      const nameStartOffset = this.#offset
      if (line[nameStartOffset] !== quote) return 'malformed'
      this.#skipString()
      const nameEndOffset = this.#offset
      this.#skipSpace()
      if (line[this.#offset] !== colon) return 'malformed'
      this.#offset++
      this.#skipSpace()
      const valueStartOffset = this.#offset
      if (!this.#skipValue()) return 'too-complex'
      const valueEndOffset = this.#offset
      if (valueEndOffset === valueStartOffset) return 'malformed'
      fields.push({ nameStartOffset, nameEndOffset, valueStartOffset, valueEndOffset })
      if (++this.#valueCount > this.maxValues) return 'too-complex'
      this.#skipSpace()
      const next = line[this.#offset]
      if (next === closeBrace) return this.#endObject(fields)
      if (next !== comma) return 'malformed'
      this.#offset++
      this.#skipSpace()
    }
  }

  #endObject(fields: FieldSpan[]): FieldSpan[] | ScanFailure {
    this.#offset++
    this.#skipSpace()
    return this.#offset === this.line.length ? fields : 'malformed'
  }

  #skipSpace(): void {
    const { line } = this
    while (this.#offset < line.length && isSpace(line[this.#offset])) this.#offset++
  }

  /** Past the closing quote of the string that begins here, or to the end of the line. */
  #skipString(): void {
    const { line } = this
    let offset = this.#offset + 1
    // Most strings are shorter than what calling `indexOf` costs.
    const nearEnd = Math.min(line.length, offset + nearBytes)
    while (offset < nearEnd && line[offset] !== quote) offset += line[offset] === backslash ? 2 : 1
    if (offset < nearEnd) {
      this.#offset = offset + 1
      return
    }
    for (let end = line.indexOf(quote, offset); end >= 0; end = line.indexOf(quote, end + 1)) {
      let before = end
      while (before > offset && line[before - 1] === backslash) before--
      if ((end - before) % 2 === 0) {
        this.#offset = end + 1
        return
      }
    }
    this.#offset = line.length
  }

  /** Past the value that begins here. False when it is too deep or holds too many values. */
  #skipValue(): boolean {
    const { line } = this
    const first = line[this.#offset]
    if (first === quote) {
      this.#skipString()
      return true
    }
    if (first === openBrace || first === openBracket) return this.#skipContainer()
    while (this.#offset < line.length && !endsScalar(line[this.#offset])) this.#offset++
    return true
  }

  #skipContainer(): boolean {
    const { line } = this
    let depth = 0
    while (this.#offset < line.length) {
      const byte = line[this.#offset]
      if (byte === quote) {
        this.#skipString()
        continue
      }
      this.#offset++
      if (byte === openBrace || byte === openBracket) {
        if (++depth >= limits.lineDepth || ++this.#valueCount > this.maxValues) return false
      } else if (byte === closeBrace || byte === closeBracket) {
        if (--depth === 0) return true
      } else if (byte === comma && ++this.#valueCount > this.maxValues) {
        return false
      }
    }
    return true
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

function endsScalar(byte: number): boolean {
  return byte === comma || byte === closeBrace || byte === closeBracket || isSpace(byte)
}
