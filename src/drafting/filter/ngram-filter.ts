/**
 * How likely is a token after the last 1, 2, … tokens, by counting? The n-gram filter of superposed decoding
 * (Shen et al. 2024, arXiv:2405.18400), over an index where it used 14 GB of tables.
 */
import type { NgramIndex, NgramRows } from '../../models/ngram/ngram-index.js'

/** Where the last 0, 1, 2, … tokens of a draft stand; shorter where the draft is shorter or the string occurs nowhere. */
export type NgramHistory<Rows extends NgramRows> = readonly Rows[]

export interface FilterScores<Rows extends NgramRows> {
  /** Σ λₙ · cnt(last n−1 tokens, candidate) / cnt(last n−1 tokens): draft by draft, candidates in order. */
  readonly probabilities: Float64Array
  /** The history of a draft after a candidate. Costs nothing: the counts came from it. */
  follow(draft: number, candidate: number): NgramHistory<Rows>
}

/**
 * Drafts keep the rows of their last tokens, so a step pushes each candidate once from each of them, in one batch; histories that stand
 * in the same places (nested and of equal count) are pushed once.
 */
export class NgramFilter<Rows extends NgramRows> {
  readonly #index: NgramIndex<Rows>
  readonly #orderWeights: readonly number[]

  /** `orderWeights[0]` belongs to bigrams. */
  constructor(index: NgramIndex<Rows>, orderWeights: readonly number[]) {
    this.#index = index
    this.#orderWeights = orderWeights
  }

  /** The history of a prompt. Costs about n²/2 pushes for orders up to n, once. */
  async start(prompt: Uint32Array): Promise<NgramHistory<Rows>> {
    let history: NgramHistory<Rows> = [this.#index.everything]
    for (const token of prompt.slice(-this.#orderWeights.length)) {
      const longer = await this.#index.pushEach(history, [token])
      history = this.#makeHistory(history.length, (order) => longer.rows(order, 0))
    }
    return history
  }

  async score(histories: readonly NgramHistory<Rows>[], candidates: Uint32Array): Promise<FilterScores<Rows>> {
    // Few enough for a search from the start; most are shared by the drafts.
    const strings: Rows[] = []
    const places = histories.map((history) =>
      history.map((rows) => {
        const known = strings.indexOf(rows)
        return known < 0 ? strings.push(rows) - 1 : known
      }),
    )
    const longer = await this.#index.pushEach(strings, candidates)
    const width = candidates.length
    const weights = this.#orderWeights
    const probabilities = new Float64Array(histories.length * width)
    for (let draft = 0; draft < histories.length; draft++) {
      const history = histories[draft] ?? []
      for (let order = 1; order < history.length && order <= weights.length; order++) {
        const string = places[draft]?.[order] ?? 0
        const share = (weights[order - 1] ?? 0) / (history[order]?.count ?? 1)
        for (let candidate = 0; candidate < width; candidate++) {
          probabilities[draft * width + candidate] += share * longer.count(string, candidate)
        }
      }
    }
    return {
      probabilities,
      follow: (draft, candidate) => {
        const known = places[draft] ?? []
        return this.#makeHistory(known.length, (order) => longer.rows(known[order] ?? 0, candidate))
      },
    }
  }

  /** Adds the empty string, cuts where nothing occurs, and makes equal rows one. `longer` gives those of an order. */
  #makeHistory(orders: number, longer: (order: number) => Rows): NgramHistory<Rows> {
    const history = [this.#index.everything]
    for (let order = 0; order < Math.min(orders, this.#orderWeights.length); order++) {
      const rows = longer(order)
      if (rows.count === 0) break
      const shorter = history.at(-1)
      history.push(shorter !== undefined && history.length > 1 && shorter.count === rows.count ? shorter : rows)
    }
    return history
  }
}
