/** How does a trap come into a line of JSON without a byte of the rest changing? */
import { Buffer } from 'node:buffer'
import { OmnigramError } from '../../core/errors.js'
import { scanFields } from '../../corpus/scan-fields.js'
import type { Insertion } from './splice-traps.js'

/** Bytes that were put into a line: enough to take them out again. */
export interface LinePiece {
  /** Byte offset in the line as it was before any insertion. */
  readonly offset: number
  /** As it stands in the line, escapes and all. */
  readonly json: string
}

export interface SplicedLine {
  readonly line: Buffer
  /** By offset, ascending. */
  readonly pieces: readonly LinePiece[]
}

/** The text field of a line, or null when the line is no object with such a string. */
export function readText(line: Buffer, field: string): string | null {
  const span = findText(line, field)
  if (span === null) return null
  try {
    const text: unknown = JSON.parse(line.toString('utf8', span.start, span.end))
    return typeof text === 'string' ? text : null
  } catch {
    return null
  }
}

/**
 * Puts the insertions, whose offsets count UTF-16 units of the text, into the source of the string. `field` is there: see
 * {@link readText}. O(line).
 */
export function spliceLine(line: Buffer, field: string, insertions: readonly Insertion[]): SplicedLine {
  const span = findText(line, field)
  if (span === null) throw new OmnigramError('bad-argument', `The line has no text field ${JSON.stringify(field)}.`)
  const pieces: LinePiece[] = []
  let offset = span.start + 1
  let units = 0
  for (const { offset: wanted, text } of insertions) {
    for (; units < wanted && offset < span.end - 1; ) {
      const { bytes, units: width } = measureCharacter(line, offset)
      offset += bytes
      units += width
    }
    pieces.push({ offset, json: JSON.stringify(text).slice(1, -1) })
  }
  return { line: joinPieces(line, pieces), pieces }
}

/**
 * The line as it was.
 *
 * Throws `bad-registry` when a piece does not stand where it was put; `where` (file:line) goes into the message.
 */
export function restoreLine({ line, pieces }: SplicedLine, where: string): Buffer {
  const parts: Buffer[] = []
  let read = 0
  let added = 0
  for (const { offset, json } of pieces) {
    const piece = Buffer.from(json)
    const place = offset + added
    if (place < read || !line.subarray(place, place + piece.length).equals(piece)) {
      throw new OmnigramError(
        'bad-registry',
        `${where}: no trap stands at byte ${place}: the file was changed after the injection.`,
      )
    }
    parts.push(line.subarray(read, place))
    read = place + piece.length
    added += piece.length
  }
  parts.push(line.subarray(read))
  return Buffer.concat(parts)
}

function joinPieces(line: Buffer, pieces: readonly LinePiece[]): Buffer {
  const parts: Buffer[] = []
  let copied = 0
  for (const { offset, json } of pieces) {
    parts.push(line.subarray(copied, offset), Buffer.from(json))
    copied = offset
  }
  parts.push(line.subarray(copied))
  return Buffer.concat(parts)
}

/** The last field of that name that is a string; its span includes the quotes. */
function findText(line: Buffer, field: string): { start: number; end: number } | null {
  const fields = scanFields(line)
  if (typeof fields === 'string') return null
  const name = JSON.stringify(field)
  const found = fields.findLast((span) => line.toString('utf8', span.nameStartOffset, span.nameEndOffset) === name)
  if (found === undefined || line[found.valueStartOffset] !== 0x22) return null
  return { start: found.valueStartOffset, end: found.valueEndOffset }
}

/** Bytes of source, and UTF-16 units, of the character of a JSON string that begins at an offset. */
function measureCharacter(line: Buffer, offset: number): { bytes: number; units: number } {
  const first = line[offset]
  if (first === 0x5c) return { bytes: line[offset + 1] === 0x75 ? 6 : 2, units: 1 }
  if (first >= 0xf0) return { bytes: 4, units: 2 }
  if (first >= 0xe0) return { bytes: 3, units: 1 }
  return { bytes: first >= 0xc0 ? 2 : 1, units: 1 }
}
