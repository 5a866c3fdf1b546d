/** How often does each token id occur? */
import { limits } from '../core/limits.js'

/** 8 bytes for each id up to the largest that was seen, rounded up to a power of two. */
export class TokenHistogram {
  #counts = new Float64Array(1_024)
  #vocabulary = 0
  #total = 0

  /** The largest id and one more; 0 where there is none. */
  get vocabulary(): number {
    return this.#vocabulary
  }

  get total(): number {
    return this.#total
  }

  /** Ids below `limits.vocabulary`. O(ids). */
  add(ids: Uint32Array): void {
    for (const id of ids) {
      if (id >= this.#vocabulary) this.#reach(id)
      this.#counts[id] += 1
    }
    this.#total += ids.length
  }

  /** Ids that occur, ascending, and how often. */
  *entries(): Generator<readonly [id: number, count: number]> {
    for (let id = 0; id < this.#vocabulary; id++) {
      if (this.#counts[id] > 0) yield [id, this.#counts[id]]
    }
  }

  #reach(id: number): void {
    if (id >= limits.vocabulary) throw new RangeError(`Id ${id} is past ${limits.vocabulary}.`)
    this.#vocabulary = id + 1
    if (id < this.#counts.length) return
    const larger = new Float64Array(2 ** Math.ceil(Math.log2(id + 1)))
    larger.set(this.#counts)
    this.#counts = larger
  }
}
