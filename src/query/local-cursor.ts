/** Where is a search that grows by symbols, and what may come next? */

import { limits } from '../core/limits.js'
import type { Pattern } from '../core/pattern.js'
import { checkInteger, checkLimit, chooseUnit } from './check-arguments.js'
import type {
  CallOptions,
  Cursor,
  CursorStart,
  Match,
  MatchRange,
  NextListOptions,
  NextSymbols,
  Symbols,
  SymbolUnit,
} from './index-reader.js'
import { listNext } from './next-in-shards.js'
import { QueryCall } from './query-call.js'
import type { ShardSet } from './shard-set.js'
import { countRows } from './sum-up.js'
import type { SymbolCoder } from './symbol-coder.js'
import { unpackTokens } from './token-bytes.js'

/** What the cursors of a reader share. */
export interface CursorContext {
  readonly shards: ShardSet
  readonly coder: SymbolCoder
  readonly generation: string
}

export class LocalCursor implements Cursor {
  readonly #context: CursorContext
  /** One non-empty range a shard at most. */
  #ranges: readonly MatchRange[]
  readonly #start: CursorStart

  constructor(context: CursorContext, ranges: readonly MatchRange[], start: CursorStart = 'anywhere') {
    this.#context = context
    this.#ranges = ranges
    this.#start = start
  }

  get count(): number {
    const isEverything = this.#start === 'anywhere' && this.#ranges[0]?.length === 0
    return isEverything ? this.#context.shards.symbolCount : countRows(this.#ranges)
  }

  async push(symbols: Pattern, options: CallOptions = {}): Promise<number> {
    const { shards, coder } = this.#context
    const [bytes] = await coder.encodeTexts([symbols])
    const ranges = this.#ranges
    if (bytes.length === 0) return this.count
    const pushedSymbols = bytes.length / coder.symbolBytes
    const tasks = ranges.map(({ shard, lo, hi }) => ({ shard, input: { lo, hi, symbols: bytes } }))
    const pushed = await QueryCall.run(options, (call) =>
      shards.runBrief(tasks, 'push', pushedSymbols * ranges.length, call),
    )
    this.#ranges = ranges
      .map(({ shard, length }, at) => ({ shard, ...pushed[at], length: length + pushedSymbols }))
      .filter(({ lo, hi }) => lo < hi)
    return this.count
  }

  fork(): Cursor {
    return new LocalCursor(this.#context, this.#ranges, this.#start)
  }

  async next(unit?: SymbolUnit, options: NextListOptions = {}): Promise<NextSymbols> {
    const { shards, coder } = this.#context
    const chosen = chooseUnit(unit, coder.symbols)
    checkLimit(options.limit)
    return QueryCall.run(options, (call) => listNext(shards, this.#ranges, chosen, options.limit, call))
  }

  async follow(limit: number, maxSymbols: number, options: CallOptions = {}): Promise<Symbols[]> {
    const { shards, coder } = this.#context
    checkInteger('limit', limit, 1, limits.pageSize)
    checkInteger('maxSymbols', maxSymbols, 0, limits.extractBytes / coder.symbolBytes)
    let left = limit
    const tasks = this.#ranges.flatMap(({ shard, lo, hi }) => {
      const taken = Math.min(left, hi - lo)
      left -= taken
      const rows = Float64Array.from({ length: taken }, (_, at) => lo + at)
      return taken > 0 ? [{ shard, input: { rows, maxSymbols } }] : []
    })
    const texts = await QueryCall.run(options, (call) => shards.runAll(tasks, 'follow', call))
    return texts.flat().map((text) => (coder.symbols === 'tokens' ? unpackTokens(text) : new Uint8Array(text)))
  }

  toMatch(): Match {
    return { generation: this.#context.generation, ranges: this.#ranges, count: countRows(this.#ranges) }
  }
}
