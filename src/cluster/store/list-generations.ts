/** Which indexes are in a store, and which generations has one? */
import { OmnigramError } from '../../core/errors.js'
import { parseManifest } from '../../core/manifest.js'
import type { ObjectStore } from './object-store.js'
import { generationKey, readStoredCurrent } from './stored-index.js'

export interface GenerationSummary {
  readonly generation: string
  readonly isLive: boolean
  readonly documents: number
  readonly textBytes: number
  readonly shards: number
  readonly indexBytes: number
  /** By the clock of the store. */
  readonly writtenAtMs: number
}

/** Oldest first. Throws `unknown-index` when there is none, `damaged-index`. */
export async function listGenerations(store: ObjectStore): Promise<GenerationSummary[]> {
  const current = await readStoredCurrent(store)
  const summaries: GenerationSummary[] = []
  for await (const { key, modifiedAtMs } of store.list('generations/')) {
    const generation = /^generations\/(\d{6,9})\.json$/.exec(key)?.[1]
    const found = generation === undefined ? null : await store.get(generationKey(generation))
    if (generation === undefined || found === null) continue
    const { statistics, shards } = parseManifest(Buffer.from(found.content).toString(), `${store.address}/${key}`)
    summaries.push({
      generation,
      isLive: generation === current?.generation,
      documents: statistics.documents,
      textBytes: statistics.textBytes,
      shards: shards.length,
      indexBytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
      writtenAtMs: modifiedAtMs,
    })
  }
  if (summaries.length === 0) throw new OmnigramError('unknown-index', `${store.address} holds no index.`)
  return summaries.sort((a, b) => Number(a.generation) - Number(b.generation))
}

/** Addresses of the indexes below the prefix, itself included. O(objects below it). */
export async function findIndexes(store: ObjectStore): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of store.list('')) {
    if (key === 'CURRENT') found.push(store.address)
    else if (key.endsWith('/CURRENT')) found.push(`${store.address}/${key.slice(0, -'/CURRENT'.length)}`)
  }
  return found.sort()
}
