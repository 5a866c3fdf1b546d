/** Where is a search that grows by symbols in several indexes at once? */
import type { Pattern } from '../core/pattern.js'
import { joinMatches, type Member } from './combined-members.js'
import type { CallOptions, Cursor, Match, NextSymbols } from './index-reader.js'
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

  async next(unit: 'byte' | 'character', options?: CallOptions): Promise<NextSymbols> {
    const answers = await Promise.all(this.#cursors.map((cursor) => cursor.next(unit, options)))
    return mergeNext(answers.map(({ next }) => next))
  }

  async follow(limit: number, maxBytes: number, options: CallOptions = {}): Promise<Uint8Array[]> {
    const left = startClock(options)
    const texts: Uint8Array[] = []
    for (const cursor of this.#cursors) {
      if (texts.length >= limit || cursor.toMatch().count === 0) continue
      texts.push(...(await cursor.follow(limit - texts.length, maxBytes, left())))
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
