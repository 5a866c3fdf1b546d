/** Which token ids does a JSON array hold? */
import type { Buffer } from 'node:buffer'
import type { RecordDefect } from './select-fields.js'

const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const zero = 0x30

/** Digits of the largest id that is worth adding up. */
const maxDigits = 10

/**
 * The ids of the array that is the whole of `source`: whole numbers from 0 to below `vocabulary`, without sign, point or
 * exponent. O(n), and no JavaScript value for each number. `name` is the field that it is of.
 */
export function parseTokenIds(source: Buffer, vocabulary: number, name: string): Uint32Array | RecordDefect {
  const scan = new IdScan(source)
  scan.skipSpace()
  if (scan.peek() !== openBracket) {
    return { kind: 'wrong-type', detail: `the field ${JSON.stringify(name)} is not an array of token ids` }
  }
  scan.offset++
  scan.skipSpace()
  const ids = new Uint32Array(countCommas(source) + 1)
  let length = 0
  for (let isFirst = true; !(isFirst && scan.peek() === closeBracket); isFirst = false) {
    const startOffset = scan.offset
    const id = scan.readId()
    if (id === null) return describeElement(source, startOffset, length, name)
    if (id >= vocabulary) return describeTooLarge(id, length, vocabulary)
    ids[length] = id
    length++
    scan.skipSpace()
    if (scan.peek() === closeBracket) break
    if (scan.peek() !== comma) return describeElement(source, startOffset, length - 1, name)
    scan.offset++
    scan.skipSpace()
  }
  scan.offset++
  scan.skipSpace()
  if (scan.peek() !== undefined) return { kind: 'malformed-line', detail: `something follows the array in ${name}` }
  return length === ids.length ? ids : ids.slice(0, length)
}

/** An id that no token of the vocabulary has. */
export function describeTooLarge(id: number | string, at: number, vocabulary: number): RecordDefect {
  const named = typeof id === 'number' ? `the id ${id}` : `an id ${id}`
  return { kind: 'bad-token', detail: `token ${at} has ${named}; ids run from 0 to ${vocabulary - 1}` }
}

class IdScan {
  offset = 0

  constructor(readonly source: Buffer) {}

  /** The byte at `offset`; undefined at the end. */
  peek(): number | undefined {
    return this.source[this.offset]
  }

  skipSpace(): void {
    while (isSpace(this.peek())) this.offset++
  }

  /** Null where no whole number stands. */
  readId(): number | null {
    const startOffset = this.offset
    let id = 0
    for (let digit = this.#digit(); digit >= 0; digit = this.#digit()) {
      id = id * 10 + digit
      this.offset++
      if (this.offset - startOffset > maxDigits) return null
    }
    const digits = this.offset - startOffset
    const hasLeadingZero = digits > 1 && this.source[startOffset] === zero
    return digits === 0 || hasLeadingZero ? null : id
  }

  #digit(): number {
    const digit = (this.source[this.offset] ?? 0) - zero
    return digit >= 0 && digit <= 9 ? digit : -1
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

function countCommas(source: Buffer): number {
  let count = 0
  for (let offset = source.indexOf(comma); offset >= 0; offset = source.indexOf(comma, offset + 1)) count++
  return count
}

function describeElement(source: Buffer, startOffset: number, at: number, name: string): RecordDefect {
  const rest = source.toString('latin1', startOffset, startOffset + 40)
  const element = /^(?:"[^"]*"?|[^,\]]*)/.exec(rest)?.[0].trim() ?? ''
  const detail = `token ${at} of ${JSON.stringify(name)} is ${element === '' ? 'nothing' : element}, not a token id`
  return { kind: 'wrong-type', detail }
}
