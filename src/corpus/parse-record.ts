/** Which JSON object is a line, and which fields has it as they were spelled? */
import type { Buffer } from 'node:buffer'
import { limits } from '../core/limits.js'
import { type FieldSpan, scanFields } from './scan-fields.js'
import type { RawField, RecordDefect } from './select-fields.js'

/** A line that is a JSON object, with the places of its fields. */
export interface ParsedRecord {
  readonly record: object
  readonly sourceText: string
  readonly spans: readonly FieldSpan[]
}

/** O(n). A defect for what is not a JSON object, or overwhelms. */
export function parseRecord(source: Buffer): ParsedRecord | RecordDefect {
  const spans = scanFields(source)
  if (spans === 'too-complex') return describeComplex(limits.lineValues)
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
  return { record, sourceText, spans }
}

export function describeComplex(maxValues: number): RecordDefect {
  const detail = `the line nests deeper than ${limits.lineDepth} or holds more than ${maxValues} values`
  return { kind: 'too-complex', detail }
}

/** All fields but the text; of duplicates the last value counts, in the first one's place, as with `JSON.parse`. */
export function sliceFields(
  source: Buffer,
  sourceText: string,
  spans: readonly FieldSpan[],
  textField: string,
): RawField[] {
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

function describeMalformed(source: Buffer, error: unknown): RecordDefect {
  if (source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf) {
    return { kind: 'malformed-line', detail: 'the line begins with a byte order mark, which is not JSON' }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return { kind: 'malformed-line', detail: `the line is not JSON: ${reason}` }
}
