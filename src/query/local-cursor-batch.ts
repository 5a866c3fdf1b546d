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
  readonly #starts: readonly CursorStart[]

  private constructor(
    context: CursorContext,
    ranges: readonly Float64Array[],
    lengths: Float64Array,
    starts: readonly CursorStart[],
  ) {
    this.#context = context
    this.#ranges = ranges
    this.#lengths = lengths
    this.#starts = starts
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
    return new LocalCursorBatch(context, ranges, new Float64Array(size), new Array(size).fill(start))
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
      if (this.#lengths[place] === 0 && this.#starts[place] === 'anywhere') counts[place] = symbolCount
    }
    return counts
  }

  async push(symbols: Symbols, options: CallOptions = {}): Promise<CursorBatch> {
    const { shards, coder } = this.#context
    if (symbols.length !== this.size) {
      throw new OmnigramError('bad-argument', `There are ${symbols.length} symbols for ${this.size} cursors.`)
    }
    if (this.size === 0) return this
    const [bytes] = await coder.encodeTexts([symbols])
    const tasks = this.#ranges.map((ranges, shard) => ({ shard, input: { ranges, symbols: bytes } }))
    const steps = (this.size * tasks.length) / interleavedPushes
    const pushed = await QueryCall.run(options, (call) => shards.runBrief(tasks, 'pushBatch', steps, call))
    const lengths = this.#lengths.slice()
    for (let place = 0; place < lengths.length; place++) lengths[place]++
    return new LocalCursorBatch(this.#context, pushed, lengths, this.#starts)
  }

  // Decoders select and join some hundred cursors at each token: so these loops are plain ones.
  select(places: ArrayLike<number>): CursorBatch {
    checkInteger('number of places', places.length, 0, limits.cursors)
    const lengths = new Float64Array(places.length)
    const starts = new Array<CursorStart>(places.length)
    for (let at = 0; at < places.length; at++) {
      const place = places[at]
      checkInteger('place', place, 0, this.size - 1)
      lengths[at] = this.#lengths[place]
      starts[at] = this.#starts[place]
    }
    const ranges = this.#ranges.map((shard) => {
      const packed = new Float64Array(2 * places.length)
      for (let at = 0; at < places.length; at++) {
        packed[2 * at] = shard[2 * places[at]]
        packed[2 * at + 1] = shard[2 * places[at] + 1]
      }
      return packed
    })
    return new LocalCursorBatch(this.#context, ranges, lengths, starts)
  }

  concat(other: CursorBatch): CursorBatch {
    if (!(other instanceof LocalCursorBatch) || other.#context.shards !== this.#context.shards) {
      throw new OmnigramError('bad-argument', 'Only cursors of the same reader go together.')
    }
    checkInteger('number of cursors', this.size + other.size, 0, limits.cursors)
    return new LocalCursorBatch(
      this.#context,
      this.#ranges.map((ranges, shard) => join(ranges, other.#ranges[shard])),
      join(this.#lengths, other.#lengths),
      this.#starts.concat(other.#starts),
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
      this.#starts[place],
    )
  }
}

function join(first: Float64Array, second: Float64Array): Float64Array {
  const joined = new Float64Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}
