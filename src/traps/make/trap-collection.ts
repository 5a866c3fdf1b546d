/** Is a sequence still wanted? Perplexities fill evenly, and no two sequences are alike. */
import { OmnigramError } from '../../core/errors.js'
import { findPerplexityBucket, maxJaccard, measureJaccard } from '../token-overlap.js'

/** Perplexities of traps lie in [1, 101). */
export const perplexityEnd = 101

export class TrapCollection {
  readonly #quota: number
  readonly #width: number
  readonly #filled: number[]
  readonly #tokenSets: Set<number>[]

  /**
   * Room for `count` sequences, the same number in each of `buckets` equal parts of the perplexities 1 to 101. `others` are token sets that
   * must not be resembled either.
   *
   * Throws `bad-argument` where 100 is no multiple of `buckets`, or `count` is none.
   */
  constructor(count: number, buckets: number, others: readonly ReadonlySet<number>[] = []) {
    if (100 % buckets !== 0 || count % buckets !== 0) {
      throw new OmnigramError(
        'bad-argument',
        `${count} sequences cannot fill ${buckets} buckets evenly: 100 and the number of sequences must be multiples of it.`,
      )
    }
    this.#quota = count / buckets
    this.#width = 100 / buckets
    this.#filled = new Array<number>(buckets).fill(0)
    this.#tokenSets = others.map((tokens) => new Set(tokens))
  }

  get isFull(): boolean {
    return this.#filled.every((filled) => filled === this.#quota)
  }

  /** What was taken so far, by bucket. */
  get filled(): readonly number[] {
    return this.#filled
  }

  /** Whether {@link TrapCollection.add} would take it. O(sequences · tokens). */
  wants(tokens: readonly number[], perplexity: number): boolean {
    if (findPerplexityBucket(perplexity) === null) return false
    const bucket = this.#findPart(perplexity)
    if ((this.#filled[bucket] ?? 0) >= this.#quota) return false
    const set = new Set(tokens)
    return this.#tokenSets.every((other) => measureJaccard(set, other) <= maxJaccard)
  }

  add(tokens: readonly number[], perplexity: number): void {
    const bucket = this.#findPart(perplexity)
    this.#filled[bucket] = (this.#filled[bucket] ?? 0) + 1
    this.#tokenSets.push(new Set(tokens))
  }

  #findPart(perplexity: number): number {
    return Math.floor((Math.floor(perplexity) - 1) / this.#width)
  }
}
