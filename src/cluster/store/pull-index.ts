/** How does an index in a store get onto this machine, whole and checked? */
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { acquireLock, type BuildLock } from '../../build/build-lock.js'
import { checkFreeBytes, localFileSystem as files } from '../../build/file-system.js'
import { IndexFolder } from '../../build/index-folder.js'
import { readShardInfo } from '../../build/inspect-index.js'
import { checkHiddenFile } from '../../build/takedown/hidden-file.js'
import { verifyIndex } from '../../build/verify-index.js'
import { OmnigramError } from '../../core/errors.js'
import { formatCurrent, type HiddenEntry, type ShardEntry } from '../../core/manifest.js'
import { readIndexTokenizer } from '../../tokenizer/tokenizer-file.js'
import type { ObjectStore } from './object-store.js'
import {
  readStoredGeneration,
  requireStoredCurrent,
  type StoredGeneration,
  shardKey,
  tokenizerKey,
} from './stored-index.js'
import { TransferMeter, type TransferProgress } from './transfer-meter.js'
import { forEachAtOnce } from './transfer-parts.js'

const shardsAtOnce = 2

/** Times that a shard is fetched when what came is not what was sent. */
const fetches = 3

/** How often is looked whether another process has done its pulling into the same folder. */
const lockPollMs = 250

export interface PullOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
}

export interface PullReport {
  readonly indexDir: string
  readonly generation: string
  readonly shards: number
  /** Those that were not in the folder yet. */
  readonly fetchedShards: number
  readonly fetchedBytes: number
  readonly tookMs: number
}

/**
 * Brings a folder to the generation that is live in the store. Every shard is compared with its checksums before it gets its
 * name, and the generation is live in the folder when all are there. Processes that pull into one folder take turns.
 *
 * Throws `unknown-index` when the store holds none, `damaged-index` when what it holds is not what the manifest says,
 * `no-disk`, `io-failure`, `store-failure`, `cancelled`.
 */
export async function pullIndex(store: ObjectStore, indexDir: string, options: PullOptions = {}): Promise<PullReport> {
  const startedAtMs = performance.now()
  const folder = new IndexFolder(indexDir)
  // Asked first, so that no folder is made for an index that is none.
  await requireStoredCurrent(store)
  const lock = await waitForLock(folder.buildDir, options.signal)
  try {
    const stored = await readStoredGeneration(store, await requireStoredCurrent(store))
    const fetched = await fetchShards(store, folder, stored.manifest.shards, options)
    await fetchTokenizer(store, folder, stored)
    await makeLive(folder, stored)
    const { generation, manifest } = stored
    return {
      indexDir,
      generation,
      shards: manifest.shards.length,
      fetchedShards: fetched.length,
      fetchedBytes: fetched.reduce((sum, { bytes }) => sum + bytes, 0),
      tookMs: performance.now() - startedAtMs,
    }
  } finally {
    await lock.release()
  }
}

/** Those of the shards that were not in the folder. */
export async function fetchShards(
  store: ObjectStore,
  folder: IndexFolder,
  entries: readonly ShardEntry[],
  { signal, onProgress }: PullOptions,
): Promise<ShardEntry[]> {
  await files.makeFolder(folder.shardsDir)
  const missing: ShardEntry[] = []
  // Shards of the same documents are one file.
  const distinct = new Map(entries.map((entry) => [entry.name, entry]))
  for (const entry of distinct.values()) if (!(await isThere(folder, entry))) missing.push(entry)
  const missingBytes = missing.reduce((sum, { bytes }) => sum + bytes, 0)
  await checkFreeBytes(files, folder.shardsDir, missingBytes)
  const meter = new TransferMeter(missingBytes, onProgress)
  await forEachAtOnce(missing, shardsAtOnce, (entry) => fetchShard(store, folder, entry, signal, meter))
  for (const { hidden } of entries) if (hidden) await fetchHidden(store, folder, hidden, signal)
  if (missing.length > 0) await files.syncFolder(folder.shardsDir)
  return missing
}

/** Whether a shard of that name and head is there: it was compared when it came. */
async function isThere(folder: IndexFolder, entry: ShardEntry): Promise<boolean> {
  const path = folder.shardPath(entry.name)
  if ((await stat(path).catch(() => null))?.size !== entry.bytes) return false
  try {
    readShardInfo(path, entry)
    return true
  } catch (thrown) {
    if (thrown instanceof OmnigramError && thrown.code === 'damaged-index') return false
    throw thrown
  }
}

async function fetchShard(
  store: ObjectStore,
  folder: IndexFolder,
  entry: ShardEntry,
  signal: AbortSignal | undefined,
  meter: TransferMeter,
): Promise<void> {
  const partPath = `${folder.shardPath(entry.name)}.part`
  try {
    for (let fetch = 1; ; fetch++) {
      try {
        await store.downloadFile(shardKey(entry.name), partPath, { signal, onBytes: (bytes) => meter.add(bytes) })
        await checkShardFile(partPath, entry, signal)
        break
      } catch (thrown) {
        if (!(thrown instanceof OmnigramError) || thrown.code !== 'damaged-index') throw thrown
        if (fetch < fetches) continue
        const detail = `${store.address}/${shardKey(entry.name)} came ${fetches} times and is damaged: ${thrown.detail}`
        throw new OmnigramError('damaged-index', detail, { cause: thrown })
      }
    }
    await files.rename(partPath, folder.shardPath(entry.name))
  } finally {
    await files.remove(partPath)
  }
}

/** The list of what is hidden in a shard: small beside it. */
async function fetchHidden(
  store: ObjectStore,
  folder: IndexFolder,
  entry: HiddenEntry,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = folder.shardPath(entry.name)
  if ((await stat(path).catch(() => null))?.size === entry.bytes) return
  const partPath = `${path}.part`
  try {
    await store.downloadFile(shardKey(entry.name), partPath, { signal })
    checkHiddenFile(partPath, entry)
    await files.rename(partPath, path)
    await files.syncFolder(folder.shardsDir)
  } finally {
    await files.remove(partPath)
  }
}

/** All bytes against the checksums of their blocks, and these against the manifest's. Throws `damaged-index`. */
export async function checkShardFile(path: string, entry: ShardEntry, signal?: AbortSignal): Promise<void> {
  readShardInfo(path, entry)
  await verifyIndex(path, { signal })
}

async function fetchTokenizer(store: ObjectStore, folder: IndexFolder, { manifest }: StoredGeneration): Promise<void> {
  const entry = manifest.options.tokens?.tokenizer
  if (!entry) return
  const path = folder.tokenizerPath(entry.name)
  const isIntact = await readIndexTokenizer(path, entry).then(
    () => true,
    () => false,
  )
  if (isIntact) return
  await files.makeFolder(folder.tokenizersDir)
  await store.downloadFile(tokenizerKey(entry.name), `${path}.part`)
  await readIndexTokenizer(`${path}.part`, entry)
  await files.rename(`${path}.part`, path)
  await files.syncFolder(folder.tokenizersDir)
}

async function makeLive(folder: IndexFolder, { generation, sha256, manifestBytes }: StoredGeneration): Promise<void> {
  const line = formatCurrent(generation, sha256)
  if ((await files.readText(folder.currentPath)) === line) return
  await files.makeFolder(folder.generationsDir)
  await replaceDurably(folder.generationPath(generation), manifestBytes)
  await files.syncFolder(folder.generationsDir)
  await replaceDurably(folder.currentPath, line)
  await files.syncFolder(folder.indexDir)
}

async function replaceDurably(path: string, content: string | Uint8Array): Promise<void> {
  await files.writeFile(`${path}.tmp`, content)
  await files.rename(`${path}.tmp`, path)
}

async function waitForLock(buildDir: string, signal: AbortSignal | undefined): Promise<BuildLock> {
  for (;;) {
    if (signal?.aborted) throw new OmnigramError('cancelled', 'The index was not fetched.')
    try {
      return await acquireLock(buildDir)
    } catch (thrown) {
      if (!(thrown instanceof OmnigramError) || thrown.code !== 'lock-held') throw thrown
      await sleep(lockPollMs)
    }
  }
}
