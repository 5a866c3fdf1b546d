/**
 * How is a shard asked of which most bytes are somewhere else? A question is put, what it lacks is fetched, and it is put
 * again, until nothing was missing: see `native/fmindex/src/paged.rs`.
 */
import type { Shard } from '#wasm'
import type { ByteRange, ByteSource } from './byte-source.js'

/** 2^15: a step of a search reads half a kilobyte, so small blocks carry less for nothing; smaller ones mean more requests. */
export const defaultBlockBits = 15

/** Blocks that lie no farther apart are fetched by one request: the bytes between cost less than another one. */
const maxGapBlocks = 1

export class PagedShard {
  readonly shard: Shard
  readonly source: ByteSource
  readonly #blockBytes: number
  /** Blocks on their way. */
  readonly #fetching = new Map<number, Promise<void>>()
  /** Counts remember how far they came, so they go one after the other. */
  #counting: Promise<unknown> = Promise.resolve()

  constructor(shard: Shard, source: ByteSource, blockBits: number) {
    this.shard = shard
    this.source = source
    this.#blockBytes = 2 ** blockBits
  }

  /** What `ask` returns or throws once every byte that it reads is there. */
  async answer<T>(ask: () => T, check: () => void, signal?: AbortSignal): Promise<T> {
    for (;;) {
      check()
      const outcome = attempt(ask)
      const missing = this.shard.takeMissing()
      if (missing.length > 0) await this.#fetch([...missing], signal)
      else if ('error' in outcome) throw outcome.error
      else return outcome.result
    }
  }

  /** As {@link answer}, after the counts before it. */
  answerAlone<T>(ask: () => T, check: () => void, signal?: AbortSignal): Promise<T> {
    const answer = this.#counting.then(() => this.answer(ask, check, signal))
    this.#counting = answer.catch(() => {})
    return answer
  }

  async #fetch(blocks: readonly number[], signal?: AbortSignal): Promise<void> {
    const wanted = blocks.filter((block) => !this.#fetching.has(block))
    const runs = joinBlocks(wanted)
    const ranges = runs.map(([first, last]): ByteRange => {
      return { start: first * this.#blockBytes, end: Math.min((last + 1) * this.#blockBytes, this.source.bytes) }
    })
    const fetched = this.source.read(ranges, signal).then((parts) => {
      parts.forEach((bytes, at) => {
        this.#put(runs[at], bytes)
      })
    })
    // Those of others may be given up by them: what is missing then is asked for once more.
    const others = new Set(blocks.map((block) => this.#fetching.get(block)))
    for (const block of wanted) this.#fetching.set(block, fetched)
    try {
      await fetched
      await Promise.allSettled(others)
    } finally {
      for (const block of wanted) this.#fetching.delete(block)
    }
  }

  #put([first, last]: readonly [number, number], bytes: Uint8Array): void {
    for (let block = first; block <= last; block++) {
      const start = (block - first) * this.#blockBytes
      this.shard.put(block, bytes.subarray(start, start + this.#blockBytes))
    }
  }
}

function attempt<T>(ask: () => T): { result: T } | { error: unknown } {
  try {
    return { result: ask() }
  } catch (error) {
    return { error }
  }
}

/** First and last of each run of rising block numbers, near ones together. */
function joinBlocks(blocks: readonly number[]): [number, number][] {
  const runs: [number, number][] = []
  for (const block of blocks) {
    const run = runs.at(-1)
    if (run && block - run[1] <= maxGapBlocks + 1) run[1] = block
    else runs.push([block, block])
  }
  return runs
}
