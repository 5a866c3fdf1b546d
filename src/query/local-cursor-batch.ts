/** Where are many searches that grow together, a symbol each at a time? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { checkInteger } from './check-arguments.js'
import type { CallOptions, Cursor, CursorBatch, CursorStart, Symbols } from './index-reader.js'
import { type CursorContext, LocalCursor } from './local-cursor.js'
import { QueryCall } from './query-call.js'

/** Pushes of an interleaved batch in the time of one push alone. */
const interleavedPushes = 4

export class LocalCursorBatch implements CursorBatch {
  readonly #context: CursorContext
  /** By shard: `lo, hi` of each cursor. */
  readonly #ranges: readonly Float64Array[]
  /** Symbols that each cursor was pushed. */
  readonly #lengths: Float64Array
  /** 1 for a cursor that stands for the empty string anywhere: its rows count documents too. */
  readonly #areEmpty: Uint8Array

  private constructor(
    context: CursorContext,
    ranges: readonly Float64Array[],
    lengths: Float64Array,
    areEmpty: Uint8Array,
  ) {
    this.#context = context
    this.#ranges = ranges
    this.#lengths = lengths
    this.#areEmpty = areEmpty
  }

  /**
   * Before the first push. The rows of the separators come first, one a document, and what a document begins with follows its
   * separator: so these rows are where a cursor from the start of documents begins. Throws `bad-argument` for too many.
   */
  static start(context: CursorContext, size: number, start: CursorStart): LocalCursorBatch {
    checkInteger('size', size, 0, limits.cursors)
    const { rows, files } = context.shards
    const ends = start === 'anywhere' ? rows : files.map(({ info }) => info.documents - (info.hidden?.documents ?? 0))
    const ranges = ends.map((end) => Float64Array.from({ length: 2 * size }, (_, at) => (at % 2 === 0 ? 0 : end)))
    const areEmpty = new Uint8Array(size).fill(start === 'anywhere' ? 1 : 0)
    return new LocalCursorBatch(context, ranges, new Float64Array(size), areEmpty)
  }

  get size(): number {
    return this.#lengths.length
  }

  get counts(): Float64Array {
    const counts = new Float64Array(this.size)
    for (const ranges of this.#ranges) {
      for (let place = 0; place < counts.length; place++) counts[place] += ranges[2 * place + 1] - ranges[2 * place]
    }
    const { symbolCount } = this.#context.shards
    for (let place = 0; place < counts.length; place++) {
      if (this.#areEmpty[place] === 1) counts[place] = symbolCount
    }
    return counts
  }

  async push(symbols: Symbols, options: CallOptions = {}): Promise<CursorBatch> {
    if (symbols.length !== this.size) {
      throw new OmnigramError('bad-argument', `There are ${symbols.length} symbols for ${this.size} cursors.`)
    }
    const ranges = this.#ranges.map((shard) => shard.slice())
    return this.#grow(ranges, this.#lengths.slice(), symbols, options)
  }

  // Decoders fork, select and join some hundred cursors at each token: so these loops are plain ones.
  async pushEach(symbols: Symbols, options: CallOptions = {}): Promise<CursorBatch> {
    const [width, size] = [symbols.length, this.size * symbols.length]
    checkInteger('number of cursors', size, 0, limits.cursors)
    const lengths = new Float64Array(size)
    const repeated = new Uint32Array(size)
    for (let at = 0; at < size; at++) {
      lengths[at] = this.#lengths[(at / width) | 0]
      repeated[at] = symbols[at % width]
    }
    const ranges = this.#ranges.map((shard) => {
      const packed = new Float64Array(2 * size)
      for (let at = 0; at < size; at++) {
        const place = (at / width) | 0
        packed[2 * at] = shard[2 * place]
        packed[2 * at + 1] = shard[2 * place + 1]
      }
      return packed
    })
    return this.#grow(ranges, lengths, symbols instanceof Uint8Array ? Uint8Array.from(repeated) : repeated, options)
  }

  select(places: ArrayLike<number>): CursorBatch {
    checkInteger('number of places', places.length, 0, limits.cursors)
    const lengths = new Float64Array(places.length)
    const areEmpty = new Uint8Array(places.length)
    for (let at = 0; at < places.length; at++) {
      const place = places[at]
      checkInteger('place', place, 0, this.size - 1)
      lengths[at] = this.#lengths[place]
      areEmpty[at] = this.#areEmpty[place]
    }
    const ranges = this.#ranges.map((shard) => {
      const packed = new Float64Array(2 * places.length)
      for (let at = 0; at < places.length; at++) {
        packed[2 * at] = shard[2 * places[at]]
        packed[2 * at + 1] = shard[2 * places[at] + 1]
      }
      return packed
    })
    return new LocalCursorBatch(this.#context, ranges, lengths, areEmpty)
  }

  concat(other: CursorBatch): CursorBatch {
    if (!(other instanceof LocalCursorBatch) || other.#context.shards !== this.#context.shards) {
      throw new OmnigramError('bad-argument', 'Only cursors of the same reader go together.')
    }
    const size = this.size + other.size
    checkInteger('number of cursors', size, 0, limits.cursors)
    const areEmpty = new Uint8Array(size)
    areEmpty.set(this.#areEmpty)
    areEmpty.set(other.#areEmpty, this.size)
    return new LocalCursorBatch(
      this.#context,
      this.#ranges.map((ranges, shard) => join(ranges, other.#ranges[shard])),
      join(this.#lengths, other.#lengths),
      areEmpty,
    )
  }

  cursor(place: number): Cursor {
    checkInteger('place', place, 0, this.size - 1)
    const ranges = this.#ranges.map((packed, shard) => ({
      shard,
      lo: packed[2 * place],
      hi: packed[2 * place + 1],
      length: this.#lengths[place],
    }))
    return new LocalCursor(
      this.#context,
      ranges.filter(({ lo, hi }) => lo < hi),
      this.#areEmpty[place] === 1 ? 'anywhere' : 'document',
    )
  }

  /** Both arrays are overwritten, and belong to the batch then. */
  async #grow(
    ranges: Float64Array[],
    lengths: Float64Array,
    symbols: Symbols,
    options: CallOptions,
  ): Promise<CursorBatch> {
    if (lengths.length === 0) return this.select([])
    const { shards, coder } = this.#context
    const bytes = coder.encodeSymbols(symbols)
    const tasks = ranges.map((packed, shard) => ({ shard, input: { ranges: packed, symbols: bytes } }))
    const steps = (lengths.length * tasks.length) / interleavedPushes
    const isFree = options.deadlineMs === undefined && !options.signal?.aborted
    const pushed =
      (isFree ? shards.runHere(tasks, 'pushBatch', steps) : null) ??
      (await QueryCall.run(options, (call) => shards.runBrief(tasks, 'pushBatch', steps, call)))
    for (let place = 0; place < lengths.length; place++) lengths[place]++
    return new LocalCursorBatch(this.#context, pushed, lengths, new Uint8Array(lengths.length))
  }
}

function join(first: Float64Array, second: Float64Array): Float64Array {
  const joined = new Float64Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}
