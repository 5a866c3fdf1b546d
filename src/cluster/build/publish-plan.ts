/** When is a build in pieces done, and how does its index become live? */
import { composeManifest } from '../../build/compose-manifest.js'
import { nextGeneration } from '../../build/index-folder.js'
import { OmnigramError } from '../../core/errors.js'
import type { ShardEntry } from '../../core/manifest.js'
import { publishManifest } from '../store/publish-index.js'
import { readStoredCurrent } from '../store/stored-index.js'
import type { BuildLedger } from './build-ledger.js'

export interface PublishedPlan {
  readonly generation: string
  readonly sha256: string
}

/**
 * Publishes when every shard is done; null while some are not. All workers may try: the manifest is the same bytes for each.
 *
 * Throws `changed-input` when the store holds another index already, `store-failure`, `damaged-index`.
 */
export async function publishPlan(ledger: BuildLedger): Promise<PublishedPlan | null> {
  const { plan, store } = ledger
  const before = await readStoredCurrent(store)
  if ((await ledger.listDone()).size < plan.shards.length) return null
  const entries: ShardEntry[] = []
  for (const shard of plan.shards.keys()) {
    const record = await ledger.read(shard)
    if (record === null) return null
    entries.push(record.entry)
  }
  const generation = nextGeneration(null)
  const manifest = composeManifest(plan.options, plan.statistics, entries)
  if (before !== null && before.generation !== generation) {
    const detail = `${store.address} is at generation ${before.generation}. Build into another prefix.`
    throw new OmnigramError('changed-input', detail)
  }
  return { generation, sha256: await publishManifest(store, generation, manifest, before) }
}
