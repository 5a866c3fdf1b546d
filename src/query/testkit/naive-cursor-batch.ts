/** Where are many searches that grow together? One cursor after the other. */
import { OmnigramError } from '../../core/errors.js'
import type { Cursor, CursorBatch, Symbols } from '../index-reader.js'

export class NaiveCursorBatch implements CursorBatch {
  readonly #cursors: readonly Cursor[]

  constructor(cursors: readonly Cursor[]) {
    this.#cursors = cursors
  }

  get size(): number {
    return this.#cursors.length
  }

  get counts(): Float64Array {
    return Float64Array.from(this.#cursors, ({ count }) => count)
  }

  async push(symbols: Symbols): Promise<CursorBatch> {
    if (symbols.length !== this.size) throw new OmnigramError('bad-argument', 'One symbol a cursor.')
    const pushed = this.#cursors.map(async (cursor, place) => {
      const longer = cursor.fork()
      await longer.push(symbols.slice(place, place + 1))
      return longer
    })
    return new NaiveCursorBatch(await Promise.all(pushed))
  }

  async pushEach(symbols: Symbols): Promise<CursorBatch> {
    const places = this.#cursors.flatMap((_, place) => Array.from(symbols, () => place))
    const repeated = this.#cursors.flatMap(() => [...symbols])
    return this.select(places).push(
      symbols instanceof Uint8Array ? Uint8Array.from(repeated) : Uint32Array.from(repeated),
    )
  }

  select(places: ArrayLike<number>): CursorBatch {
    return new NaiveCursorBatch(Array.from(places, (place) => this.#cursors[place]))
  }

  concat(other: CursorBatch): CursorBatch {
    const others = Array.from({ length: other.size }, (_, place) => other.cursor(place))
    return new NaiveCursorBatch([...this.#cursors, ...others])
  }

  cursor(place: number): Cursor {
    return this.#cursors[place].fork()
  }
}
