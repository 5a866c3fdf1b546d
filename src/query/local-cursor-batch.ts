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
    const ends = start === 'anywhere' ? rows : files.map(({ info }) => info.documents)
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
    const isEverything = (place: number) => this.#lengths[place] === 0 && this.#starts[place] === 'anywhere'
    return counts.map((count, place) => (isEverything(place) ? symbolCount : count))
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
    return new LocalCursorBatch(
      this.#context,
      pushed,
      this.#lengths.map((length) => length + 1),
      this.#starts,
    )
  }

  select(places: ArrayLike<number>): CursorBatch {
    checkInteger('number of places', places.length, 0, limits.cursors)
    const chosen = Array.from(places)
    for (const place of chosen) checkInteger('place', place, 0, this.size - 1)
    const ranges = this.#ranges.map((shard) => {
      const packed = new Float64Array(2 * chosen.length)
      chosen.forEach((place, at) => {
        packed[2 * at] = shard[2 * place]
        packed[2 * at + 1] = shard[2 * place + 1]
      })
      return packed
    })
    return new LocalCursorBatch(
      this.#context,
      ranges,
      Float64Array.from(chosen, (place) => this.#lengths[place]),
      chosen.map((place) => this.#starts[place]),
    )
  }

  concat(other: CursorBatch): CursorBatch {
    if (!(other instanceof LocalCursorBatch) || other.#context.shards !== this.#context.shards) {
      throw new OmnigramError('bad-argument', 'Only cursors of the same reader go together.')
    }
    checkInteger('number of cursors', this.size + other.size, 0, limits.cursors)
    return new LocalCursorBatch(
      this.#context,
      this.#ranges.map((ranges, shard) => Float64Array.of(...ranges, ...other.#ranges[shard])),
      Float64Array.of(...this.#lengths, ...other.#lengths),
      [...this.#starts, ...other.#starts],
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
