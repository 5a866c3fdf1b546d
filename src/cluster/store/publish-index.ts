/** How does an index on this machine get into a store? */
import { stat } from 'node:fs/promises'
import { IndexFolder } from '../../build/index-folder.js'
import { readShardInfo } from '../../build/inspect-index.js'
import { checkHiddenFile } from '../../build/takedown/hidden-file.js'
import { OmnigramError } from '../../core/errors.js'
import { formatCurrent, formatManifest, type Manifest } from '../../core/manifest.js'
import { asIoFailure, hashManifest, readManifest } from '../../query/read-manifest.js'
import { type ObjectStore, writeOnce } from './object-store.js'
import {
  currentKey,
  generationKey,
  readStoredCurrent,
  type StoredCurrent,
  shardKey,
  tokenizerKey,
} from './stored-index.js'
import { TransferMeter, type TransferProgress } from './transfer-meter.js'
import { forEachAtOnce } from './transfer-parts.js'

/** Shards that are sent at one time. */
const shardsAtOnce = 2

export interface PublishOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
}

export interface PublishReport {
  readonly address: string
  readonly generation: string
  readonly shards: number
  /** Those that were not in the store yet. */
  readonly sentShards: number
  readonly sentBytes: number
  readonly tookMs: number
}

interface NewFile {
  readonly key: string
  readonly path: string
  readonly bytes: number
}

/**
 * Sends the live generation of an index folder: shards that are not there, the manifest, and last the line that names the live
 * generation, which is replaced only if nobody else did meanwhile. Until then readers of the store see what was there before.
 *
 * Throws `changed-input` when the store is at a later generation, or another index has this one's name; `lock-held` when
 * another publisher was faster; `unknown-index` and `damaged-index` for the folder; `store-failure`, `cancelled`.
 */
export async function publishIndex(
  indexDir: string,
  store: ObjectStore,
  { signal, onProgress }: PublishOptions = {},
): Promise<PublishReport> {
  const startedAtMs = performance.now()
  const live = await readManifest(indexDir)
  const before = await readStoredCurrent(store)
  refuseOlder(live, before, store)
  const missing = await listMissing(new IndexFolder(indexDir), live.manifest, store)
  const meter = new TransferMeter(
    missing.reduce((sum, { bytes }) => sum + bytes, 0),
    onProgress,
  )
  await forEachAtOnce(missing, shardsAtOnce, async ({ key, path, bytes }) => {
    await store.uploadFile(key, path, { signal, onBytes: (sent) => meter.add(sent) })
    const head = await store.head(key)
    if (head?.bytes === bytes) return
    throw new OmnigramError('store-failure', `${store.address}/${key} has ${head?.bytes ?? 'no'} bytes, not ${bytes}.`)
  })
  if (signal?.aborted) throw new OmnigramError('cancelled', 'The index was not published.')
  await publishManifest(store, live.generation, live.manifest, before)
  return {
    address: store.address,
    generation: live.generation,
    shards: live.manifest.shards.length,
    sentShards: missing.filter(({ key }) => key.startsWith(shardKey(''))).length,
    sentBytes: meter.doneBytes,
    tookMs: performance.now() - startedAtMs,
  }
}

/**
 * Makes a generation live whose shards are in the store. `before` is what was live when that was decided.
 *
 * Throws `changed-input` when there is another generation of that name, `lock-held` when another one became live meanwhile.
 */
export async function publishManifest(
  store: ObjectStore,
  generation: string,
  manifest: Manifest,
  before: StoredCurrent | null,
): Promise<string> {
  const text = formatManifest(manifest)
  const sha256 = hashManifest(manifest)
  if (!(await writeOnce(store, generationKey(generation), Buffer.from(text)))) {
    const detail = `${store.address} holds another generation ${generation}. Publish to another prefix.`
    throw new OmnigramError('changed-input', detail)
  }
  if (before?.sha256 === sha256) return sha256
  const condition = before === null ? ({ ifAbsent: true } as const) : { ifMatch: before.etag }
  if ((await store.put(currentKey, Buffer.from(formatCurrent(generation, sha256)), condition)) !== null) return sha256
  const now = await readStoredCurrent(store)
  if (now?.sha256 === sha256) return sha256
  throw new OmnigramError('lock-held', `${store.address}: generation ${now?.generation} was published meanwhile.`)
}

function refuseOlder(
  live: { readonly generation: string; readonly sha256: string },
  before: StoredCurrent | null,
  store: ObjectStore,
): void {
  if (before === null || before.sha256 === live.sha256) return
  if (Number(before.generation) < Number(live.generation)) return
  const detail = `${store.address} is at generation ${before.generation}, the folder at ${live.generation}. Publish to another prefix.`
  throw new OmnigramError('changed-input', detail)
}

/** Shards have their content's name, so one that is there in its size is the one. */
async function listMissing(folder: IndexFolder, manifest: Manifest, store: ObjectStore): Promise<NewFile[]> {
  const missing: NewFile[] = []
  // Shards of the same documents are one file.
  for (const entry of new Map(manifest.shards.map((each) => [each.name, each])).values()) {
    const path = folder.shardPath(entry.name)
    readShardInfo(path, entry)
    const file = { key: shardKey(entry.name), path, bytes: entry.bytes }
    if ((await store.head(file.key))?.bytes !== file.bytes) missing.push(file)
  }
  // Such shards may hide different documents all the same.
  const hiddenByName = new Map(
    manifest.shards.flatMap(({ hidden }) => (hidden ? [[hidden.name, hidden] as const] : [])),
  )
  for (const entry of hiddenByName.values()) {
    const file = { key: shardKey(entry.name), path: folder.shardPath(entry.name), bytes: entry.bytes }
    checkHiddenFile(file.path, entry)
    if ((await store.head(file.key))?.bytes !== file.bytes) missing.push(file)
  }
  const tokenizer = manifest.options.tokens?.tokenizer
  if (tokenizer) {
    const path = folder.tokenizerPath(tokenizer.name)
    const { size: bytes } = await stat(path).catch((thrown) => {
      throw asIoFailure(thrown, path)
    })
    const key = tokenizerKey(tokenizer.name)
    if ((await store.head(key))?.bytes !== bytes) missing.push({ key, path, bytes })
  }
  return missing
}
