/** Which items does a benchmark file hold? */
import type { Benchmark } from './benchmark.js'
import { hashFile, readBytes, withBenchmarkFile } from './benchmark-file.js'
import { formatOfFile } from './benchmark-formats.js'
import { readRows } from './benchmark-rows.js'
import { type BenchmarkOptions, gatherBenchmarks, parquetFields } from './gather-benchmarks.js'
import { readParquetRows } from './parquet-benchmark.js'

/**
 * Reads a benchmark: JSON lines or a JSON array, CSV, TSV, Parquet; the text formats also in gzip or zstd. Several where the rows
 * name a `benchmark` each, in the order in which they appear, unless `name` is given. O(bytes), bounded by `limits`.
 *
 * Throws `bad-benchmark` with file and line for what cannot be read whole: nothing is skipped. Lone surrogates in JSON become
 * U+FFFD, as they do in a corpus.
 */
export async function readBenchmarks(path: string, options: BenchmarkOptions = {}): Promise<Benchmark[]> {
  const label = options.label ?? path.slice(path.lastIndexOf('/') + 1)
  const { format, compression, stem } = formatOfFile(label, options.format)
  return withBenchmarkFile(path, label, async (file) => {
    const sha256 = await hashFile(file, options.signal)
    const rows =
      format === 'parquet'
        ? await readParquetRows(file, parquetFields(options), options.signal)
        : readRows(await readBytes(file, compression, options.signal), format, label)
    return gatherBenchmarks(rows, label, { ...options, stem, sha256, fileBytes: file.opened.sizeBytes })
  })
}
