/** Which rows does a benchmark in Parquet hold? */
import { limits } from '../core/limits.js'
import { ParquetDecoder } from '../corpus/parquet-decoder.js'
import { FileFailure } from '../corpus/read-report.js'
import { benchmarkError } from './benchmark-error.js'
import type { BenchmarkFile } from './benchmark-file.js'
import { type BenchmarkRow, checkItemCount } from './benchmark-rows.js'

/** How long a batch of a file of bounded size may take before it counts as damaged. */
const patienceMs = 60_000

/**
 * The rows, decoded in a process of its own, by the first of the columns `textFields` that the file has. Throws `bad-benchmark`
 * when it has none of them.
 */
export async function readParquetRows(
  { opened, label }: BenchmarkFile,
  textFields: readonly string[],
  signal: AbortSignal | undefined,
): Promise<BenchmarkRow[]> {
  let missing: FileFailure | null = null
  for (const textField of textFields) {
    const decoder = new ParquetDecoder(opened.handle.fd, { textField, wantedFields: null }, patienceMs, signal ?? null)
    try {
      return await collectRows(decoder, textField, label)
    } catch (error) {
      if (!(error instanceof FileFailure) || error.problemKind !== 'missing-text') throw error
      missing = error
    } finally {
      decoder.close()
    }
  }
  throw benchmarkError(label, missing?.message ?? 'has no column to look for', missing)
}

async function collectRows(decoder: ParquetDecoder, textField: string, label: string): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = []
  for (;;) {
    const { batch } = await decoder.next()
    if (batch === null) return rows
    batch.rows.forEach((row, at) => {
      const line = batch.firstLine + at
      if ('kind' in row) throw benchmarkError(`${label}:${line}`, row.detail)
      if (row.replacedCount > 0) throw benchmarkError(`${label}:${line}`, 'the row is not UTF-8')
      if (row.text.length > limits.benchmarkLineBytes) {
        throw benchmarkError(
          `${label}:${line}`,
          `the text has ${row.text.length} bytes, more than ${limits.benchmarkLineBytes}`,
        )
      }
      const others = batch.columns.map((name, column) => [name, JSON.parse(row.values[column])] as const)
      rows.push({ line, fields: { ...Object.fromEntries(others), [textField]: Buffer.from(row.text).toString() } })
    })
    checkItemCount(rows.length, label)
  }
}
