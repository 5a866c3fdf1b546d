/** Which generations and shards does nobody need any more? */
import { stat } from 'node:fs/promises'
import { OmnigramError } from '../core/errors.js'
import { fileNamesOf } from '../core/manifest.js'
import { asIoFailure, isMissing, readManifest } from '../query/read-manifest.js'
import { acquireLock } from './build-lock.js'
import { type FileSystem, localFileSystem } from './file-system.js'
import { IndexFolder } from './index-folder.js'
import { readGeneration } from './read-generation.js'

export interface GarbageOptions {
  /** Newest generations that stay, the live one among them; at least 1. */
  readonly keep: number
}

export interface GarbageReport {
  /** Oldest first. */
  readonly keptGenerations: readonly string[]
  readonly removedGenerations: readonly string[]
  readonly removedFiles: number
  readonly removedBytes: number
}

/**
 * Removes older generations, then the shards and tokenizers that no kept one names. What a stopped build keeps is left alone. Programs that
 * have an old generation open go on reading it.
 *
 * Throws `bad-argument`, `unknown-index`, `lock-held`, `damaged-index` (before anything is removed) and `io-failure`.
 */
export async function collectGarbage(
  indexDir: string,
  { keep }: GarbageOptions,
  files: FileSystem = localFileSystem,
): Promise<GarbageReport> {
  if (!Number.isSafeInteger(keep) || keep < 1) {
    throw new OmnigramError('bad-argument', `keep is ${keep}, not an integer from 1 on: the live generation stays.`)
  }
  await readManifest(indexDir)
  const folder = new IndexFolder(indexDir)
  const lock = await acquireLock(folder.buildDir)
  try {
    return await removeGarbage(folder, keep, files)
  } finally {
    await lock.release()
  }
}

async function removeGarbage(folder: IndexFolder, keep: number, files: FileSystem): Promise<GarbageReport> {
  const live = await readManifest(folder.indexDir)
  const all = (await files.listFolder(folder.generationsDir)).flatMap(
    (name) => /^(\d{6,9})\.json$/.exec(name)?.[1] ?? [],
  )
  // A later one than the live one was never published.
  const older = all.filter((generation) => Number(generation) < Number(live.generation)).sort(byNumber)
  const keptGenerations = [...older.slice(Math.max(0, older.length - keep + 1)), live.generation]
  const named = new Set<string>()
  for (const generation of keptGenerations) {
    const { manifest } = generation === live.generation ? live : await readGeneration(folder, generation, null)
    for (const name of manifest.shards.flatMap(fileNamesOf)) named.add(name)
    if (manifest.options.tokens?.tokenizer) named.add(manifest.options.tokens.tokenizer.name)
  }
  const removedGenerations = all.filter((generation) => !keptGenerations.includes(generation)).sort(byNumber)
  const shards = (await files.listFolder(folder.shardsDir)).filter((name) => /^[0-9a-f]{32}\.(fm|hidden)$/.test(name))
  const tokenizers = (await files.listFolder(folder.tokenizersDir)).filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
  // Manifests go first: a shard may be missing from no manifest that is there.
  const manifests = await removeFiles(
    removedGenerations.map((generation) => folder.generationPath(generation)),
    folder.generationsDir,
    files,
  )
  const unnamed = await removeFiles(
    shards.filter((name) => !named.has(name)).map((name) => folder.shardPath(name)),
    folder.shardsDir,
    files,
  )
  const unnamedTokenizers = await removeFiles(
    tokenizers.filter((name) => !named.has(name)).map((name) => folder.tokenizerPath(name)),
    folder.tokenizersDir,
    files,
  )
  const removed = [manifests, unnamed, unnamedTokenizers]
  return {
    keptGenerations,
    removedGenerations,
    removedFiles: removed.reduce((sum, { count }) => sum + count, 0),
    removedBytes: removed.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function removeFiles(
  paths: readonly string[],
  dir: string,
  files: FileSystem,
): Promise<{ count: number; bytes: number }> {
  let bytes = 0
  for (const path of paths) {
    bytes += await readSize(path)
    await files.remove(path)
  }
  if (paths.length > 0) await files.syncFolder(dir)
  return { count: paths.length, bytes }
}

async function readSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (thrown) {
    if (isMissing(thrown)) return 0
    throw asIoFailure(thrown, path)
  }
}

function byNumber(a: string, b: string): number {
  return Number(a) - Number(b)
}
