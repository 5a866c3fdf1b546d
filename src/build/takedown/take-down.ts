/** How do documents disappear at once from an index whose shards are immutable? */
import type { Shard } from '#native'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import { type HiddenEntry, type Manifest, type ShardEntry, symbolsOf, versionOf } from '../../core/manifest.js'
import { asIoFailure, readManifest } from '../../query/read-manifest.js'
import { acquireLock } from '../build-lock.js'
import { type BuildSeams, localSeams } from '../build-seams.js'
import { diskFull, isDiskFull } from '../file-system.js'
import { IndexFolder, nextGeneration } from '../index-folder.js'
import { publishGeneration, type ShardMove } from '../publish-generation.js'

export interface TakedownOptions {
  readonly indexDir: string
  /** External ids: all documents of that id. */
  readonly externalIds: readonly string[]
  /** Numbers of documents. */
  readonly documents: readonly number[]
  /** Whether what is not there is passed over, and counted; else it is an error. */
  readonly skipsMissing: boolean
  readonly signal?: AbortSignal
}

export interface TakedownReport {
  /** The live generation: a new one, unless all was hidden already. */
  readonly generation: string
  readonly indexDir: string
  /** Documents that were hidden now. */
  readonly hiddenNow: number
  /** Documents asked for that were hidden before. */
  readonly hiddenBefore: number
  /** Ids and numbers that no document has. */
  readonly missing: number
  /** All that are hidden, by shard. */
  readonly hiddenDocuments: number
  readonly shards: readonly { readonly shard: number; readonly hiddenDocuments: number }[]
}

/**
 * Hides documents in a new generation: a list of their rows beside each shard, so that every answer is as if they were not
 * there. Documents that are left keep their numbers. The text stays in the shards until the next `omnigram merge` drops it.
 * O(text of the hidden documents of the shards concerned).
 *
 * Throws `unknown-document` for what is not there (nothing is changed then), `unknown-index`, `damaged-index`, `lock-held`,
 * `io-failure`, `no-disk`, `cancelled`.
 */
export async function takeDown(options: TakedownOptions, seams: BuildSeams = localSeams): Promise<TakedownReport> {
  const folder = new IndexFolder(options.indexDir)
  await readManifest(folder.indexDir)
  const lock = await acquireLock(folder.buildDir)
  try {
    const { generation, manifest } = await readManifest(folder.indexDir)
    const asked = findDocuments(manifest, options, folder, seams)
    const added = asked.documents.map((documents, shard) =>
      documents.filter((number) => !asked.before[shard].has(number)),
    )
    const hiddenNow = sum(added.map(({ length }) => length))
    const counts = {
      indexDir: options.indexDir,
      hiddenNow,
      hiddenBefore: sum(asked.documents.map(({ length }) => length)) - hiddenNow,
      missing: asked.missing,
    }
    if (hiddenNow === 0) return { generation, ...counts, ...countHidden(manifest.shards) }
    const next = nextGeneration(generation)
    const { shards, moves } = await hideInShards(manifest, asked.before, added, options, folder, seams)
    const outcome = describeGeneration(manifest, shards)
    await publishGeneration(folder, next, outcome, { moves, tokenizers: [] }, seams.files)
    return { generation: next, ...counts, ...countHidden(shards) }
  } catch (thrown) {
    if (isDiskFull(thrown)) throw diskFull(thrown instanceof Error ? thrown.message : folder.indexDir, thrown)
    throw toOmnigramError(asIoFailure(thrown, folder.indexDir))
  } finally {
    await clearLists(folder, seams).catch(() => undefined)
    await lock.release()
  }
}

/** How many documents of each shard are hidden. */
export function countHidden(entries: readonly ShardEntry[]): Pick<TakedownReport, 'hiddenDocuments' | 'shards'> {
  const shards = entries.flatMap(({ hidden }, shard) => (hidden ? [{ shard, hiddenDocuments: hidden.documents }] : []))
  return { hiddenDocuments: sum(shards.map(({ hiddenDocuments }) => hiddenDocuments)), shards }
}

/** What is asked for, by shard and rising, and what is hidden in each already. */
interface AskedDocuments {
  readonly documents: readonly (readonly number[])[]
  readonly before: readonly ReadonlySet<number>[]
  readonly missing: number
}

function findDocuments(
  { shards }: Manifest,
  { externalIds, documents, skipsMissing }: TakedownOptions,
  folder: IndexFolder,
  { native }: BuildSeams,
): AskedDocuments {
  const opened = shards.map(({ name }): Shard => native.openShard(folder.shardPath(name), 'mmap'))
  const found = shards.map(() => new Set<number>())
  const missing: string[] = []
  for (const externalId of new Set(externalIds)) {
    let isFound = false
    for (const [shard, file] of opened.entries()) {
      for (const document of file.listExternalId(externalId)) {
        found[shard].add(document)
        isFound = true
      }
    }
    if (!isFound) missing.push(`the id ${JSON.stringify(externalId.slice(0, 100))}`)
  }
  for (const document of new Set(documents)) {
    const place = placeOf(shards, document)
    if (place) found[place.shard].add(place.document)
    else missing.push(`number ${document}`)
  }
  if (missing.length > 0 && !skipsMissing) {
    const more = missing.length === 1 ? '' : `, nor ${missing.length - 1} others that are asked for`
    throw new OmnigramError('unknown-document', `No document has ${missing[0]}${more}. Nothing was hidden.`)
  }
  const before = shards.map(({ hidden }) => {
    return new Set(hidden ? native.readHiddenDocuments(folder.shardPath(hidden.name)) : [])
  })
  return { documents: found.map((set) => [...set].sort(byNumber)), before, missing: missing.length }
}

function placeOf(shards: readonly ShardEntry[], document: number): { shard: number; document: number } | null {
  if (!Number.isSafeInteger(document) || document < 0) return null
  let first = 0
  for (const [shard, { documents }] of shards.entries()) {
    if (document < first + documents) return { shard, document: document - first }
    first += documents
  }
  return null
}

async function hideInShards(
  manifest: Manifest,
  before: readonly ReadonlySet<number>[],
  added: readonly (readonly number[])[],
  { signal }: TakedownOptions,
  folder: IndexFolder,
  seams: BuildSeams,
): Promise<{ shards: ShardEntry[]; moves: ShardMove[] }> {
  const [shards, moves]: [ShardEntry[], ShardMove[]] = [[...manifest.shards], []]
  const ticket = seams.native.takeTicket()
  const stop = () => seams.native.cancelTicket(ticket)
  signal?.addEventListener('abort', stop)
  try {
    for (const [shard, documents] of added.entries()) {
      if (documents.length === 0) continue
      if (signal?.aborted) throw new OmnigramError('cancelled', 'Nothing was hidden.')
      const all = [...before[shard], ...documents].sort(byNumber)
      const builtPath = folder.hiddenPath(shard)
      const path = folder.shardPath(shards[shard].name)
      const { fileBytes: bytes, ...counts } = await seams.native.hideDocuments(path, all, builtPath, ticket)
      const hidden: HiddenEntry = { name: `${counts.checksum}.hidden`, bytes, ...counts }
      checkList(path, builtPath, shards[shard], hidden, seams)
      shards[shard] = { ...shards[shard], hidden }
      moves.push({ builtPath, name: hidden.name })
    }
    return { shards, moves }
  } finally {
    signal?.removeEventListener('abort', stop)
    seams.native.releaseTicket(ticket)
  }
}

/** Throws `internal` unless the shard opens without the documents that were to be hidden. */
function checkList(path: string, listPath: string, entry: ShardEntry, hidden: HiddenEntry, seams: BuildSeams): void {
  const info = seams.native.openShard(path, 'mmap', listPath).info()
  const isRight = info.hidden?.checksum === hidden.checksum && info.hidden.documents === hidden.documents
  if (isRight && info.symbolCount === symbolsOf(entry) - hidden.symbolCount) return
  throw new OmnigramError('internal', `${listPath} does not hide what it should. Nothing was published.`)
}

/** The statistics tell of what can be seen; the text that was tokenised is not known by document. */
function describeGeneration(manifest: Manifest, shards: readonly ShardEntry[]): Manifest {
  const symbols = hiddenSymbols(shards) - hiddenSymbols(manifest.shards)
  const documents = countHidden(shards).hiddenDocuments - countHidden(manifest.shards).hiddenDocuments
  const { statistics } = manifest
  const text =
    statistics.symbolCount === undefined
      ? { textBytes: statistics.textBytes - symbols }
      : { symbolCount: statistics.symbolCount - symbols }
  return {
    ...manifest,
    version: versionOf(shards),
    statistics: { ...statistics, documents: statistics.documents - documents, ...text },
    shards: [...shards],
  }
}

async function clearLists(folder: IndexFolder, { files }: BuildSeams): Promise<void> {
  const names = (await files.listFolder(folder.buildDir)).filter((name) => name.startsWith('takedown-'))
  for (const name of names) await files.remove(`${folder.buildDir}/${name}`)
}

function hiddenSymbols(shards: readonly ShardEntry[]): number {
  return sum(shards.map(({ hidden }) => hidden?.symbolCount ?? 0))
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

function byNumber(a: number, b: number): number {
  return a - b
}
