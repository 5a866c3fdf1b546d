/** What are the rows of a Parquet file? Runs in a process of its own: see `parquet-process.ts`. */
import { Buffer } from 'node:buffer'
import type { AsyncBuffer, DecodedArray, ParquetScan, RowGroup } from 'hyparquet'
import { parquetMetadataAsync, parquetScan, parquetSchema } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { formatDecimal, takeDecimals } from './parquet-decimals.js'
import type { ReplacedCounter } from './parquet-values.js'
import { formatValue, valueParsers } from './parquet-values.js'
import { FileFailure } from './read-report.js'
import { encodeText, repairUtf8 } from './repair-utf8.js'
import type { RecordDefect } from './select-fields.js'

/** Bounds of one row group, which is decoded in memory: Parquet's writers stay far below. */
const maxGroupRows = 2 ** 24
export const maxColumnBytes = 2 ** 29

/** Rows and bytes of text after which a batch is handed on. */
const batchRows = 1024
const batchBytes = 4 * 1024 * 1024

/** What is asked of a file. */
export interface ParquetRequest {
  readonly textField: string
  /** Other columns to read, or `null` for all. */
  readonly wantedFields: readonly string[] | null
}

export interface ParquetRow {
  /** Valid UTF-8. */
  readonly text: Uint8Array
  /** U+FFFD put into the text and the values. */
  readonly replacedCount: number
  /** Values of the columns as JSON, in their order. */
  readonly values: readonly string[]
}

export interface ParquetBatch {
  /** From 1. */
  readonly firstLine: number
  /** Names of the columns beside the text, in the order of the file. */
  readonly columns: readonly string[]
  readonly rows: readonly (ParquetRow | RecordDefect)[]
}

interface Column {
  readonly name: string
  /** Of decimals; `null` for everything else. */
  readonly scale: number | null
  readonly values: DecodedArray
}

/** All rows, row group by row group, only the columns asked for. Memory: the decoded columns of a row group. */
export async function* decodeParquet(file: AsyncBuffer, request: ParquetRequest): AsyncGenerator<ParquetBatch> {
  const metadata = await guard(() => parquetMetadataAsync(file, { parsers: valueParsers, geoparquet: false }))
  const present = await guard(() => parquetSchema(metadata).children.map(({ element }) => element.name))
  const { textField, wantedFields } = request
  if (!present.includes(textField)) {
    const names = present.map((name) => JSON.stringify(name)).join(', ')
    throw new FileFailure('missing-text', `has no column ${JSON.stringify(textField)}, but ${names}`)
  }
  const scales = takeDecimals(metadata)
  const names = present.filter((name) => name === textField || wantedFields === null || wantedFields.includes(name))
  const scan = await guard(() =>
    parquetScan({ file, metadata, columns: names, compressors, parsers: valueParsers, utf8: false, geoparquet: false }),
  )
  let firstRow = 0
  for (const [groupIndex, group] of metadata.row_groups.entries()) {
    const rowCount = checkGroup(group, groupIndex, names)
    const columns: Column[] = []
    for (const name of names) {
      columns.push({ name, scale: scales.get(name) ?? null, values: await readColumn(scan, name, firstRow, rowCount) })
    }
    yield* cutBatches(columns, firstRow, rowCount, textField)
    firstRow += rowCount
  }
}

function* cutBatches(
  columns: Column[],
  firstRow: number,
  rowCount: number,
  textField: string,
): Generator<ParquetBatch> {
  const others = columns.filter(({ name }) => name !== textField)
  const texts = columns.find(({ name }) => name === textField)?.values ?? []
  const names = others.map(({ name }) => name)
  let rows: (ParquetRow | RecordDefect)[] = []
  let textBytes = 0
  for (let row = 0; row < rowCount; row++) {
    const read = readRow(texts[row], others, row, textField)
    rows.push(read)
    textBytes += 'kind' in read ? 0 : read.text.length
    if (rows.length < batchRows && textBytes < batchBytes && row + 1 < rowCount) continue
    yield { firstLine: firstRow + row + 2 - rows.length, columns: names, rows }
    rows = []
    textBytes = 0
  }
}

function readRow(text: unknown, others: readonly Column[], row: number, textField: string): ParquetRow | RecordDefect {
  if (text === null || text === undefined) {
    return { kind: 'missing-text', detail: `the column ${JSON.stringify(textField)} is null` }
  }
  if (typeof text !== 'string' && !(text instanceof Uint8Array)) {
    const detail = `the column ${JSON.stringify(textField)} is of type ${typeof text}, not a string`
    return { kind: 'wrong-type', detail }
  }
  const repaired = typeof text === 'string' ? encodeText(text) : repairUtf8(Buffer.from(text))
  const replaced: ReplacedCounter = { count: repaired.replacedCount }
  const values = others.map(({ values: column, scale }) =>
    scale === null ? formatValue(column[row], replaced) : formatDecimal(column[row], scale),
  )
  return { text: repaired.bytes, replacedCount: replaced.count, values }
}

/** The number of rows, once it is sure that the group fits in memory. */
function checkGroup(group: RowGroup, groupIndex: number, names: readonly string[]): number {
  const rowCount = Number(group.num_rows)
  if (!Number.isSafeInteger(rowCount) || rowCount < 0 || rowCount > maxGroupRows) {
    throw new FileFailure(
      'unreadable-file',
      `row group ${groupIndex + 1} has ${rowCount} rows, more than ${maxGroupRows}`,
    )
  }
  for (const { meta_data: column } of group.columns) {
    const name = column?.path_in_schema[0]
    if (!column || name === undefined || !names.includes(name)) continue
    if (Number(column.total_uncompressed_size) > maxColumnBytes) {
      throw new FileFailure(
        'unreadable-file',
        `row group ${groupIndex + 1} has ${column.total_uncompressed_size} bytes in column ${JSON.stringify(name)}, ` +
          `more than ${maxColumnBytes}: write smaller row groups`,
      )
    }
  }
  return rowCount
}

async function readColumn(
  scan: ParquetScan,
  column: string,
  firstRow: number,
  rowCount: number,
): Promise<DecodedArray> {
  const values = await guard(() => scan.readColumn({ column, rowStart: firstRow, rowEnd: firstRow + rowCount }))
  if (values.length < rowCount) {
    throw new FileFailure(
      'truncated-file',
      `column ${JSON.stringify(column)} has ${values.length} of its ${rowCount} rows`,
    )
  }
  return values
}

/** What hyparquet answers; on damaged files it throws errors of many kinds. */
async function guard<T>(work: () => Promise<T> | T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FileFailure) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new FileFailure('unreadable-file', `damaged Parquet data: ${reason}`, { cause: error })
  }
}
