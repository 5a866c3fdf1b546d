/** How promising is a token after two others? Frequencies of the corpus, raised by what the context itself repeats. */
import type { ContinuationNode, ContinuationSource } from '../continuation-source.js'

/** Constants of the released code of ADED (Liu et al. 2024, arXiv:2406.19278). */
const successorsKept = 12
const tokensRaised = 16
const raise = 0.04
const ceiling = 3

/**
 * Scores of (a, b) → c: first the share of c among what follows "a b", for the 12 likeliest; then 0.04 more for each trigram of the
 * last 16 tokens at every step, up to 3. Scores of pairs are read from the source once, when they are first asked for.
 */
export class TrigramScores<Node extends ContinuationNode> {
  readonly #source: ContinuationSource<Node>
  readonly #scores = new Map<string, Map<number, number>>()

  constructor(source: ContinuationSource<Node>) {
    this.#source = source
  }

  /** Successors of a pair with their scores, likeliest of the corpus first. */
  async list(a: number, b: number): Promise<ReadonlyMap<number, number>> {
    return this.#load(a, b)
  }

  /** Raises the trigrams at the end of the context. */
  async raise(context: Uint32Array): Promise<void> {
    const end = context.slice(-tokensRaised)
    for (let i = 2; i < end.length; i++) {
      const scores = await this.#load(end[i - 2] ?? 0, end[i - 1] ?? 0)
      const token = end[i] ?? 0
      scores.set(token, Math.min(ceiling, (scores.get(token) ?? 0) + raise))
    }
  }

  async #load(a: number, b: number): Promise<Map<number, number>> {
    const key = `${a},${b}`
    const known = this.#scores.get(key)
    if (known !== undefined) return known
    const node = (await this.#source.matchEnds(Uint32Array.of(a, b), 2))[1]
    const next = node === undefined ? [] : await this.#source.next(node, successorsKept)
    const scores = new Map(next.map(({ token, count }) => [token, count / (node?.count ?? 1)]))
    this.#scores.set(key, scores)
    return scores
  }
}
