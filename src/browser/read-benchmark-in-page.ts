/** Which items does a benchmark file of the visitor hold? Read as the command line reads it, and in the page alone. */
import { sha256 } from '@noble/hashes/sha2'
import { bytesToHex } from '@noble/hashes/utils'
import type { Benchmark } from '../contamination/benchmark.js'
import { benchmarkError } from '../contamination/benchmark-error.js'
import { formatOfFile } from '../contamination/benchmark-formats.js'
import { type BenchmarkRow, readRows } from '../contamination/benchmark-rows.js'
import { gatherBenchmarks } from '../contamination/gather-benchmarks.js'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'

/** What the visitor says of the file; what is left out is found as for other benchmarks. */
export interface BenchmarkFields {
  /** In the report. The name of the file stands nowhere but in messages. */
  readonly name: string
  readonly field?: string
  readonly answerField?: string
}

/**
 * JSON lines, a JSON array, CSV and TSV, also in gzip or zstd, and Parquet. All of the file is in memory.
 *
 * Throws `bad-benchmark` with file and line, `io-failure` for a file that is gone, `cancelled`.
 */
export async function readBenchmarkInPage(
  file: File,
  fields: BenchmarkFields,
  signal?: AbortSignal,
): Promise<Benchmark> {
  const label = file.name
  if (file.size === 0) throw benchmarkError(label, 'is empty')
  if (file.size > limits.benchmarkBytes) throw tooLarge(label)
  const { format, compression, stem } = formatOfFile(label, undefined)
  const packed = await readFile(file)
  if (signal?.aborted) throw new OmnigramError('cancelled', 'The benchmark was not read.')
  const known = { ...fields, label, stem, sha256: bytesToHex(sha256(packed)), fileBytes: packed.length }
  const rows =
    format === 'parquet'
      ? await readParquet(packed, label)
      : readRows(await unpack(packed, compression, label), format, label)
  const [benchmark] = gatherBenchmarks(rows, label, known)
  return benchmark
}

async function readFile(file: File): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch (cause) {
    throw new OmnigramError('io-failure', `${file.name} can't be read: ${String(cause)}`, { cause })
  }
}

async function unpack(
  packed: Uint8Array<ArrayBuffer>,
  compression: 'none' | 'gzip' | 'zstd',
  label: string,
): Promise<Uint8Array> {
  if (compression === 'none') return packed
  try {
    const bytes = compression === 'gzip' ? await unpackGzip(packed, label) : await unpackZstd(packed)
    if (bytes.length > limits.benchmarkBytes) throw tooLarge(label)
    return bytes
  } catch (cause) {
    if (cause instanceof OmnigramError) throw cause
    throw benchmarkError(label, `damaged ${compression} data: ${(cause as Error).message}`, cause)
  }
}

async function unpackGzip(packed: Uint8Array<ArrayBuffer>, label: string): Promise<Uint8Array> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    length += piece.value.length
    if (length > limits.benchmarkBytes) {
      await reader.cancel()
      throw tooLarge(label)
    }
    pieces.push(piece.value)
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}

async function unpackZstd(packed: Uint8Array): Promise<Uint8Array> {
  const { decompressZstd } = await import('hyparquet-compressors')
  return decompressZstd(packed)
}

/** In the worker of the page, where a damaged file harms nobody else; numbers above 2^53 become text. */
async function readParquet(bytes: Uint8Array<ArrayBuffer>, label: string): Promise<BenchmarkRow[]> {
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ])
  try {
    const rows: Record<string, unknown>[] = await parquetReadObjects({ file: bytes.buffer, compressors })
    return rows.map((row, at) => ({ line: at + 1, fields: toPlainFields(row) }))
  } catch (cause) {
    throw benchmarkError(label, `is not Parquet that can be read: ${(cause as Error).message}`, cause)
  }
}

function toPlainFields(row: Record<string, unknown>): Record<string, unknown> {
  const asPlain = (_: string, value: unknown) => {
    if (typeof value !== 'bigint') return value
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  }
  return JSON.parse(JSON.stringify(row, asPlain)) as Record<string, unknown>
}

function tooLarge(label: string): OmnigramError {
  return benchmarkError(label, `has more than ${limits.benchmarkBytes} bytes`)
}
