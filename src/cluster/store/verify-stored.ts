/** Is every byte of an index in a store as it was built? */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readShardInfo } from '../../build/inspect-index.js'
import { checkHiddenFile } from '../../build/takedown/hidden-file.js'
import { type VerifyReport, verifyIndex } from '../../build/verify-index.js'
import { OmnigramError } from '../../core/errors.js'
import { fileBytesOf } from '../../core/manifest.js'
import { readIndexTokenizer } from '../../tokenizer/tokenizer-file.js'
import type { ObjectStore } from './object-store.js'
import { readStoredGeneration, requireStoredCurrent, shardKey, tokenizerKey } from './stored-index.js'
import { TransferMeter, type TransferProgress } from './transfer-meter.js'

export interface VerifyStoredOptions {
  readonly deep?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
}

/**
 * Reads the whole live generation, one file after the other, into a folder under `scratchDir`, and checks it as an index on
 * this machine is checked. The disk must hold the largest shard.
 *
 * Throws `damaged-index` naming the first object that is not as it should be, `unknown-index`, `store-failure`, `cancelled`.
 */
export async function verifyStored(
  store: ObjectStore,
  scratchDir: string,
  { deep = false, signal, onProgress }: VerifyStoredOptions = {},
): Promise<VerifyReport> {
  const { generation, manifest } = await readStoredGeneration(store, await requireStoredCurrent(store))
  const tokenizer = manifest.options.tokens?.tokenizer ?? null
  const bytes = manifest.shards.reduce((sum, entry) => sum + fileBytesOf(entry), tokenizer?.bytes ?? 0)
  const meter = new TransferMeter(bytes, onProgress)
  const folder = await mkdtemp(join(scratchDir, 'verify-'))
  const check = async (key: string, work: (path: string) => Promise<void>) => {
    const path = join(folder, 'object')
    try {
      await store.downloadFile(key, path, { signal, onBytes: (got) => meter.add(got) })
      await work(path)
    } catch (thrown) {
      if (!(thrown instanceof OmnigramError) || thrown.code !== 'damaged-index') throw thrown
      throw new OmnigramError('damaged-index', thrown.detail.replace(path, `${store.address}/${key}`), {
        cause: thrown,
      })
    } finally {
      await rm(path, { force: true })
    }
  }
  try {
    if (tokenizer) {
      await check(tokenizerKey(tokenizer.name), async (path) => void (await readIndexTokenizer(path, tokenizer)))
    }
    for (const entry of manifest.shards) {
      await check(shardKey(entry.name), async (path) => {
        readShardInfo(path, entry)
        await verifyIndex(path, { deep, signal })
      })
      const { hidden } = entry
      if (hidden) await check(shardKey(hidden.name), async (path) => checkHiddenFile(path, hidden))
    }
    return { generation, shards: manifest.shards.length, bytes, isDeep: deep }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
