/** Does the memory suffice, and for how many shards at once? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { formatBytes } from '../core/units.js'
import type { CorpusEstimate } from '../corpus/corpus.js'
import { tokenBytes } from '../corpus/corpus-options.js'
import type { BuildOptions } from './build-options.js'
import { localSeams, type NativeBuilder } from './build-seams.js'

/** What the process takes besides the shards: Node, the reader with its garbage, pages of shards being checked. */
export const readerBytes = 160 * 2 ** 20

/** What a thread with a tokenizer takes: its vocabulary, and the texts that it is at, many times over. */
export const tokenizerThreadBytes = 320 * 2 ** 20

/** Share of an input of token ids that they have in memory at least: as JSON an id takes up to eight characters, for 4 bytes. */
const leastIdShare = 0.4

/** Sampling rates that the core's estimate covers, and what a sample of a denser one takes at most. */
const estimatedRates = { saRate: 128, isaRate: 512 }
const sampleBytes = 8

/** Threads of libuv, on which shards are built, when the environment says nothing. */
const defaultPoolThreads = 4

export class MemoryPlan {
  /** What everything else takes. */
  readonly otherBytes: number
  /** Memory for all shards that are built at one time. */
  readonly shardBudgetBytes: number
  readonly shardsAtOnce: number
  /** Threads that encode one shard. */
  readonly threadsPerShard: number

  constructor(
    readonly options: Pick<BuildOptions, 'memoryBytes' | 'shardBytes' | 'threads' | 'saRate' | 'isaRate' | 'tokens'>,
    readonly native: Pick<NativeBuilder, 'estimateBuildBytes' | 'estimateTokenBuildBytes'>,
    /** Upper bound of the text or ids of one shard, as far as it is known. */
    plannedBytes: number,
    poolThreads = Number(process.env.UV_THREADPOOL_SIZE) || defaultPoolThreads,
  ) {
    this.otherBytes = measureOthers(options)
    this.shardBudgetBytes = Math.max(0, options.memoryBytes - this.otherBytes)
    // One thread of the pool is left for reading files, or the reader would wait for the sorts.
    const threads = Math.max(1, Math.min(options.threads, poolThreads - 1))
    const oneShardBytes = this.#estimateShard(plannedBytes, 0)
    const fitting = Math.max(1, Math.floor(this.shardBudgetBytes / oneShardBytes))
    this.shardsAtOnce = Math.min(threads, fitting)
    this.threadsPerShard = Math.max(1, Math.floor(options.threads / this.shardsAtOnce))
  }

  /** Memory that building a shard takes. Throws `no-memory` with the needed amount when that alone is above the budget. */
  claimShard(sizeBytes: number, documents: number): number {
    const shardBytes = this.#estimateShard(sizeBytes, documents)
    const neededBytes = this.otherBytes + shardBytes
    const { memoryBytes } = this.options
    if (neededBytes <= memoryBytes) return shardBytes
    const fittingBytes = this.#largestShard()
    const advice = fittingBytes > 0 ? ` A shard size of ${fittingBytes} would fit.` : ''
    throw new OmnigramError(
      'no-memory',
      `A shard of ${sizeBytes} bytes of ${this.options.tokens ? 'token ids' : 'text'} needs ${neededBytes} bytes of memory (${formatBytes(neededBytes)}); ` +
        `${memoryBytes} (${formatBytes(memoryBytes)}) are allowed.${advice}`,
    )
  }

  #estimateShard(sizeBytes: number, documents: number): number {
    const { saRate, isaRate, tokens } = this.options
    const symbols = tokens ? Math.ceil(sizeBytes / tokenBytes) : sizeBytes
    const samplesASymbol = 1 / saRate - 1 / estimatedRates.saRate
    const inverseSamplesASymbol = 1 / isaRate - 1 / estimatedRates.isaRate
    const denserSamples = symbols * (Math.max(0, samplesASymbol) + Math.max(0, inverseSamplesASymbol))
    const estimate = tokens
      ? this.native.estimateTokenBuildBytes(symbols, documents, tokens.vocabulary ?? limits.vocabulary)
      : this.native.estimateBuildBytes(symbols, documents)
    return estimate + Math.ceil(denserSamples * sampleBytes)
  }

  /** Text of the largest shard that fits, in whole MiB; 0 when none does. */
  #largestShard(): number {
    let [fits, tooLarge] = [0, Math.ceil(this.options.shardBytes / 2 ** 20)]
    while (tooLarge - fits > 1) {
      const middle = Math.floor((fits + tooLarge) / 2)
      if (this.#estimateShard(middle * 2 ** 20, 0) <= this.shardBudgetBytes) fits = middle
      else tooLarge = middle
    }
    return fits * 2 ** 20
  }
}

/**
 * Plans from the sizes of the input, before anything is read. Of compressed input it is only taken for granted that it does
 * not shrink; if its text turns out to need more than is allowed, {@link MemoryPlan.claimShard} says so later.
 *
 * Throws `no-memory` when not even one shard fits.
 */
export function planMemory(options: BuildOptions, estimate: CorpusEstimate, native: NativeBuilder): MemoryPlan {
  const inputTextBytes = estimate.maxTextBytes ?? estimate.inputBytes ?? 0
  // How long a text is in tokens shows when it is tokenised; ids may take less room than their digits.
  const leastBytes = options.tokens ? Math.floor(inputTextBytes * leastIdShare) : inputTextBytes
  const plannedBytes = Math.min(options.shardBytes, leastBytes)
  new MemoryPlan(options, native, plannedBytes).claimShard(plannedBytes, 0)
  const isKnown = estimate.maxTextBytes !== null && !options.tokens
  return new MemoryPlan(options, native, isKnown ? plannedBytes : options.shardBytes)
}

function measureOthers({ tokens, threads }: Pick<BuildOptions, 'tokens' | 'threads'>): number {
  return readerBytes + (tokens && tokens.idsField === null ? threads * tokenizerThreadBytes : 0)
}

/** What a process must be allowed that builds one shard of that size at a time, in bytes: the program with its reader, and the shard. */
export function estimateWorkerMemory(
  options: Pick<BuildOptions, 'shardBytes' | 'threads' | 'saRate' | 'isaRate' | 'tokens'>,
  sizeBytes: number,
  documents: number,
  native: NativeBuilder = localSeams.native,
): number {
  const plan = new MemoryPlan({ ...options, memoryBytes: Number.MAX_SAFE_INTEGER }, native, sizeBytes)
  return plan.otherBytes + plan.claimShard(sizeBytes, documents)
}
