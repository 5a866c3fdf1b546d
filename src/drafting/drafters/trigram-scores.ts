/** How promising is a token after two others? Frequencies of the corpus, raised by what the context itself repeats. */
import type { ContinuationNode, ContinuationSource } from '../continuation-source.js'

/** Constants of the released code of ADED (Liu et al. 2024, arXiv:2406.19278). */
const successorsKept = 12
const tokensRaised = 16
const raise = 0.04
const ceiling = 3

/** The score of each token that may follow; they grow while a text is decoded. */
export interface SuccessorScores {
  readonly tokens: number[]
  readonly scores: number[]
}

/**
 * Scores of (a, b) → c: first the share of c among what follows "a b", for the 12 likeliest; then 0.04 more for each trigram of the
 * last 16 tokens at every step, up to 3. Scores of pairs are read from the source once, when they are first asked for.
 */
export class TrigramScores<Node extends ContinuationNode> {
  readonly #source: ContinuationSource<Node>
  /** By the second token of a pair, then by the first. */
  readonly #scores = new Map<number, Map<number, SuccessorScores>>()

  constructor(source: ContinuationSource<Node>) {
    this.#source = source
  }

  /** What was read of a pair before; undefined where it was not. A search asks some hundred times a draft, mostly for the same pairs. */
  find(a: number, b: number): SuccessorScores | undefined {
    return this.#scores.get(b)?.get(a)
  }

  /** Successors of a pair with their scores, likeliest of the corpus first. */
  async list(a: number, b: number): Promise<SuccessorScores> {
    return this.find(a, b) ?? this.#load(a, b)
  }

  /** Raises the trigrams at the end of the context. */
  async raise(context: Uint32Array): Promise<void> {
    const end = context.slice(-tokensRaised)
    for (let i = 2; i < end.length; i++) {
      const { tokens, scores } = await this.list(end[i - 2] ?? 0, end[i - 1] ?? 0)
      const token = end[i] ?? 0
      const known = tokens.indexOf(token)
      const place = known < 0 ? tokens.push(token) - 1 : known
      scores[place] = Math.min(ceiling, (scores[place] ?? 0) + raise)
    }
  }

  async #load(a: number, b: number): Promise<SuccessorScores> {
    const node = (await this.#source.matchEnds(Uint32Array.of(a, b), 2))[1]
    const next = node === undefined ? [] : await this.#source.next(node, successorsKept)
    const loaded = {
      tokens: next.map(({ token }) => token),
      scores: next.map(({ count }) => count / (node?.count ?? 1)),
    }
    const ofSecond = this.#scores.get(b) ?? new Map<number, SuccessorScores>()
    this.#scores.set(b, ofSecond.set(a, loaded))
    return loaded
  }
}
