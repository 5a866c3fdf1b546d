/** How does one shard of a plan get into the store, whoever else builds it too? */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { buildPlannedShard, clearPlannedShard } from '../../build/build-planned-shard.js'
import type { OnShardProgress, ShardProgress } from '../../build/shard-progress.js'
import { OmnigramError } from '../../core/errors.js'
import { asIoFailure } from '../../query/read-manifest.js'
import { readIndexTokenizer } from '../../tokenizer/tokenizer-file.js'
import { shardKey, tokenizerKey } from '../store/stored-index.js'
import type { BuildLedger } from './build-ledger.js'

export interface WorkerResources {
  /** Each plan has a folder of its own in it. */
  readonly scratchDir: string
  readonly memoryBytes: number
  readonly threads: number
  readonly onProgress?: (shard: number, progress: ShardProgress) => void
  readonly signal?: AbortSignal
}

/** Whether the shard was built here, or was there already. */
export type ShardOutcome = 'built' | 'present'

/**
 * Builds a shard, sends it, and writes down that it is done. Whatever happens on the way, doing it again ends in the same
 * objects. Throws as `buildPlannedShard`; `store-failure`, `nondeterministic-build`.
 */
export async function buildIntoStore(
  ledger: BuildLedger,
  shard: number,
  { scratchDir, memoryBytes, threads, onProgress, signal }: WorkerResources,
): Promise<ShardOutcome> {
  const dir = join(scratchDir, ledger.name)
  if (await isInStore(ledger, shard)) {
    // Of a worker that was killed when all but this was done.
    await clearPlannedShard(dir, shard)
    return 'present'
  }
  await mkdir(dir, { recursive: true }).catch((thrown) => {
    throw asIoFailure(thrown, dir)
  })
  const tokenizerPath = await fetchTokenizer(ledger, dir)
  const tell: OnShardProgress | undefined = onProgress && ((progress) => onProgress(shard, progress))
  const resources = { scratchDir: dir, memoryBytes, threads, tokenizerPath, onProgress: tell, signal }
  const { path, entry } = await buildPlannedShard(ledger.plan, shard, resources)
  const { store } = ledger
  const { sizeBytes } = ledger.plan.shards[shard]
  tell?.({ step: 'upload', share: null, sizeBytes })
  const key = shardKey(entry.name)
  if ((await store.head(key))?.bytes !== entry.bytes) await store.uploadFile(key, path, { signal })
  const sent = await store.head(key)
  if (sent?.bytes !== entry.bytes) {
    throw new OmnigramError(
      'store-failure',
      `${store.address}/${key} has ${sent?.bytes ?? 'no'} bytes, not ${entry.bytes}.`,
    )
  }
  tell?.({ step: 'record', share: null, sizeBytes })
  await ledger.write(shard, entry)
  await clearPlannedShard(dir, shard)
  return 'built'
}

/** A record counts while the shard that it names is there. */
async function isInStore(ledger: BuildLedger, shard: number): Promise<boolean> {
  const record = await ledger.read(shard)
  if (record === null) return false
  if ((await ledger.store.head(shardKey(record.entry.name)))?.bytes === record.entry.bytes) return true
  await ledger.forget(shard)
  return false
}

async function fetchTokenizer({ store, plan }: BuildLedger, dir: string): Promise<string | null> {
  const entry = plan.options.tokens?.tokenizer
  if (!entry) return null
  const path = join(dir, entry.name)
  const isThere = await readIndexTokenizer(path, entry).then(
    () => true,
    () => false,
  )
  if (isThere) return path
  await store.downloadFile(tokenizerKey(entry.name), path)
  await readIndexTokenizer(path, entry)
  return path
}
