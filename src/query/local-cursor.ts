/** Where is a search that grows by symbols, and what may come next? */

import { limits } from '../core/limits.js'
import type { Pattern } from '../core/pattern.js'
import { checkInteger, checkUnit } from './check-arguments.js'
import type { CallOptions, Cursor, Match, MatchRange, NextSymbols } from './index-reader.js'
import { mergeNext } from './merge-next.js'
import { encodeSymbols } from './pattern-bytes.js'
import { QueryCall } from './query-call.js'
import type { ShardSet } from './shard-set.js'
import { countRows } from './sum-up.js'

export class LocalCursor implements Cursor {
  readonly #shards: ShardSet
  readonly #generation: string
  /** One non-empty range a shard at most. */
  #ranges: readonly MatchRange[]

  constructor(shards: ShardSet, generation: string, ranges: readonly MatchRange[]) {
    this.#shards = shards
    this.#generation = generation
    this.#ranges = ranges
  }

  get count(): number {
    return this.#ranges[0]?.length === 0 ? this.#shards.textBytes : countRows(this.#ranges)
  }

  async push(symbols: Pattern, options: CallOptions = {}): Promise<number> {
    const bytes = encodeSymbols(symbols)
    const ranges = this.#ranges
    if (bytes.length === 0) return this.count
    const tasks = ranges.map(({ shard, lo, hi }) => ({ shard, input: { lo, hi, symbols: bytes } }))
    const pushed = await QueryCall.run(options, (call) =>
      this.#shards.runBrief(tasks, 'push', bytes.length * ranges.length, call),
    )
    this.#ranges = ranges
      .map(({ shard, length }, at) => ({ shard, ...pushed[at], length: length + bytes.length }))
      .filter(({ lo, hi }) => lo < hi)
    return this.count
  }

  fork(): Cursor {
    return new LocalCursor(this.#shards, this.#generation, this.#ranges)
  }

  async next(unit: 'byte' | 'character', options: CallOptions = {}): Promise<NextSymbols> {
    checkUnit(unit)
    const tasks = this.#ranges.map(({ shard, lo, hi }) => ({ shard, input: { ranges: Float64Array.of(lo, hi), unit } }))
    return mergeNext(await QueryCall.run(options, (call) => this.#shards.runAll(tasks, 'next', call)))
  }

  async follow(limit: number, maxBytes: number, options: CallOptions = {}): Promise<Uint8Array[]> {
    checkInteger('limit', limit, 1, limits.pageSize)
    checkInteger('maxBytes', maxBytes, 0, limits.extractBytes)
    let left = limit
    const tasks = this.#ranges.flatMap(({ shard, lo, hi }) => {
      const taken = Math.min(left, hi - lo)
      left -= taken
      const rows = Float64Array.from({ length: taken }, (_, at) => lo + at)
      return taken > 0 ? [{ shard, input: { rows, maxBytes } }] : []
    })
    const texts = await QueryCall.run(options, (call) => this.#shards.runAll(tasks, 'follow', call))
    return texts.flat().map((text) => new Uint8Array(text))
  }

  toMatch(): Match {
    return { generation: this.#generation, ranges: this.#ranges, count: countRows(this.#ranges) }
  }
}
