/** What is in a file before it is uploaded? Its items are counted here, so that a wrong file never leaves the machine. */
import { Problem } from '../server/problem.ts'

export type UploadFormat = 'jsonl' | 'csv' | 'parquet'

export interface UploadSummary {
  readonly format: UploadFormat
  readonly items: number
  /** Fields that hold text. */
  readonly fields: readonly string[]
  /** The field that the server would take by itself, as far as the page can tell. */
  readonly usualField: string | null
  /** The first items as text, field by field. */
  readonly samples: readonly Readonly<Record<string, string>>[]
}

/** As the server limits an upload. */
export const maxUploadBytes = 32 * 1024 * 1024
export const maxUploadItems = 100_000

const shownSamples = 3

/** Names by which benchmarks usually call what is asked. */
const usualFields = ['question', 'prompt', 'problem', 'passage', 'context', 'query', 'text', 'input', 'sentence']

/** Throws {@link Problem} for what the server would refuse. */
export async function readUpload(file: File): Promise<UploadSummary> {
  if (file.size === 0) throw refuse('The file is empty.', 'Choose the file of a benchmark: JSONL, CSV or Parquet.')
  if (file.size > maxUploadBytes) {
    const megabytes = Math.ceil(file.size / 1024 / 1024)
    throw refuse(`It has ${megabytes} MiB, the limit is ${maxUploadBytes / 1024 / 1024}.`, 'Upload a part of it.')
  }
  const format = readFormat(file.name)
  const records = format === 'parquet' ? await readParquet(file) : readText(await readUtf8(file), format)
  const { items, samples } = await records
  if (items === 0) throw refuse('It has no items.', 'A benchmark has an item a line.')
  if (items > maxUploadItems)
    throw refuse(`It has ${items} items, the limit is ${maxUploadItems}.`, 'Upload a part of it.')
  const fields = [...new Set(samples.flatMap((sample) => Object.keys(sample)))]
  const usualField = usualFields.find((name) => fields.some((field) => field.toLowerCase() === name)) ?? null
  return { format, items, fields, usualField, samples: samples.slice(0, shownSamples) }
}

interface Records {
  readonly items: number
  readonly samples: readonly Readonly<Record<string, string>>[]
}

function refuse(detail: string, hint: string): Problem {
  return new Problem('The file cannot be checked.', detail, hint)
}

function readFormat(name: string): UploadFormat {
  if (/\.parquet$/i.test(name)) return 'parquet'
  if (/\.csv$/i.test(name)) return 'csv'
  return 'jsonl'
}

async function readUtf8(file: File): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
  } catch {
    throw refuse('It is not UTF-8 text.', 'Save it as UTF-8; compressed files have to be unpacked first.')
  }
}

function readText(text: string, format: 'jsonl' | 'csv'): Records | Promise<Records> {
  return format === 'csv' ? readCsv(text) : readJsonl(text)
}

function readJsonl(text: string): Records {
  const samples: Readonly<Record<string, string>>[] = []
  let items = 0
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const record = parseLine(line, at + 1)
    items += 1
    if (samples.length < 100) samples.push(keepTexts(record))
  }
  return { items, samples }
}

function parseLine(line: string, number: number): object {
  try {
    const record: unknown = JSON.parse(line)
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) return record
  } catch {
    // Told below.
  }
  throw refuse(`Line ${number} is not a JSON object.`, 'Every line is an object such as {"question": "…"}.')
}

async function readCsv(text: string): Promise<Records> {
  const { parse } = await import('csv-parse/browser/esm/sync')
  try {
    const rows: Record<string, unknown>[] = parse(text, { bom: true, columns: true, skip_empty_lines: true })
    return { items: rows.length, samples: rows.slice(0, 100).map(keepTexts) }
  } catch (error) {
    throw refuse(`It is not CSV with a line of names: ${(error as Error).message}`, 'Mend the line that is named.')
  }
}

async function readParquet(file: File): Promise<Records> {
  const { parquetMetadata, parquetSchema } = await import('hyparquet')
  try {
    const metadata = parquetMetadata(await file.arrayBuffer())
    const names = parquetSchema(metadata).children.map(({ element }) => element.name)
    return { items: Number(metadata.num_rows), samples: [Object.fromEntries(names.map((name) => [name, '']))] }
  } catch (error) {
    throw refuse(`It is not a Parquet file: ${(error as Error).message}.`, 'Write it again.')
  }
}

/** What could be looked for: fields of text, and what is inside objects is left to the server. */
function keepTexts(record: object): Record<string, string> {
  const texts = Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts)
}
