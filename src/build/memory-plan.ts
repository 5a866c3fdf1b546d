/** Does the memory suffice, and for how many shards at once? */
import { OmnigramError } from '../core/errors.js'
import { formatBytes } from '../core/units.js'
import type { CorpusEstimate } from '../corpus/corpus.js'
import type { BuildOptions } from './build-options.js'
import type { NativeBuilder } from './build-seams.js'

/** What the process takes besides the shards: Node, the reader with its garbage, pages of shards being checked. */
export const readerBytes = 160 * 2 ** 20

/** Sampling rates that the core's estimate covers, and what a sample of a denser one takes at most. */
const estimatedRates = { saRate: 128, isaRate: 512 }
const sampleBytes = 8

/** Threads of libuv, on which shards are built, when the environment says nothing. */
const defaultPoolThreads = 4

export class MemoryPlan {
  /** Memory for all shards that are built at one time. */
  readonly shardBudgetBytes: number
  readonly shardsAtOnce: number
  /** Threads that encode one shard. */
  readonly threadsPerShard: number

  constructor(
    readonly options: Pick<BuildOptions, 'memoryBytes' | 'shardBytes' | 'threads' | 'saRate' | 'isaRate'>,
    readonly native: Pick<NativeBuilder, 'estimateBuildBytes'>,
    /** Upper bound of the text of one shard, as far as it is known. */
    plannedTextBytes: number,
    poolThreads = Number(process.env.UV_THREADPOOL_SIZE) || defaultPoolThreads,
  ) {
    this.shardBudgetBytes = Math.max(0, options.memoryBytes - readerBytes)
    // One thread of the pool is left for reading files, or the reader would wait for the sorts.
    const threads = Math.max(1, Math.min(options.threads, poolThreads - 1))
    const oneShardBytes = this.#estimateShard(plannedTextBytes, 0)
    const fitting = Math.max(1, Math.floor(this.shardBudgetBytes / oneShardBytes))
    this.shardsAtOnce = Math.min(threads, fitting)
    this.threadsPerShard = Math.max(1, Math.floor(options.threads / this.shardsAtOnce))
  }

  /** Memory that building a shard takes. Throws `no-memory` with the needed amount when that alone is above the budget. */
  claimShard(textBytes: number, documents: number): number {
    const shardBytes = this.#estimateShard(textBytes, documents)
    const neededBytes = readerBytes + shardBytes
    const { memoryBytes } = this.options
    if (neededBytes <= memoryBytes) return shardBytes
    const fittingBytes = this.#largestShard()
    const advice = fittingBytes > 0 ? ` A shard size of ${fittingBytes} would fit.` : ''
    throw new OmnigramError(
      'no-memory',
      `A shard of ${textBytes} bytes of text needs ${neededBytes} bytes of memory (${formatBytes(neededBytes)}); ` +
        `${memoryBytes} (${formatBytes(memoryBytes)}) are allowed.${advice}`,
    )
  }

  #estimateShard(textBytes: number, documents: number): number {
    const { saRate, isaRate } = this.options
    const samplesAByte = 1 / saRate - 1 / estimatedRates.saRate
    const inverseSamplesAByte = 1 / isaRate - 1 / estimatedRates.isaRate
    const denserSamples = textBytes * (Math.max(0, samplesAByte) + Math.max(0, inverseSamplesAByte))
    return this.native.estimateBuildBytes(textBytes, documents) + Math.ceil(denserSamples * sampleBytes)
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
  const plannedTextBytes = Math.min(options.shardBytes, inputTextBytes)
  new MemoryPlan(options, native, plannedTextBytes).claimShard(plannedTextBytes, 0)
  return new MemoryPlan(options, native, estimate.maxTextBytes === null ? options.shardBytes : plannedTextBytes)
}
