/** Which rows does a benchmark file hold, whatever its format? */
import { parse as parseCsv } from '#csv'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { scanFields } from '../corpus/scan-fields.js'
import { decodeStrictly, decodeText } from '../query/text-bytes.js'
import { benchmarkError } from './benchmark-error.js'
import type { BenchmarkFormat } from './benchmark-formats.js'

/** One record of the file. */
export interface BenchmarkRow {
  /** Line, or number of the record, from 1. */
  readonly line: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** The records of a text format, in order. Throws `bad-benchmark` with the line that is wrong. */
export function readRows(
  bytes: Uint8Array,
  format: Exclude<BenchmarkFormat, 'parquet'>,
  label: string,
): Iterable<BenchmarkRow> {
  switch (format) {
    case 'jsonl':
      return readJsonLines(bytes, label)
    case 'json':
      // Many files of JSON lines are called `.json`.
      return looksLikeLines(bytes) ? readJsonLines(bytes, label) : readJsonDocument(bytes, label)
    case 'csv':
      return readSeparated(bytes, ',', label)
    case 'tsv':
      return readSeparated(bytes, '\t', label)
  }
}

function* readJsonLines(bytes: Uint8Array, label: string): Generator<BenchmarkRow> {
  for (let start = skipMark(bytes), line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline < 0 ? bytes.length : newline
    const source = bytes.subarray(start, end)
    start = end + 1
    const place = `${label}:${line}`
    if (source.length > limits.benchmarkLineBytes) {
      throw benchmarkError(place, `the line has ${source.length} bytes, more than ${limits.benchmarkLineBytes}`)
    }
    const text = decodeStrictly(source)
    if (text === null) throw benchmarkError(place, 'the line is not UTF-8')
    if (isBlank(source)) continue
    if (scanFields(source) === 'too-complex') {
      throw benchmarkError(place, `the line nests deeper than ${limits.lineDepth} or holds too many values`)
    }
    const value = parseJson(text, place)
    if (!isRecord(value)) throw benchmarkError(place, 'the line is JSON but not an object')
    yield { line, fields: value }
  }
}

function isBlank(source: Uint8Array): boolean {
  return source.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

/** Whether the first line is an object by itself and another one follows. */
function looksLikeLines(bytes: Uint8Array): boolean {
  const start = skipMark(bytes)
  const newline = bytes.indexOf(0x0a, start)
  if (bytes[start] !== 0x7b || newline < 0 || newline - start > limits.benchmarkLineBytes) return false
  return Array.isArray(scanFields(bytes.subarray(start, newline)))
}

function* readJsonDocument(bytes: Uint8Array, label: string): Generator<BenchmarkRow> {
  checkUtf8(bytes, label)
  const rows = unwrapRows(parseJson(decodeText(bytes.subarray(skipMark(bytes))), label), label)
  let line = 0
  for (const fields of rows) {
    line++
    if (!isRecord(fields)) throw benchmarkError(`${label}:${line}`, 'the item is not an object')
    yield { line, fields }
  }
}

/** An array of items, or an object that holds one, as BIG-Bench-Hard, CoQA and SQuAD do. */
function unwrapRows(value: unknown, label: string): Iterable<unknown> {
  if (Array.isArray(value)) return value
  const held = isRecord(value)
    ? ['data', 'examples', 'rows', 'items', 'questions'].map((name) => value[name]).find(Array.isArray)
    : undefined
  if (held === undefined) throw benchmarkError(label, 'is neither an array of items nor an object that holds one')
  return isRecord(held[0]) && Array.isArray(held[0].paragraphs) ? flattenParagraphs(held) : held
}

/** SQuAD as published: articles of paragraphs of questions, here one row a question. */
function* flattenParagraphs(articles: readonly unknown[]): Generator<unknown> {
  for (const article of articles) {
    if (!isRecord(article) || !Array.isArray(article.paragraphs)) continue
    for (const paragraph of article.paragraphs) {
      if (!isRecord(paragraph) || !Array.isArray(paragraph.qas)) continue
      for (const question of paragraph.qas) {
        yield isRecord(question) ? { ...question, context: paragraph.context, title: article.title } : question
      }
    }
  }
}

interface CsvRecord {
  readonly record: Record<string, string>
  readonly info: { readonly lines: number }
}

function* readSeparated(bytes: Uint8Array, delimiter: string, label: string): Generator<BenchmarkRow> {
  checkUtf8(bytes, label)
  let line = 2
  for (const { record, info } of parseSeparated(bytes, delimiter, label)) {
    yield { line, fields: record }
    line = info.lines + 1
  }
}

function parseSeparated(bytes: Uint8Array, delimiter: string, label: string): CsvRecord[] {
  try {
    // One more than may be, so that too many are noticed.
    return parseCsv(bytes as Buffer, {
      delimiter,
      columns: true,
      bom: true,
      info: true,
      skip_empty_lines: true,
      to: limits.benchmarkItems + 1,
      max_record_size: limits.benchmarkLineBytes,
    }) as unknown as CsvRecord[]
  } catch (error) {
    const { lines, message } = error as Error & { lines?: number }
    throw benchmarkError(
      lines === undefined ? label : `${label}:${lines}`,
      `not ${delimiter === ',' ? 'CSV' : 'TSV'}: ${message}`,
      error,
    )
  }
}

/** Names the first line that is not UTF-8. */
function checkUtf8(bytes: Uint8Array, label: string): void {
  if (decodeStrictly(bytes) !== null) return
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline < 0 ? bytes.length : newline
    if (decodeStrictly(bytes.subarray(start, end)) === null)
      throw benchmarkError(`${label}:${line}`, 'the line is not UTF-8')
    start = end + 1
  }
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw benchmarkError(place, `not JSON: ${(error as Error).message}`, error)
  }
}

function skipMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Stops where there are more items than a benchmark may have. */
export function checkItemCount(count: number, label: string): void {
  if (count <= limits.benchmarkItems) return
  throw new OmnigramError('bad-benchmark', `${label}: has more than ${limits.benchmarkItems} items.`)
}
