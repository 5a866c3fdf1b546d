/** What does the manifest of a new generation say? */
import { type IndexOptions, type Manifest, type ShardEntry, versionOf } from '../core/manifest.js'
import type { ReadSummary } from '../corpus/read-report.js'

/** What was read for a generation, all shards together. */
export type ReadStatistics = Pick<ReadSummary, 'documents' | 'textBytes' | 'replacedCharacters' | 'skipped'> & {
  /** Null where bytes are indexed. */
  readonly tokens: { readonly symbolCount: number; readonly lossyDocuments: number } | null
}

/** The statistics of a generation that adds what was read to another one, or to nothing. */
export function addStatistics(before: Manifest['statistics'] | null, read: ReadStatistics): Manifest['statistics'] {
  const { documents, textBytes, replacedCharacters, skipped, tokens } = read
  return {
    documents: documents + (before?.documents ?? 0),
    textBytes: textBytes + (before?.textBytes ?? 0),
    ...(tokens && {
      symbolCount: tokens.symbolCount + (before?.symbolCount ?? 0),
      lossyDocuments: tokens.lossyDocuments + (before?.lossyDocuments ?? 0),
    }),
    replacedCharacters: replacedCharacters + (before?.replacedCharacters ?? 0),
    skipped: addCounts(before?.skipped ?? {}, skipped),
  }
}

/** The fields in the order in which they are written, so that equal generations are equal bytes. */
export function composeManifest(
  options: IndexOptions,
  statistics: Manifest['statistics'],
  shards: readonly ShardEntry[],
): Manifest {
  return {
    format: 'omnigram-index',
    version: versionOf(shards),
    symbols: options.tokens ? 'tokens' : 'bytes',
    options,
    statistics,
    shards: [...shards],
  }
}

/** Sums by kind, kinds in the order of their names. */
export function addCounts(
  some: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number | undefined>>,
): Record<string, number> {
  const kinds = [...new Set([...Object.keys(some), ...Object.keys(more)])].sort()
  return Object.fromEntries(kinds.map((kind) => [kind, (some[kind] ?? 0) + (more[kind] ?? 0)]))
}
