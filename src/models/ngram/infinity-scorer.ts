/** How likely does an index hold each token of a text? The infinity-gram, smoothed by how common a token is: a model that saw the index. */
import type { TokenScorer } from '../language-model.js'
import { type ContextEnd, GrowingContext } from './growing-context.js'
import { mixProbabilities } from './mixture.js'
import type { NgramIndex, NgramRows } from './ngram-index.js'

export interface InfinityScorerOptions {
  /** What it is called. Default: `infinity-gram`. */
  readonly name?: string
  /** Token ids are below it. */
  readonly vocabulary: number
  /** Share of the infinity-gram; the rest goes to (count of the token + 1) / (tokens + vocabulary). */
  readonly lambda?: number
}

export class InfinityScorer<Rows extends NgramRows> implements TokenScorer {
  readonly name: string
  readonly #index: NgramIndex<Rows>
  readonly #vocabulary: number
  readonly #lambda: number

  constructor(index: NgramIndex<Rows>, { name = 'infinity-gram', vocabulary, lambda = 0.9 }: InfinityScorerOptions) {
    this.name = name
    this.#index = index
    this.#vocabulary = vocabulary
    this.#lambda = lambda
  }

  /** One batch of pushes a token. */
  async scoreTokens(tokens: Uint32Array): Promise<Float64Array> {
    const scores = new Float64Array(tokens.length)
    const context = new GrowingContext(this.#index)
    const total = this.#index.everything.count + this.#vocabulary
    for (const [place, token] of tokens.entries()) {
      const before = context.longest
      await context.push(token)
      const infinity = countEnd(context.ends, before.length + 1) / before.rows.count
      const common = (countEnd(context.ends, 1) + 1) / total
      scores[place] = Math.log(mixProbabilities(this.#lambda, before.rows.count === 0 ? 0 : infinity, common))
    }
    return scores
  }
}

/** Occurrences of the context's end of so many tokens. */
function countEnd<Rows extends NgramRows>(ends: readonly ContextEnd<Rows>[], length: number): number {
  return ends.find((end) => end.minLength <= length && length <= end.length)?.rows.count ?? 0
}
