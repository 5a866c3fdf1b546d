/** In which formats may a benchmark file be? */
import type { Compression } from '../corpus/input-format.js'
import { benchmarkError } from './benchmark-error.js'

export const benchmarkFormats = ['jsonl', 'json', 'csv', 'tsv', 'parquet'] as const

export type BenchmarkFormat = (typeof benchmarkFormats)[number]

const formatsByExtension: Readonly<Record<string, BenchmarkFormat>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  csv: 'csv',
  tsv: 'tsv',
  parquet: 'parquet',
}
const compressions: Readonly<Record<string, Compression>> = { gz: 'gzip', zst: 'zstd' }

/** What a file's name says; `format` overrides. Throws `bad-benchmark` for a name that says nothing. */
export function formatOfFile(
  label: string,
  format: BenchmarkFormat | undefined,
): { format: BenchmarkFormat; compression: Compression; stem: string } {
  const parts = label.slice(label.lastIndexOf('/') + 1).split('.')
  const compression = compressions[parts.at(-1)?.toLowerCase() ?? ''] ?? 'none'
  if (compression !== 'none') parts.pop()
  const named = parts.length > 1 ? formatsByExtension[parts.at(-1)?.toLowerCase() ?? ''] : undefined
  if (named) parts.pop()
  const found = format ?? named
  if (!found) throw benchmarkError(label, `is of no known format: ${benchmarkFormats.join(', ')}`)
  return { format: found, compression, stem: parts.join('.') }
}
