/** Where are many searches that grow together, in several indexes at once? */
import { OmnigramError } from '../core/errors.js'
import type { CallOptions, Cursor, CursorBatch, Symbols } from './index-reader.js'

export class CombinedCursorBatch implements CursorBatch {
  /** One a member. */
  readonly #batches: readonly CursorBatch[]
  readonly #join: (cursors: readonly Cursor[]) => Cursor

  /** `join` makes one cursor of one of each member. */
  constructor(batches: readonly CursorBatch[], join: (cursors: readonly Cursor[]) => Cursor) {
    this.#batches = batches
    this.#join = join
  }

  get size(): number {
    return this.#batches[0].size
  }

  get counts(): Float64Array {
    const counts = new Float64Array(this.size)
    for (const batch of this.#batches) {
      for (const [place, count] of batch.counts.entries()) counts[place] += count
    }
    return counts
  }

  async push(symbols: Symbols, options?: CallOptions): Promise<CursorBatch> {
    const pushed = await Promise.all(this.#batches.map((batch) => batch.push(symbols, options)))
    return new CombinedCursorBatch(pushed, this.#join)
  }

  async pushEach(symbols: Symbols, options?: CallOptions): Promise<CursorBatch> {
    const pushed = await Promise.all(this.#batches.map((batch) => batch.pushEach(symbols, options)))
    return new CombinedCursorBatch(pushed, this.#join)
  }

  select(places: ArrayLike<number>): CursorBatch {
    return new CombinedCursorBatch(
      this.#batches.map((batch) => batch.select(places)),
      this.#join,
    )
  }

  concat(other: CursorBatch): CursorBatch {
    if (!(other instanceof CombinedCursorBatch) || other.#batches.length !== this.#batches.length) {
      throw new OmnigramError('bad-argument', 'Only cursors of the same reader go together.')
    }
    const batches = this.#batches.map((batch, member) => batch.concat(other.#batches[member]))
    return new CombinedCursorBatch(batches, this.#join)
  }

  cursor(place: number): Cursor {
    return this.#join(this.#batches.map((batch) => batch.cursor(place)))
  }
}
