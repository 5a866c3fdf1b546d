/** Which titles of a list begin so? Generation is kept to one of them (De Cao et al. 2021, arXiv:2010.00904). */
import type { AllowedNext, Constraint } from './constraint.js'

/** The titles `lo`..`hi` in sorted order all begin with the same `length` tokens. */
export interface TitlePlace {
  readonly lo: number
  readonly hi: number
  readonly length: number
}

/**
 * Titles sorted by their tokens, so that those that begin alike lie together: 4 bytes a token and 8 a title, where a trie takes a node a
 * token. A title that stands twice counts twice; one that begins another may end or go on. A step costs O(log titles), what may follow
 * as much for each token.
 */
export class TitleConstraint implements Constraint<TitlePlace> {
  readonly start: TitlePlace
  readonly #tokens: Uint32Array
  /** Where each title begins in `#tokens`, in sorted order, and where the last one ends. */
  readonly #starts: Uint32Array
  /** Place of each title in the list that was given. */
  readonly #order: Uint32Array

  /** A title may be empty: then nothing has to follow. */
  constructor(titles: readonly ArrayLike<number>[]) {
    this.#order = Uint32Array.from(titles.keys()).sort((a, b) => compareTokens(titles[a], titles[b]) || a - b)
    const starts = new Uint32Array(titles.length + 1)
    for (const [i, title] of this.#order.entries()) starts[i + 1] = starts[i] + titles[title].length
    const tokens = new Uint32Array(starts[titles.length])
    for (const [i, title] of this.#order.entries()) tokens.set(Array.from(titles[title]), starts[i])
    this.#tokens = tokens
    this.#starts = starts
    this.start = { lo: 0, hi: titles.length, length: 0 }
  }

  async allow(places: readonly TitlePlace[]): Promise<readonly AllowedNext[]> {
    return places.map((place) => this.#allowAfter(place))
  }

  async advance(places: readonly TitlePlace[], tokens: Uint32Array): Promise<readonly (TitlePlace | null)[]> {
    return places.map(({ lo, hi, length }, i) => {
      const token = tokens[i] ?? 0
      const from = this.#findFirst(lo, hi, length, token)
      const to = this.#findFirst(from, hi, length, token + 1)
      return from < to ? { lo: from, hi: to, length: length + 1 } : null
    })
  }

  /** The titles that end here, by their places in the list. */
  listEnds({ lo, hi, length }: TitlePlace): number[] {
    return [...this.#order.subarray(lo, this.#findFirst(lo, hi, length, 0))]
  }

  #allowAfter({ lo, hi, length }: TitlePlace): AllowedNext {
    const tokens: number[] = []
    const counts: number[] = []
    const goingOn = this.#findFirst(lo, hi, length, 0)
    for (let from = goingOn; from < hi; ) {
      const token = this.#tokenAt(from, length)
      const to = this.#findFirst(from, hi, length, token + 1)
      tokens.push(token)
      counts.push(to - from)
      from = to
    }
    return { tokens: Uint32Array.from(tokens), counts: Float64Array.from(counts), endCount: goingOn - lo }
  }

  /** The first of the titles whose token at `depth` is at least `token`; those that end there come before all. */
  #findFirst(lo: number, hi: number, depth: number, token: number): number {
    let [low, high] = [lo, hi]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#tokenAt(middle, depth) < token) low = middle + 1
      else high = middle
    }
    return low
  }

  /** -1 where the title ends. */
  #tokenAt(title: number, depth: number): number {
    const place = this.#starts[title] + depth
    return place < this.#starts[title + 1] ? this.#tokens[place] : -1
  }
}

/** Token by token, a beginning before what goes on. */
function compareTokens(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0)
  return a.length - b.length
}
