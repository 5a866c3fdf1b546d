/** How fast is a build on this machine, and how large does its index get? Measured on documents from all over the input. */
import { stat } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { OmnigramError } from '../core/errors.js'
import type { ShardEntry } from '../core/manifest.js'
import type { BuildOptions } from './build-options.js'
import { type BuildSeams, localSeams } from './build-seams.js'
import { checkBuildOptions } from './check-options.js'
import { IndexFolder } from './index-folder.js'
import { MemoryPlan } from './memory-plan.js'
import { openInput } from './open-input.js'
import { ShardJobs } from './shard-jobs.js'
import { openSpool } from './shard-spool.js'
import { openTokenInput, type TokenInput } from './token-input.js'
import { TokenizedCorpus } from './tokenized-corpus.js'

/** One shard of a sample. */
export interface MeasuredShard {
  /** Text; of tokens 4 bytes each. */
  readonly sizeBytes: number
  readonly documents: number
  /** Its documents with what is said of them, as they lie in the scratch folder before they are sorted. */
  readonly spoolBytes: number
  readonly buildMs: number
  readonly indexBytes: number
}

export interface MeasuredBuild {
  /** Of the whole input, on disk. */
  readonly inputBytes: number
  /** Of it, what the sample was read from. */
  readonly readBytes: number
  /** Text, or ids, that came out of it. */
  readonly sizeBytes: number
  readonly readMs: number
  /** Of the time of reading, what a document takes too that belongs to the shard of somebody else: all but writing it down. */
  readonly skipMs: number
  /** A small shard, then the whole sample: how much dearer a byte is in a larger one. */
  readonly shards: readonly [MeasuredShard, MeasuredShard]
}

/** The smaller of the two shards, as a share of the sample. */
const smallShare = 1 / 8

/**
 * Reads documents of about `sampleBytes` and builds two shards of them with `threads`, in the folder of the options, which should
 * be empty and is not cleared. Some seconds.
 *
 * Throws as `buildIndex`; `bad-input` where nothing can be read.
 */
export async function measureBuild(
  options: BuildOptions,
  sampleBytes: number,
  seams: BuildSeams = localSeams,
): Promise<MeasuredBuild> {
  checkBuildOptions(options)
  const tokens = await openTokenInput(options)
  try {
    const corpus = await openInput(options, tokens)
    const folder = new IndexFolder(options.indexDir)
    await seams.files.makeFolder(folder.buildDir)
    const kind = tokens ? 'tokens' : 'bytes'
    const spools = [0, 1].map((shard) =>
      openSpool(kind, folder.spoolPath(shard), [...options.facetFields], seams.native),
    )
    const sample = corpus.readSample(sampleBytes)
    const batches = tokens?.pool ? new TokenizedCorpus(corpus, tokens.pool, options.threads).read(sample) : sample
    const startedAtMs = performance.now()
    let writeMs = 0
    for await (const documents of batches) {
      const writesFromMs = performance.now()
      spools[1].append(documents)
      // Of each part of the sample its share: what costs more in a large shard is not to be what is dearer in another text.
      if (spools[0].sizeBytes < spools[1].sizeBytes * smallShare) spools[0].append(documents)
      writeMs += performance.now() - writesFromMs
      if (spools[1].sizeBytes >= sampleBytes) break
    }
    const readMs = performance.now() - startedAtMs
    const { inputBytes, readBytes } = corpus.estimate()
    if (spools[1].sizeBytes === 0) throw new OmnigramError('bad-input', 'There is no text to measure a build with.')
    const [small, whole] = [
      await buildOne(0, spools[0].seal(), options, tokens, folder, seams),
      await buildOne(1, spools[1].seal(), options, tokens, folder, seams),
    ]
    return {
      inputBytes: inputBytes ?? readBytes,
      readBytes,
      sizeBytes: whole.sizeBytes,
      readMs,
      skipMs: readMs - writeMs,
      shards: [small, whole],
    }
  } finally {
    await tokens?.close()
  }
}

async function buildOne(
  shard: number,
  spool: ReturnType<ReturnType<typeof openSpool>['seal']>,
  options: BuildOptions,
  tokens: TokenInput | null,
  folder: IndexFolder,
  seams: BuildSeams,
): Promise<MeasuredShard> {
  // One shard at a time, with the threads that were asked for.
  const memory = new MemoryPlan(options, seams.native, spool.sizeBytes, 2)
  const jobs = new ShardJobs(options, folder, memory, seams, tokens?.options.vocabulary ?? null)
  const { size: spoolBytes } = await stat(folder.spoolPath(shard))
  const entries: ShardEntry[] = []
  const startedAtMs = performance.now()
  await jobs.start(shard, spool, (entry) => entries.push(entry))
  await jobs.finish()
  return {
    sizeBytes: spool.sizeBytes,
    documents: spool.documents,
    spoolBytes,
    buildMs: performance.now() - startedAtMs,
    indexBytes: entries[0]?.bytes ?? 0,
  }
}
