/** How does a corpus become an index? */
import { existsSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { asIoFailure } from '../query/read-manifest.js'
import { acquireLock } from './build-lock.js'
import type { BuildOptions, BuildReport } from './build-options.js'
import { BuildRun } from './build-run.js'
import { type BuildSeams, localSeams } from './build-seams.js'
import { checkBuildOptions } from './check-options.js'
import { diskFull, isDiskFull } from './file-system.js'
import { IndexFolder } from './index-folder.js'
import { planMemory } from './memory-plan.js'
import { openInput } from './open-input.js'
import { prepareBuild } from './prepare-build.js'
import { openTokenInput, type TokenInput } from './token-input.js'

/**
 * Builds an index, or adds a generation to one, and publishes it when every shard is built, checked and on the disk.
 * A build that was stopped or killed leaves what it has done for `shouldResume`; the result is the same bytes.
 *
 * Memory: within 10 % of `memoryBytes`. Disk: the index, and the documents of the shards under way. Time: O(text).
 *
 * Throws `bad-argument`, `bad-input` (strict reading, or nothing to read), `changed-input` (resuming something else),
 * `lock-held`, `no-memory`, `no-disk`, `io-failure`, `cancelled`, `unknown-index` (append to none), `damaged-index`,
 * and `internal` when a shard does not hold what went into it. Whatever is thrown, a generation is live as a whole or not.
 */
export async function buildIndex(options: BuildOptions, seams: BuildSeams = localSeams): Promise<BuildReport> {
  const startedAtMs = performance.now()
  checkBuildOptions(options)
  const folder = new IndexFolder(options.indexDir)
  const isNewFolder = !existsSync(folder.indexDir)
  let tokens: TokenInput | null = null
  try {
    tokens = await openTokenInput(options)
    const corpus = await openInput(options, tokens)
    const memory = planMemory(options, corpus.estimate(), seams.native)
    const lock = await acquireLock(folder.buildDir)
    try {
      const plan = await prepareBuild(options, tokens, corpus, folder, seams)
      return await new BuildRun({ options, tokens, corpus, memory, folder, seams, plan, startedAtMs }).run()
    } finally {
      await lock.release()
    }
  } catch (thrown) {
    // Where nothing was kept the folder is empty, and should not be left behind.
    if (isNewFolder) await rmdir(folder.indexDir).catch(() => undefined)
    throw describeFailure(thrown, folder)
  } finally {
    await tokens?.close()
  }
}

function describeFailure(thrown: unknown, folder: IndexFolder): OmnigramError {
  if (isDiskFull(thrown)) return diskFull(thrown instanceof Error ? thrown.message : folder.indexDir, thrown)
  const failure = toOmnigramError(asIoFailure(thrown, folder.indexDir))
  if (failure.code !== 'cancelled') return failure
  const isKept = existsSync(folder.statePath)
  const detail = isKept ? 'What was built so far is kept: go on with --resume.' : 'Nothing of the build was kept.'
  return new OmnigramError('cancelled', detail, { cause: thrown })
}
