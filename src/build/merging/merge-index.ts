/** How do many small shards of an index become a few large ones? */
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import { fileBytesOf, type Manifest, type ShardEntry, symbolsOf, versionOf } from '../../core/manifest.js'
import { asIoFailure, readManifest } from '../../query/read-manifest.js'
import { acquireLock } from '../build-lock.js'
import { type BuildSeams, localSeams } from '../build-seams.js'
import { checkFreeBytes, diskFull, isDiskFull } from '../file-system.js'
import { IndexFolder, nextGeneration } from '../index-folder.js'
import { publishGeneration } from '../publish-generation.js'
import type { MergeOptions, MergeReport } from './merge-options.js'
import { type MergedShard, MergeRun, type MergeSource } from './merge-run.js'
import { planInto, planTiers, type ShardGroup } from './plan-merges.js'

/**
 * Merges neighbouring shards of the live generation and publishes the outcome as a new one, in which each merged shard is the file
 * that a build of its documents would write. Until then nothing changes, whatever happens; what a killed merge left behind is
 * removed by the next one, which begins anew. Shards that the new generation does not name stay until `omnigram gc`.
 *
 * One rank a symbol for most of the text, within `memoryBytes`. Disk: the new shards, and some bytes a symbol of the largest group.
 *
 * Throws `bad-argument` (also for an index of tokens), `unknown-index`, `damaged-index`, `lock-held`, `no-memory`, `no-disk`,
 * `io-failure`, `cancelled`, and `internal` when a shard does not hold what went into it.
 */
export async function mergeIndex(options: MergeOptions, seams: BuildSeams = localSeams): Promise<MergeReport> {
  const startedAtMs = performance.now()
  checkOptions(options)
  const folder = new IndexFolder(options.indexDir)
  await readManifest(folder.indexDir)
  const lock = await acquireLock(folder.buildDir)
  try {
    // Read again under the lock: another process may just have published.
    const { generation, manifest } = await readManifest(folder.indexDir)
    if (manifest.symbols === 'tokens') {
      throw new OmnigramError(
        'bad-argument',
        `${folder.indexDir} is an index of tokens: its shards cannot be merged yet.`,
      )
    }
    const groups = planGroups(manifest, options.into)
    const changed = groups.filter((group) => isChanged(manifest, group))
    if (changed.length === 0) return describe(options, startedAtMs, generation, manifest, manifest, 0)
    const run = new MergeRun(
      options,
      folder,
      seams,
      changed.map((group) => sourcesOf(manifest, group, folder, seams)),
    )
    await clearMerge(folder, seams)
    try {
      await checkFreeBytes(seams.files, folder.buildDir, run.estimateDiskBytes())
      const merged = await run.run()
      if (options.signal?.aborted) throw new OmnigramError('cancelled', 'The merge was stopped before publishing.')
      const next = nextGeneration(generation)
      const outcome = replaceShards(manifest, groups, changed, merged)
      const moves = merged.map(({ builtPath, entry: { name } }) => ({ builtPath, name }))
      await publishGeneration(folder, next, outcome, { moves, tokenizers: [] }, seams.files)
      return describe(options, startedAtMs, next, manifest, outcome, merged.length)
    } finally {
      await clearMerge(folder, seams).catch(() => undefined)
    }
  } catch (thrown) {
    if (isDiskFull(thrown)) throw diskFull(thrown instanceof Error ? thrown.message : folder.indexDir, thrown)
    const failure = toOmnigramError(asIoFailure(thrown, folder.indexDir))
    if (failure.code !== 'cancelled') throw failure
    throw new OmnigramError('cancelled', 'Nothing of the merge was kept: the index is as it was.', { cause: thrown })
  } finally {
    await lock.release()
  }
}

function checkOptions({ into, memoryBytes, threads }: MergeOptions): void {
  const counts: [string, number | null][] = [
    ['into', into],
    ['memoryBytes', memoryBytes],
    ['threads', threads],
  ]
  for (const [name, count] of counts) {
    if (count === null || (Number.isSafeInteger(count) && count >= 1)) continue
    throw new OmnigramError('bad-argument', `${name} is ${count}, not an integer from 1 on.`)
  }
}

function planGroups({ shards }: Manifest, into: number | null): ShardGroup[] {
  const sizes = shards.map(symbolsOf)
  return into === null ? planTiers(sizes) : planInto(sizes, into)
}

/** Whether the shards of a group are written anew: several, or one with documents that are hidden. */
function isChanged({ shards }: Manifest, { first, count }: ShardGroup): boolean {
  return count > 1 || shards[first].hidden !== undefined
}

function sourcesOf(
  { shards }: Manifest,
  { first, count }: ShardGroup,
  folder: IndexFolder,
  seams: BuildSeams,
): MergeSource[] {
  return shards.slice(first, first + count).map((entry) => ({
    entry,
    path: folder.shardPath(entry.name),
    dropped: entry.hidden ? [...seams.native.readHiddenDocuments(folder.shardPath(entry.hidden.name))] : [],
  }))
}

/** Removes what a merge keeps while it runs; what a stopped build keeps is left alone. */
async function clearMerge(folder: IndexFolder, { files }: BuildSeams): Promise<void> {
  const names = (await files.listFolder(folder.buildDir)).filter((name) => name.startsWith('merge'))
  for (const name of names) await files.remove(`${folder.buildDir}/${name}`)
}

function replaceShards(
  manifest: Manifest,
  groups: readonly ShardGroup[],
  changed: readonly ShardGroup[],
  merged: readonly MergedShard[],
): Manifest {
  const shards: ShardEntry[] = groups.flatMap((group) => {
    const at = changed.indexOf(group)
    return at < 0 ? manifest.shards.slice(group.first, group.first + group.count) : [merged[at].entry]
  })
  return { ...manifest, version: versionOf(shards), shards }
}

function describe(
  { indexDir }: MergeOptions,
  startedAtMs: number,
  generation: string,
  before: Manifest,
  { shards, statistics }: Manifest,
  shardsWritten: number,
): MergeReport {
  const documents = shards.reduce((sum, entry) => sum + entry.documents, 0)
  return {
    generation,
    indexDir,
    shardsBefore: before.shards.length,
    shards: shards.length,
    shardsWritten,
    documents,
    droppedDocuments: before.shards.reduce((sum, entry) => sum + entry.documents, 0) - documents,
    textBytes: statistics.textBytes,
    indexBytes: shards.reduce((sum, entry) => sum + fileBytesOf(entry), 0),
    tookMs: performance.now() - startedAtMs,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  }
}
