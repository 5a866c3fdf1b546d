/** What is there already, and what has this build still to do? */
import { OmnigramError } from '../core/errors.js'
import type { IndexOptions, Manifest, ShardEntry } from '../core/manifest.js'
import type { Corpus } from '../corpus/corpus.js'
import { readCurrent, readManifest } from '../query/read-manifest.js'
import { isLockName } from './build-lock.js'
import type { BuildOptions } from './build-options.js'
import { type BaseGeneration, type BuildState, readRecord, readState, writeState } from './build-record.js'
import type { BuildSeams } from './build-seams.js'
import { describeDifference, manifestOptions } from './check-options.js'
import { type IndexFolder, nextGeneration } from './index-folder.js'
import { type Generation, readGeneration } from './read-generation.js'
import type { TokenInput } from './token-input.js'

/** A shard that need not be built again. */
export interface KnownShard {
  readonly entry: ShardEntry
  /** Of its documents; null where only the finished shard is left to compare with. */
  readonly digest: string | null
  /** Whether it lies in the folder of the published shards. */
  readonly isPublished: boolean
}

export interface BuildPlan {
  /** What the new generation adds to; null for a new index. */
  readonly base: Generation | null
  readonly generation: string
  /** By number, from 0. */
  readonly known: ReadonlyMap<number, KnownShard>
  readonly wasResumed: boolean
}

/** What a build is asked for, and of what. */
interface AskedBuild {
  readonly options: BuildOptions
  /** Those that decide the bytes of the index. */
  readonly indexOptions: IndexOptions
  readonly corpus: Corpus
}

/**
 * Compares what lies in the folder with what is asked for, under the lock. Without `--resume` the leftovers of a build that
 * died are removed.
 *
 * Throws `bad-argument` when there is an index where a new one is to be made, or nothing to resume; `changed-input` when the
 * build to resume was started with other options or other input; `unknown-index` when there is nothing to append to; `damaged-index` when the
 * file that names the live generation is lost.
 */
export async function prepareBuild(
  options: BuildOptions,
  tokens: TokenInput | null,
  corpus: Corpus,
  folder: IndexFolder,
  seams: BuildSeams,
): Promise<BuildPlan> {
  const asked: AskedBuild = { options, indexOptions: manifestOptions(options, tokens?.options ?? null), corpus }
  const current = await readLive(folder)
  if (current === null) await refuseLostCurrent(folder, seams)
  if (options.mode === 'append' && current === null) await readManifest(folder.indexDir)
  const state = options.shouldResume ? await readState(folder, seams.files) : null
  if (state !== null) return resumeBuild(state, current, asked, folder, seams)
  if (options.shouldResume && current !== null) return matchPublished(current, asked, folder)
  if (options.mode === 'create' && current !== null) {
    const detail = `${folder.indexDir} holds an index already. Add to it with append, or build into another folder.`
    throw new OmnigramError('bad-argument', detail)
  }
  await clearLeftovers(folder, seams)
  const live = options.mode === 'append' ? await readManifest(folder.indexDir) : null
  if (live) checkSameOptions(live.manifest, asked)
  const base = live === null ? null : current
  await writeState(describeBuild(asked, base), folder, seams.files)
  return { base: live, generation: nextGeneration(base?.generation ?? null), known: new Map(), wasResumed: false }
}

/** Removes all that a build leaves, the state last: while it is there, the rest can be told from a stranger's. */
export async function clearLeftovers(folder: IndexFolder, { files }: BuildSeams): Promise<void> {
  const names = (await files.listFolder(folder.buildDir)).filter((name) => !isLockName(name) && name !== 'state.json')
  for (const name of names) await files.remove(`${folder.buildDir}/${name}`)
  await files.remove(folder.statePath)
}

async function resumeBuild(
  state: BuildState,
  current: BaseGeneration | null,
  asked: AskedBuild,
  folder: IndexFolder,
  seams: BuildSeams,
): Promise<BuildPlan> {
  const difference = describeDifference(state, describeBuild(asked, state.base))
  if (difference !== null) throw new OmnigramError('changed-input', `${difference}.`)
  const base = state.base && (await readGeneration(folder, state.base.generation, state.base.sha256))
  const generation = nextGeneration(state.base?.generation ?? null)
  if (current?.generation === generation) {
    // Killed after publishing: what is live must be what this build makes.
    const { manifest } = await readManifest(folder.indexDir)
    const before = base?.manifest.shards ?? []
    if (JSON.stringify(manifest.shards.slice(0, before.length)) !== JSON.stringify(before)) {
      const detail = `Generation ${generation} is live, and is not what this build was adding to: it was merged, or documents taken down.`
      throw new OmnigramError('changed-input', detail)
    }
    const known = knownOfManifest(manifest.shards.slice(before.length))
    return { base, generation, known, wasResumed: true }
  }
  if (current?.sha256 !== state.base?.sha256) {
    const detail = `Generation ${current?.generation ?? 'none'} is live, the build began on ${state.base?.generation ?? 'none'}.`
    throw new OmnigramError('changed-input', detail)
  }
  return { base, generation, known: await readKnown(folder, seams), wasResumed: true }
}

/** The index was published and the folder of the build is gone: reading the input again will show whether it is the same. */
async function matchPublished(
  current: BaseGeneration,
  { options, indexOptions }: AskedBuild,
  folder: IndexFolder,
): Promise<BuildPlan> {
  const first = nextGeneration(null)
  if (options.mode === 'append' || current.generation !== first) {
    const detail = `There is nothing to resume: generation ${current.generation} is published. Leave out --resume to add to it.`
    throw new OmnigramError('bad-argument', detail)
  }
  const { manifest } = await readManifest(folder.indexDir)
  const difference = describeDifference(manifest.options, indexOptions, 'options')
  if (difference !== null) throw new OmnigramError('changed-input', `${difference}.`)
  return { base: null, generation: first, known: knownOfManifest(manifest.shards), wasResumed: true }
}

function knownOfManifest(shards: readonly ShardEntry[]): ReadonlyMap<number, KnownShard> {
  return new Map(shards.map((entry, shard) => [shard, { entry, digest: null, isPublished: true }]))
}

/** The shards whose record and file are both there. Any other is built again. */
async function readKnown(folder: IndexFolder, { files, native }: BuildSeams): Promise<ReadonlyMap<number, KnownShard>> {
  const names = await files.listFolder(folder.buildDir)
  const known = new Map<number, KnownShard>()
  for (const name of names) {
    const number = /^shard-(\d+)\.json$/.exec(name)?.[1]
    if (number === undefined) continue
    const shard = Number(number)
    const record = await readRecord(shard, folder, files)
    if (record === null) continue
    const places = [
      { path: folder.builtPath(shard), isPublished: false },
      { path: folder.shardPath(record.entry.name), isPublished: true },
    ]
    const place = places.find(({ path }) => isShard(path, record.entry, native))
    if (place) known.set(shard, { ...record, isPublished: place.isPublished })
  }
  return known
}

function isShard(path: string, entry: ShardEntry, native: BuildSeams['native']): boolean {
  try {
    const { checksum, fileBytes } = native.openShard(path, 'mmap').info()
    return checksum === entry.checksum && fileBytes === entry.bytes
  } catch {
    return false
  }
}

async function readLive({ indexDir }: IndexFolder): Promise<BaseGeneration | null> {
  try {
    return await readCurrent(indexDir)
  } catch (thrown) {
    if (thrown instanceof OmnigramError && thrown.code === 'unknown-index') return null
    throw thrown
  }
}

/**
 * A generation without `CURRENT` is left by a build that died while it published, which its state tells, or is an index that
 * lost the file: a new build would write over it.
 */
async function refuseLostCurrent(folder: IndexFolder, { files }: BuildSeams): Promise<void> {
  if ((await files.readText(folder.statePath)) !== null) return
  const manifest = (await files.listFolder(folder.generationsDir)).findLast((name) => /^\d+\.json$/.test(name))
  if (manifest === undefined) return
  const detail =
    `${folder.currentPath} is missing, though there is generations/${manifest}. ` +
    'Bring CURRENT back from a copy, or build into another folder.'
  throw new OmnigramError('damaged-index', detail)
}

function checkSameOptions(manifest: Manifest, { indexOptions }: AskedBuild): void {
  const difference = describeDifference(manifest.options, indexOptions)
  if (difference === null) return
  throw new OmnigramError('bad-argument', `All shards of an index are built alike: ${difference}.`)
}

function describeBuild({ options, indexOptions, corpus }: AskedBuild, base: BaseGeneration | null): BuildState {
  const { format, isStrict, tokens } = options
  return {
    format: 'omnigram-build',
    version: 1,
    mode: options.mode,
    base,
    options: indexOptions,
    reading: {
      format,
      isStrict,
      ...(tokens && { idsType: tokens.idsType, documentSeparator: tokens.documentSeparator }),
    },
    files: corpus.files.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
  }
}
