/** Where is a search that grows by symbols? The bytes so far, sought anew each time. */
import type { Pattern } from '../../core/pattern.js'
import { checkInteger, chooseUnit } from '../check-arguments.js'
import type { Cursor, CursorStart, Match, NextListOptions, NextSymbols, SymbolUnit } from '../index-reader.js'
import { encodeSymbols } from '../pattern-bytes.js'
import { countNext } from './naive-next.js'
import type { NaiveOccurrence, NaiveShard } from './naive-shard.js'

/** What a cursor needs of the reader it is of. */
export interface NaiveSearch {
  readonly shards: readonly NaiveShard[]
  locate(find: (shard: NaiveShard) => NaiveOccurrence[]): (NaiveOccurrence & { shard: number })[]
  matchOf(places: readonly (NaiveOccurrence & { shard: number })[]): Match
}

export class NaiveCursor implements Cursor {
  readonly #reader: NaiveSearch
  #bytes: Uint8Array
  readonly #start: CursorStart

  constructor(reader: NaiveSearch, bytes: Uint8Array, start: CursorStart = 'anywhere') {
    this.#reader = reader
    this.#bytes = bytes
    this.#start = start
  }

  get count(): number {
    return this.#bytes.length === 0 && this.#start === 'anywhere'
      ? this.#reader.shards.reduce((sum, { textBytes }) => sum + textBytes, 0)
      : this.#places().length
  }

  async push(symbols: Pattern): Promise<number> {
    this.#bytes = Buffer.concat([this.#bytes, encodeSymbols(symbols)])
    return this.count
  }

  fork(): Cursor {
    return new NaiveCursor(this.#reader, this.#bytes, this.#start)
  }

  async next(unit?: SymbolUnit, { limit }: NextListOptions = {}): Promise<NextSymbols> {
    return countNext(this.#reader.shards, this.#places(), chooseUnit(unit, 'bytes'), limit)
  }

  async follow(limit: number, maxBytes: number): Promise<Uint8Array[]> {
    checkInteger('limit', limit, 1, 1000)
    checkInteger('maxBytes', maxBytes, 0, Number.MAX_SAFE_INTEGER)
    return this.toMatch()
      .ranges.flatMap(({ shard, lo, hi, length }) =>
        Array.from({ length: hi - lo }, (_, at) => ({ shard, row: lo + at, length })),
      )
      .slice(0, limit)
      .map(({ shard, row, length }) => {
        const { document, endOffset } = this.#reader.shards[shard].occurrenceAt(row, length)
        return new Uint8Array(this.#reader.shards[shard].texts[document].subarray(endOffset, endOffset + maxBytes))
      })
  }

  toMatch(): Match {
    return this.#reader.matchOf(this.#places())
  }

  #places() {
    const isAllowed = ({ startOffset }: NaiveOccurrence) => this.#start === 'anywhere' || startOffset === 0
    return this.#reader.locate((shard) => shard.find(this.#bytes).filter(isAllowed))
  }
}
