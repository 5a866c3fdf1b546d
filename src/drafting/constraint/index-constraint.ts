/**
 * Which texts occur in an index? Generation is kept to strings of the corpus (Bevilacqua et al. 2022, arXiv:2204.10628), or, from the
 * start of documents, to whole documents: an index of titles, each a document, is a list of titles of any size.
 */
import type { NgramIndex, NgramRows } from '../../models/ngram/ngram-index.js'
import type { AllowedNext, Constraint } from './constraint.js'

/** The rows of ends of the text, shorter ones first; the last one is what has to occur. */
export type IndexPlace<Rows extends NgramRows> = readonly Rows[]

/**
 * The text as a whole has to occur; with a window only its last tokens and the next one do. Where the text ends, a document ends.
 * A step costs a push, with a window of w tokens w + 1 of them in one batch, and a distribution.
 */
export class IndexConstraint<Rows extends NgramRows> implements Constraint<IndexPlace<Rows>> {
  readonly start: IndexPlace<Rows>
  readonly #index: NgramIndex<Rows>
  readonly #window: number | null

  /** `window`: tokens, at least one. */
  constructor(index: NgramIndex<Rows>, window: number | null = null) {
    this.#index = index
    this.#window = window
    this.start = [index.everything]
  }

  async allow(places: readonly IndexPlace<Rows>[]): Promise<readonly AllowedNext[]> {
    const allowed: AllowedNext[] = []
    for (const place of places) allowed.push(await this.#allowAfter(place.at(-1) ?? this.#index.everything))
    return allowed
  }

  async advance(
    places: readonly IndexPlace<Rows>[],
    tokens: Uint32Array,
  ): Promise<readonly (IndexPlace<Rows> | null)[]> {
    return Promise.all(places.map((place, i) => this.#advanceOne(place, tokens[i] ?? 0)))
  }

  async #advanceOne(place: IndexPlace<Rows>, token: number): Promise<IndexPlace<Rows> | null> {
    const pushed = await this.#index.pushEach(place, [token])
    const longer = place.map((_, i) => pushed.rows(i, 0))
    return longer.at(-1)?.count ? this.#cutToWindow(longer) : null
  }

  #cutToWindow(longer: readonly Rows[]): IndexPlace<Rows> {
    return this.#window === null ? longer : [this.#index.everything, ...longer].slice(0, this.#window + 1)
  }

  async #allowAfter(rows: Rows): Promise<AllowedNext> {
    const { tokens, endCount } = await this.#index.next(rows)
    const ascending = [...tokens].sort((a, b) => a.token - b.token)
    return {
      tokens: Uint32Array.from(ascending, ({ token }) => token),
      counts: Float64Array.from(ascending, ({ count }) => count),
      endCount,
    }
  }
}
