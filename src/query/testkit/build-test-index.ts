/** How does a test get a real index of a few documents? Through the native builder, published as a build publishes. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildShard, hideDocuments, SpoolWriter } from '#native'
import {
  formatCurrent,
  formatManifest,
  type Manifest,
  type ShardEntry,
  versionOf,
  visibleDocumentsOf,
  visibleSymbolsOf,
} from '../../core/manifest.js'
import type { NaiveDocument } from './naive-shard.js'

export interface TestIndexOptions {
  readonly documents: readonly NaiveDocument[]
  readonly facetFields?: readonly string[]
  readonly shardCount?: number
  /** Numbers of documents that are taken down. */
  readonly hidden?: readonly number[]
  /** Six digits; a later one in the same folder replaces the live generation. */
  readonly generation?: string
}

const buildOptions = { saRate: 8, isaRate: 16, profile: 'default', textStore: false, threads: 1 } as const

/** A folder of its own that `remove` takes away again. */
export async function makeTestFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'omnigram-query-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Builds and publishes a generation in `indexDir`. */
export async function buildTestIndex(indexDir: string, options: TestIndexOptions): Promise<Manifest> {
  const { documents, facetFields = [], shardCount = 1, hidden = [], generation = '000001' } = options
  await mkdir(join(indexDir, 'shards'), { recursive: true })
  await mkdir(join(indexDir, 'generations'), { recursive: true })
  const perShard = Math.ceil(documents.length / shardCount)
  const shards: ShardEntry[] = []
  for (let shard = 0; shard < shardCount; shard++) {
    const slice = documents.slice(shard * perShard, (shard + 1) * perShard)
    const entry = await buildTestShard(indexDir, slice, facetFields)
    const inShard = hidden.map((document) => document - shard * perShard)
    shards.push(
      await hideInShard(
        indexDir,
        entry,
        inShard.filter((document) => slice[document] !== undefined),
      ),
    )
  }
  const manifest = describeIndex(shards, facetFields)
  const text = formatManifest(manifest)
  await writeFile(join(indexDir, 'generations', `${generation}.json`), text)
  const current = join(indexDir, 'CURRENT')
  await writeFile(`${current}.tmp`, formatCurrent(generation, createHash('sha256').update(text).digest('hex')))
  await rename(`${current}.tmp`, current)
  return manifest
}

async function buildTestShard(
  indexDir: string,
  documents: readonly NaiveDocument[],
  facetFields: readonly string[],
): Promise<ShardEntry> {
  const spoolPath = join(indexDir, 'shard.spool')
  const spool = new SpoolWriter(spoolPath, [...facetFields])
  const texts = documents.map(({ text }) => Buffer.from(text))
  let textEnd = 0
  spool.append({
    texts: Buffer.concat(texts),
    textEnds: Float64Array.from(texts, ({ length }) => {
      textEnd += length
      return textEnd
    }),
    externalIds: documents.map(({ externalId }) => externalId ?? null),
    metadata: documents.map(({ metadata }) => metadata ?? null),
    facets: documents.flatMap(({ facets }) => facetFields.map((_, column) => facets?.[column] ?? null)),
  })
  spool.seal()
  const outPath = join(indexDir, 'shard.tmp')
  const built = await buildShard(spoolPath, outPath, buildOptions, 0)
  const name = `${built.checksum}.fm`
  await rename(outPath, join(indexDir, 'shards', name))
  await rm(spoolPath)
  const { checksum, fileBytes: bytes, textBytes } = built
  return { name, checksum, bytes, documents: built.documents, textBytes }
}

async function hideInShard(indexDir: string, entry: ShardEntry, documents: readonly number[]): Promise<ShardEntry> {
  if (documents.length === 0) return entry
  const outPath = join(indexDir, 'hidden.tmp')
  const rising = [...documents].sort((a, b) => a - b)
  const { fileBytes: bytes, ...hidden } = await hideDocuments(join(indexDir, 'shards', entry.name), rising, outPath, 0)
  const name = `${hidden.checksum}.hidden`
  await rename(outPath, join(indexDir, 'shards', name))
  return { ...entry, hidden: { name, bytes, ...hidden } }
}

function describeIndex(shards: ShardEntry[], facetFields: readonly string[]): Manifest {
  const { saRate, isaRate, profile, textStore } = buildOptions
  return {
    format: 'omnigram-index',
    version: versionOf(shards),
    symbols: 'bytes',
    options: {
      shardBytes: 1_000_000,
      saRate,
      isaRate,
      profile,
      textStore,
      textField: 'text',
      idField: null,
      metaFields: null,
      facetFields: [...facetFields],
      invalidUtf8: 'replace',
    },
    statistics: {
      documents: shards.reduce((sum, shard) => sum + visibleDocumentsOf(shard), 0),
      textBytes: shards.reduce((sum, shard) => sum + visibleSymbolsOf(shard), 0),
      replacedCharacters: 0,
      skipped: {},
    },
    shards,
  }
}
