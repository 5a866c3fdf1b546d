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
      const longer = await this.#index.pushBatch(history, new Uint32Array(history.length).fill(token))
      history = this.#makeHistory(longer)
    }
    return history
  }

  async score(histories: readonly NgramHistory<Rows>[], candidates: Uint32Array): Promise<FilterScores<Rows>> {
    const places = new Map<Rows, number>()
    for (const history of histories) {
      for (const rows of history) if (!places.has(rows)) places.set(rows, places.size * candidates.length)
    }
    const strings: Rows[] = []
    const tokens = new Uint32Array(places.size * candidates.length)
    for (const [rows, place] of places) {
      for (const [i, token] of candidates.entries()) {
        strings.push(rows)
        tokens[place + i] = token
      }
    }
    const pushed = await this.#index.pushBatch(strings, tokens)
    const find = (rows: Rows, candidate: number) => pushed[(places.get(rows) ?? 0) + candidate]
    const probabilities = new Float64Array(histories.length * candidates.length)
    for (const [draft, history] of histories.entries()) {
      for (const [candidate] of candidates.entries()) {
        let probability = 0
        for (const [i, weight] of this.#orderWeights.entries()) {
          const rows = history[i + 1]
          if (rows === undefined) break
          probability += (weight * (find(rows, candidate)?.count ?? 0)) / rows.count
        }
        probabilities[draft * candidates.length + candidate] = probability
      }
    }
    return {
      probabilities,
      follow: (draft, candidate) =>
        this.#makeHistory((histories[draft] ?? []).map((rows) => find(rows, candidate) ?? rows)),
    }
  }

  /** Adds the empty string, cuts where nothing occurs, and makes equal rows one. */
  #makeHistory(longer: readonly Rows[]): NgramHistory<Rows> {
    const history = [this.#index.everything]
    for (const rows of longer.slice(0, this.#orderWeights.length)) {
      if (rows.count === 0) break
      const shorter = history.at(-1)
      history.push(shorter !== undefined && history.length > 1 && shorter.count === rows.count ? shorter : rows)
    }
    return history
  }
}
