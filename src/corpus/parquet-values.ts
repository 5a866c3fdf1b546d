/** How does a value of a Parquet column read as JSON? */
import { Buffer, isUtf8 } from 'node:buffer'
import type { ParquetParsers } from 'hyparquet'
import { countLoneSurrogates, repairUtf8 } from './repair-utf8.js'

/** Counts the U+FFFD put into values. */
export interface ReplacedCounter {
  count: number
}

/** A string that is not UTF-8: the policy for that is applied row by row, later. */
class InvalidString extends Uint8Array {}

/** The source text of a value that was JSON already. */
class RawJson {
  constructor(readonly source: string) {}
}

/** Keeps what hyparquet's own parsers round or replace: invalid UTF-8, fractions of milliseconds, JSON as it is spelled. */
export const valueParsers: Partial<ParquetParsers> = {
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && readString(bytes),
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && readJson(bytes),
  dateFromDays: (days: number | undefined) => (days === undefined ? undefined : readDate(days)),
  timestampFromMilliseconds: (millis: bigint | undefined) => readTimestamp(millis, 3),
  timestampFromMicroseconds: (micros: bigint | undefined) => readTimestamp(micros, 6),
  timestampFromNanoseconds: (nanos: bigint | undefined) => readTimestamp(nanos, 9),
}

/** JSON on one line: 64-bit integers as digits, dates in ISO form, bytes in base64, numbers JSON cannot say as strings. */
export function formatValue(value: unknown, replaced: ReplacedCounter): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') {
    replaced.count += countLoneSurrogates(value)
    return JSON.stringify(value.toWellFormed())
  }
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value))
  if (value instanceof RawJson) return value.source
  if (value instanceof InvalidString) {
    const { bytes, replacedCount } = repairUtf8(Buffer.from(value))
    replaced.count += replacedCount
    return JSON.stringify(bytes.toString())
  }
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `[${Array.from(value as ArrayLike<unknown>, (item) => formatValue(item, replaced)).join(',')}]`
  }
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${formatValue(field, replaced)}`)
  return `{${fields.join(',')}}`
}

function readString(bytes: Uint8Array): string | InvalidString {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString() : new InvalidString(bytes)
}

function readJson(bytes: Uint8Array): string | InvalidString | RawJson {
  const text = readString(bytes)
  if (typeof text !== 'string') return text
  try {
    JSON.parse(text)
  } catch {
    return text
  }
  // A line break can only be white space between tokens here: inside a string it is escaped.
  return new RawJson(text.replaceAll(/[\r\n]/g, ' '))
}

function readDate(days: number): string | number {
  const date = new Date(days * 86_400_000)
  return Number.isNaN(date.getTime()) ? days : date.toISOString().split('T')[0]
}

/** ISO form with all `digits` of the fraction of a second; a time no calendar holds stays a number. */
function readTimestamp(ticks: bigint | undefined, digits: 3 | 6 | 9): string | bigint | undefined {
  if (ticks === undefined) return undefined
  const ticksPerSecond = 10n ** BigInt(digits)
  const fraction = ((ticks % ticksPerSecond) + ticksPerSecond) % ticksPerSecond
  const date = new Date(Number((ticks - fraction) / ticksPerSecond) * 1000)
  if (Number.isNaN(date.getTime())) return ticks
  return `${date.toISOString().slice(0, -'.000Z'.length)}.${String(fraction).padStart(digits, '0')}Z`
}
