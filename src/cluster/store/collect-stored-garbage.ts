/** Which generations, shards and leftovers in a store does nobody need any more? */
import { randomUUID } from 'node:crypto'
import type { GarbageOptions, GarbageReport } from '../../build/collect-garbage.js'
import { OmnigramError } from '../../core/errors.js'
import { fileNamesOf, type Manifest, parseManifest } from '../../core/manifest.js'
import type { ListedObject, ObjectStore } from './object-store.js'
import { generationKey, requireStoredCurrent } from './stored-index.js'

/** What was written later may belong to a generation that is about to be published. */
const youngMs = 24 * 3_600_000

/**
 * Removes generations older than the live one, but the newest of them, then shards and tokenizers that none names and that are
 * older than a day by the clock of the store. Programs that read an older generation from the store may miss its shards.
 *
 * Throws `bad-argument`, `unknown-index`, `damaged-index` (before anything is removed), `store-failure`.
 */
export async function collectStoredGarbage(
  store: ObjectStore,
  { keep }: GarbageOptions,
  minAgeMs = youngMs,
): Promise<GarbageReport> {
  if (!Number.isSafeInteger(keep) || keep < 1) {
    throw new OmnigramError('bad-argument', `keep is ${keep}, not an integer from 1 on: the live generation stays.`)
  }
  const current = await requireStoredCurrent(store)
  const nowMs = await readStoreClock(store)
  const isOld = ({ modifiedAtMs }: ListedObject) => nowMs - modifiedAtMs >= minAgeMs
  const generations = (await listNames(store, 'generations/', /^(\d{6,9})\.json$/)).sort(
    (a, b) => Number(a.name) - Number(b.name),
  )
  const older = generations.filter(({ name }) => Number(name) < Number(current.generation))
  const kept = new Set([
    ...older.slice(Math.max(0, older.length - keep + 1)).map(({ name }) => name),
    current.generation,
  ])
  // One with a later number is about to become live, or never did.
  for (const { name, object } of generations)
    if (Number(name) > Number(current.generation) && !isOld(object)) kept.add(name)
  const named = await listNamed(store, kept)
  const removedGenerations = generations.filter(({ name }) => !kept.has(name))
  const unnamed = [
    ...(await listNames(store, 'shards/', /^([0-9a-f]{32}\.(?:fm|hidden))$/)),
    ...(await listNames(store, 'tokenizers/', /^([0-9a-f]{64}\.json)$/)),
  ].filter(({ name, object }) => !named.has(name) && isOld(object))
  // Manifests go first: a shard may be missing from no manifest that is there.
  const removed = [...removedGenerations, ...unnamed].map(({ object }) => object)
  for (const { key } of removed) await store.remove(key)
  return {
    keptGenerations: [...kept].sort((a, b) => Number(a) - Number(b)),
    removedGenerations: removedGenerations.map(({ name }) => name),
    removedFiles: removed.length,
    removedBytes: removed.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function listNames(
  store: ObjectStore,
  prefix: string,
  form: RegExp,
): Promise<{ name: string; object: ListedObject }[]> {
  const found: { name: string; object: ListedObject }[] = []
  for await (const object of store.list(prefix)) {
    const name = form.exec(object.key.slice(prefix.length))?.[1]
    if (name !== undefined) found.push({ name, object })
  }
  return found
}

/** Shards and tokenizers of the kept generations. */
async function listNamed(store: ObjectStore, generations: ReadonlySet<string>): Promise<Set<string>> {
  const named = new Set<string>()
  for (const generation of generations) {
    const key = generationKey(generation)
    const found = await store.get(key)
    if (found === null) throw new OmnigramError('damaged-index', `${store.address}/${key} is missing.`)
    const manifest: Manifest = parseManifest(Buffer.from(found.content).toString(), `${store.address}/${key}`)
    for (const name of manifest.shards.flatMap(fileNamesOf)) named.add(name)
    if (manifest.options.tokens?.tokenizer) named.add(manifest.options.tokens.tokenizer.name)
  }
  return named
}

/** What the store takes for now: the clock of this machine may be wrong. */
async function readStoreClock(store: ObjectStore): Promise<number> {
  const key = `gc-clock-${randomUUID()}`
  await store.put(key, new Uint8Array())
  try {
    for await (const object of store.list(key)) return object.modifiedAtMs
    throw new OmnigramError('store-failure', `${store.address}/${key} was written and is not listed.`)
  } finally {
    await store.remove(key)
  }
}
