/** Which generation of an index in a store is live, and what does its manifest say? */
import { createHash } from 'node:crypto'
import { OmnigramError } from '../../core/errors.js'
import { parseCurrent, parseManifest } from '../../core/manifest.js'
import type { LiveGeneration } from '../../query/read-manifest.js'
import type { ObjectStore } from './object-store.js'

/** Keys are the paths of an index folder. */
export const currentKey = 'CURRENT'

export function generationKey(generation: string): string {
  return `generations/${generation}.json`
}

export function shardKey(name: string): string {
  return `shards/${name}`
}

export function tokenizerKey(name: string): string {
  return `tokenizers/${name}`
}

export interface StoredCurrent {
  readonly generation: string
  readonly sha256: string
  /** Of the object that names the live generation: who replaces it says which one was meant. */
  readonly etag: string
}

/** A generation with the bytes of its manifest. */
export interface StoredGeneration extends LiveGeneration {
  readonly manifestBytes: Uint8Array
}

/** Null when there is no index. Throws `damaged-index` for a line that cannot be read. */
export async function readStoredCurrent(store: ObjectStore): Promise<StoredCurrent | null> {
  const found = await store.get(currentKey)
  if (found === null) return null
  const { generation, sha256 } = parseCurrent(Buffer.from(found.content).toString(), `${store.address}/${currentKey}`)
  return { generation, sha256, etag: found.etag }
}

/** Throws `unknown-index` where there is none. */
export async function requireStoredCurrent(store: ObjectStore): Promise<StoredCurrent> {
  const current = await readStoredCurrent(store)
  if (current) return current
  const detail = `${store.address} holds no index. Put one there: omnigram publish my-index ${store.address}`
  throw new OmnigramError('unknown-index', detail)
}

/** Throws `damaged-index` when the manifest is missing or is not the one with that checksum. */
export async function readStoredGeneration(
  store: ObjectStore,
  { generation, sha256 }: Pick<StoredCurrent, 'generation' | 'sha256'>,
): Promise<StoredGeneration> {
  const path = `${store.address}/${generationKey(generation)}`
  const found = await store.get(generationKey(generation))
  if (found === null) throw new OmnigramError('damaged-index', `${path} is missing.`)
  const hash = createHash('sha256').update(found.content).digest('hex')
  if (hash !== sha256) {
    throw new OmnigramError('damaged-index', `${path} has SHA-256 ${hash} where CURRENT says ${sha256}.`)
  }
  const manifest = parseManifest(Buffer.from(found.content).toString(), path)
  return { generation, sha256, manifest, manifestBytes: found.content }
}
