/**
 * Which k drafts does one stream of a model give? Superposed decoding (Shen et al. 2024, arXiv:2405.18400): the model reads a weighted
 * mean of the drafts' last tokens, and the n-gram filter says which token belongs to which draft.
 */

import type { Uniform } from '../../core/seed-uniform.js'
import type { NgramRows } from '../../models/ngram/ngram-index.js'
import type { SuperposedOptions } from './filter-options.js'
import { type ModelCandidates, pickCandidates } from './model-scores.js'
import type { FilterScores, NgramFilter, NgramHistory } from './ngram-filter.js'

export interface SuperposedDraft {
  readonly tokens: readonly number[]
  /** Sum of the joined log scores. */
  readonly score: number
}

interface LiveDraft<Rows extends NgramRows> extends SuperposedDraft {
  readonly history: NgramHistory<Rows>
}

/** What the model reads next: the tokens and their weights, which sum to one. */
export interface Mixture {
  readonly tokens: Uint32Array
  readonly weights: Float64Array
}

export class SuperposedSearch<Rows extends NgramRows> {
  readonly #filter: NgramFilter<Rows>
  readonly #options: SuperposedOptions
  #live: readonly LiveDraft<Rows>[]
  #finished: readonly SuperposedDraft[] = []
  #isFirst = true

  private constructor(filter: NgramFilter<Rows>, options: SuperposedOptions, history: NgramHistory<Rows>) {
    this.#filter = filter
    this.#options = options
    this.#live = [{ tokens: [], score: 0, history }]
  }

  static async start<Rows extends NgramRows>(
    filter: NgramFilter<Rows>,
    options: SuperposedOptions,
    prompt: Uint32Array,
  ): Promise<SuperposedSearch<Rows>> {
    return new SuperposedSearch(filter, options, await filter.start(prompt))
  }

  /** Whether every draft has ended. */
  get isFinished(): boolean {
    return this.#live.length === 0
  }

  /** γ: the drafts' last tokens by exp(score), equal tokens together. Empty before the first step and when all has ended. */
  get mixture(): Mixture {
    const weights = new Map<number, number>()
    for (const [i, weight] of this.#weighDrafts().entries()) {
      const token = this.#live[i]?.tokens.at(-1)
      if (token !== undefined) weights.set(token, (weights.get(token) ?? 0) + weight)
    }
    return { tokens: Uint32Array.from(weights.keys()), weights: Float64Array.from(weights.values()) }
  }

  /** The best k drafts, live or finished, best first. */
  get best(): SuperposedDraft[] {
    return [...this.#live, ...this.#finished]
      .map(({ tokens, score }) => ({ tokens, score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, this.#options.drafts)
  }

  /** One token more for every live draft, from the model's logits for the mixture (for the prompt at the first step). */
  async advance(logits: ArrayLike<number>): Promise<void> {
    const { drafts, candidates, temperature, firstStep } = this.#options
    const isByModel = this.#isFirst && firstStep === 'model'
    const picked = isByModel
      ? pickCandidates(logits, temperature, drafts, false)
      : pickCandidates(logits, temperature, candidates, !this.#isFirst)
    this.#isFirst = false
    const filtered = await this.#filter.score(
      this.#live.map(({ history }) => history),
      picked.tokens,
    )
    const scored = isByModel ? this.#scoreByModel(picked) : this.#scoreJointly(picked, filtered)
    this.#keepBest(scored, picked, filtered)
  }

  /**
   * Goes on from one draft alone, chosen by its weight: superposition holds for about ten tokens, so that long texts restart now
   * and then. Finished drafts stay.
   */
  reset(uniform: Uniform): void {
    let left = uniform()
    const weights = this.#weighDrafts()
    const chosen = weights.findIndex((weight) => {
      left -= weight
      return left < 0
    })
    this.#live = this.#live.slice(chosen).slice(0, 1)
  }

  #scoreByModel({ logProbabilities }: ModelCandidates): Float64Array {
    return Float64Array.from(logProbabilities)
  }

  #scoreJointly({ logProbabilities }: ModelCandidates, { probabilities }: FilterScores<Rows>): Float64Array {
    const width = logProbabilities.length
    const scores = new Float64Array(this.#live.length * width)
    for (const [draft, { score }] of this.#live.entries()) {
      const counted = probabilities.subarray(draft * width, (draft + 1) * width)
      const joined = joinScores(this.#options, logProbabilities, counted)
      for (const [candidate, log] of joined.entries()) scores[draft * width + candidate] = score + log
    }
    return scores
  }

  #keepBest(scores: Float64Array, { tokens }: ModelCandidates, filtered: FilterScores<Rows>): void {
    const { drafts, endToken } = this.#options
    const width = tokens.length
    const ranked = Array.from(scores.keys())
      .filter((place) => scores[place] !== Number.NEGATIVE_INFINITY)
      .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
      .slice(0, endToken === null ? drafts : 2 * drafts)
      .map((place) => {
        const [parent, candidate] = [Math.floor(place / width), place % width]
        const token = tokens[candidate] ?? 0
        return { parent, candidate, token, score: scores[place] ?? 0 }
      })
    const extend = ({ parent, token }: { parent: number; token: number }) => [
      ...(this.#live[parent]?.tokens ?? []),
      token,
    ]
    const ended = ranked.filter(({ token }) => token === endToken)
    const going = ranked.filter(({ token }) => token !== endToken).slice(0, drafts)
    this.#finished = [...this.#finished, ...ended.map((end) => ({ tokens: extend(end), score: end.score }))]
      .sort((a, b) => b.score - a.score)
      .slice(0, drafts)
    this.#live = going.map((draft) => ({
      tokens: extend(draft),
      score: draft.score,
      history: filtered.follow(draft.parent, draft.candidate),
    }))
  }

  #weighDrafts(): number[] {
    const largest = Math.max(...this.#live.map(({ score }) => score))
    const weights = this.#live.map(({ score }) => Math.exp(score - largest))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return weights.map((weight) => weight / total)
  }
}

/**
 * log p_f of the candidates of one draft: (1 − α)·log p_θ + α·log p_ng, not renormalised. A draft none of whose candidates was counted
 * keeps the model's part and loses the penalty; a single candidate without a count, where others have one, is impossible.
 */
export function joinScores(
  { smoothing, alpha, penalty }: Pick<SuperposedOptions, 'smoothing' | 'alpha' | 'penalty'>,
  logProbabilities: ArrayLike<number>,
  counted: ArrayLike<number>,
): Float64Array {
  const isCounted = Array.from(counted).some((probability) => probability > 0)
  return Float64Array.from(logProbabilities, (log, candidate) => {
    if (smoothing === 'none') return log
    const ngram = isCounted ? Math.log(counted[candidate] ?? 0) : null
    if (smoothing === 'ngram-only') return ngram ?? -penalty
    return ngram === null ? (1 - alpha) * log - penalty : (1 - alpha) * log + alpha * ngram
  })
}

/** Perplexity of a draft by its own score, as it is published: exp(−score / tokens). */
export function measureDraft({ tokens, score }: SuperposedDraft): number {
  return Math.exp(-score / tokens.length)
}
