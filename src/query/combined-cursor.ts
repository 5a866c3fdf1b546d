/** Where is a search that grows by symbols in several indexes at once? */
import type { Pattern } from '../core/pattern.js'
import { checkLimit } from './check-arguments.js'
import { joinMatches, type Member } from './combined-members.js'
import type { CallOptions, Cursor, Match, NextListOptions, NextSymbols, Symbols, SymbolUnit } from './index-reader.js'
import { mergeNext } from './merge-next.js'
import { startClock } from './query-call.js'
import { sumUp } from './sum-up.js'

export class CombinedCursor implements Cursor {
  readonly #generation: string
  readonly #members: readonly Member[]
  /** One a member. */
  readonly #cursors: readonly Cursor[]

  constructor(generation: string, members: readonly Member[], cursors: readonly Cursor[]) {
    this.#generation = generation
    this.#members = members
    this.#cursors = cursors
  }

  get count(): number {
    return sumUp(this.#cursors, ({ count }) => count)
  }

  async push(symbols: Pattern, options?: CallOptions): Promise<number> {
    await Promise.all(this.#cursors.map((cursor) => cursor.push(symbols, options)))
    return this.count
  }

  fork(): Cursor {
    return new CombinedCursor(
      this.#generation,
      this.#members,
      this.#cursors.map((cursor) => cursor.fork()),
    )
  }

  async next(unit?: SymbolUnit, { limit, ...options }: NextListOptions = {}): Promise<NextSymbols> {
    checkLimit(limit)
    const answers = await Promise.all(this.#cursors.map((cursor) => cursor.next(unit, options)))
    return {
      count: sumUp(answers, ({ count }) => count),
      next: mergeNext(answers.map(({ next }) => next)).slice(0, limit),
    }
  }

  async follow(limit: number, maxSymbols: number, options: CallOptions = {}): Promise<Symbols[]> {
    const left = startClock(options)
    const texts: Symbols[] = []
    for (const cursor of this.#cursors) {
      if (texts.length >= limit || cursor.toMatch().count === 0) continue
      texts.push(...(await cursor.follow(limit - texts.length, maxSymbols, left())))
    }
    return texts
  }

  toMatch(): Match {
    return joinMatches(
      this.#generation,
      this.#members,
      this.#cursors.map((cursor) => cursor.toMatch()),
    )
  }
}
