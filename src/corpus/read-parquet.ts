/** Which documents does a Parquet file hold? */
import { Buffer } from 'node:buffer'
import type { AsyncBuffer, DecodedArray, ParquetScan, RowGroup } from 'hyparquet'
import { parquetMetadataAsync, parquetScan, parquetSchema } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { CorpusDocument } from '../core/document.js'
import type { DocumentBatch, FileContext } from './file-context.js'
import type { OpenFile } from './open-file.js'
import { throwIfAborted } from './open-file.js'
import type { ReplacedCounter } from './parquet-values.js'
import { formatValue, valueParsers } from './parquet-values.js'
import { FileFailure } from './read-report.js'
import { encodeText, repairUtf8 } from './repair-utf8.js'
import type { RawField, RecordDefect } from './select-fields.js'
import { selectFields } from './select-fields.js'

/** Bounds of one row group, which is decoded in memory: Parquet's writers stay far below. */
const maxGroupRows = 2 ** 24
const maxColumnBytes = 2 ** 30

/** Rows handed on at once. */
const batchRows = 1024

interface Column {
  readonly name: string
  readonly values: DecodedArray
}

/**
 * Reads one document a row, row group by row group and only the columns that are asked for.
 * Memory: the decoded columns of a row group.
 */
export async function* readParquet(opened: OpenFile, file: FileContext): AsyncGenerator<DocumentBatch> {
  const { options } = file
  const buffer = rangesOf(opened)
  const metadata = await guard(() => parquetMetadataAsync(buffer, { parsers: valueParsers, geoparquet: false }))
  const present = await guard(() => parquetSchema(metadata).children.map(({ element }) => element.name))
  if (!present.includes(options.textField)) {
    const detail = `there is no column ${JSON.stringify(options.textField)}, but ${present.map((name) => JSON.stringify(name)).join(', ')}`
    file.skip(null, { kind: 'missing-text', detail })
    return
  }
  const named = new Set([
    options.textField,
    options.idField,
    ...(options.metaFields ?? present),
    ...options.facetFields,
  ])
  const names = present.filter((name) => named.has(name))
  const scan = await guard(() =>
    parquetScan({
      file: buffer,
      metadata,
      columns: names,
      compressors,
      parsers: valueParsers,
      utf8: false,
      geoparquet: false,
    }),
  )
  let firstRow = 0
  for (const [groupIndex, group] of metadata.row_groups.entries()) {
    const rows = checkGroup(group, groupIndex, names)
    const columns: Column[] = []
    for (const name of names) {
      throwIfAborted(options.signal)
      columns.push({ name, values: await readColumn(scan, name, firstRow, rows) })
    }
    for (let start = 0; start < rows; start += batchRows) {
      yield readRows(columns, firstRow, start, Math.min(start + batchRows, rows), file)
    }
    firstRow += rows
  }
}

function readRows(
  columns: readonly Column[],
  firstRow: number,
  start: number,
  end: number,
  file: FileContext,
): DocumentBatch {
  const documents: CorpusDocument[] = []
  for (let row = start; row < end; row++) {
    const line = firstRow + row + 1
    const read = readRow(columns, row, line, file)
    if (read === null) continue
    if ('kind' in read) file.skip(line, read)
    else documents.push(read)
  }
  return documents
}

function readRow(
  columns: readonly Column[],
  row: number,
  line: number,
  file: FileContext,
): CorpusDocument | RecordDefect | null {
  const { textField } = file.options
  const fields: RawField[] = []
  const replaced: ReplacedCounter = { count: 0 }
  let text: unknown = null
  for (const { name, values } of columns) {
    if (name === textField) text = values[row]
    else fields.push({ name, rawName: JSON.stringify(name), rawValue: formatValue(values[row], replaced) })
  }
  if (text === null || text === undefined) {
    return { kind: 'missing-text', detail: `the column ${JSON.stringify(textField)} is null` }
  }
  if (typeof text !== 'string' && !(text instanceof Uint8Array)) {
    return {
      kind: 'wrong-type',
      detail: `the column ${JSON.stringify(textField)} is of type ${typeof text}, not a string`,
    }
  }
  const { bytes, replacedCount } = typeof text === 'string' ? encodeText(text) : repairUtf8(Buffer.from(text))
  const lengthDefect = file.findLengthDefect(bytes.length)
  if (lengthDefect) return lengthDefect
  const selected = selectFields(fields, file.options)
  if ('kind' in selected) return selected
  if (!file.allowReplacements(line, replacedCount + replaced.count + selected.replacedCount)) return null
  const { externalId, metadata, facets } = selected
  return { text: bytes, externalId, metadata, facets, source: { path: file.path, line } }
}

/** The number of rows, once it is sure that the group fits in memory. */
function checkGroup(group: RowGroup, groupIndex: number, names: readonly string[]): number {
  const rows = Number(group.num_rows)
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > maxGroupRows) {
    throw new FileFailure('unreadable-file', `row group ${groupIndex + 1} has ${rows} rows, more than ${maxGroupRows}`)
  }
  for (const { meta_data: column } of group.columns) {
    const name = column?.path_in_schema[0]
    if (!column || name === undefined || !names.includes(name)) continue
    if (Number(column.total_uncompressed_size) > maxColumnBytes) {
      const detail = `column ${JSON.stringify(name)} has ${column.total_uncompressed_size} bytes in row group ${groupIndex + 1}, more than ${maxColumnBytes}`
      throw new FileFailure('unreadable-file', `${detail}: write the file with smaller row groups`)
    }
  }
  return rows
}

async function readColumn(scan: ParquetScan, column: string, firstRow: number, rows: number): Promise<DecodedArray> {
  const values = await guard(() => scan.readColumn({ column, rowStart: firstRow, rowEnd: firstRow + rows }))
  if (values.length < rows) {
    throw new FileFailure('truncated-file', `column ${JSON.stringify(column)} has ${values.length} of its ${rows} rows`)
  }
  return values
}

/** The file as hyparquet reads it: by ranges, which must lie in the file. */
function rangesOf(opened: OpenFile): AsyncBuffer {
  return {
    byteLength: opened.sizeBytes,
    async slice(start, end = opened.sizeBytes) {
      if (!(start >= 0 && start <= end && end <= opened.sizeBytes)) {
        throw new FileFailure('truncated-file', `names bytes ${start} to ${end}, but has ${opened.sizeBytes}`)
      }
      if (end - start > maxColumnBytes) {
        throw new FileFailure(
          'unreadable-file',
          `has ${end - start} bytes of one row group in a column: write smaller ones`,
        )
      }
      const bytes = await opened.read(start, end - start)
      if (bytes.length < end - start) throw new FileFailure('truncated-file', 'became shorter while it was read')
      // Each read has a buffer of its own, filled from its start.
      return bytes.buffer as ArrayBuffer
    },
  }
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
