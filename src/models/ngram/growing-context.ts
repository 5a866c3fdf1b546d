/** Which ends of a text that grows stand in the index, and where? */
import type { NgramIndex, NgramRows } from './ngram-index.js'

/** Ends of the context that all stand in the same places. */
export interface ContextEnd<Rows extends NgramRows> {
  readonly rows: Rows
  /** Tokens of the longest such end. */
  readonly length: number
  /** Tokens of the shortest. */
  readonly minLength: number
}

/**
 * The rows of every end of a context, kept while tokens are added. The rows of longer ends lie inside those of shorter ones, and where
 * two counts are equal the rows are equal for ever; so one entry is kept for each distinct count, with its longest and shortest end.
 * Exact, of any length, and small on verbatim text. A token costs one push an entry, all in one batch.
 */
export class GrowingContext<Rows extends NgramRows> {
  readonly #index: NgramIndex<Rows>
  /** Shortest first; the empty end is always there. */
  #ends: readonly ContextEnd<Rows>[]

  constructor(index: NgramIndex<Rows>) {
    this.#index = index
    this.#ends = [{ rows: index.everything, length: 0, minLength: 0 }]
  }

  /** Distinct ends that occur, shortest first: the first is the empty one. */
  get ends(): readonly ContextEnd<Rows>[] {
    return this.#ends
  }

  /** The longest end that occurs; of length 0 when not even the last token does. */
  get longest(): ContextEnd<Rows> {
    return this.#ends.at(-1) ?? { rows: this.#index.everything, length: 0, minLength: 0 }
  }

  async push(token: number): Promise<void> {
    const known = this.#ends
    const longer = await this.#index.pushEach(
      known.map(({ rows }) => rows),
      [token],
    )
    let end: ContextEnd<Rows> = { rows: this.#index.everything, length: 0, minLength: 0 }
    const ends = [end]
    for (let i = 0; i < known.length; i++) {
      const count = longer.count(i, 0)
      if (count === 0) break
      const length = (known[i]?.length ?? 0) + 1
      if (ends.length > 1 && end.rows.count === count) {
        end = { rows: end.rows, length, minLength: end.minLength }
        ends[ends.length - 1] = end
      } else {
        end = { rows: longer.rows(i, 0), length, minLength: end.length + 1 }
        ends.push(end)
      }
    }
    this.#ends = ends
  }

  /** A context that goes on by itself from here. */
  fork(): GrowingContext<Rows> {
    const copy = new GrowingContext(this.#index)
    copy.#ends = this.#ends
    return copy
  }
}
