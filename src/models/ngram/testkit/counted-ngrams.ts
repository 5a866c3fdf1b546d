/** An index of n-grams that a test fills by hand, or counts from documents. */
import type { LongerStrings, NgramDistribution, NgramIndex, NgramRows } from '../ngram-index.js'

export interface CountedRows extends NgramRows {
  readonly tokens: readonly number[]
}

export class CountedNgrams implements NgramIndex<CountedRows> {
  readonly everything: CountedRows
  readonly #count: (tokens: readonly number[]) => number
  readonly #vocabulary: number
  /** Strings asked for so far. */
  pushes = 0

  constructor(count: (tokens: readonly number[]) => number, vocabulary = 0) {
    this.#count = count
    this.#vocabulary = vocabulary
    this.everything = { tokens: [], count: count([]) }
  }

  static fromDocuments(documents: readonly (readonly number[])[]): CountedNgrams {
    return new CountedNgrams((tokens) => countIn(documents, tokens), Math.max(0, ...documents.flat()) + 1)
  }

  async pushEach(strings: readonly CountedRows[], tokens: ArrayLike<number>): Promise<LongerStrings<CountedRows>> {
    this.pushes += strings.length * tokens.length
    const rows = (string: number, token: number) => {
      const longer = [...(strings[string]?.tokens ?? []), tokens[token] ?? 0]
      return { tokens: longer, count: this.#count(longer) }
    }
    return { rows, count: (string, token) => rows(string, token).count }
  }

  async next({ tokens, count }: CountedRows): Promise<NgramDistribution> {
    const following = Array.from({ length: this.#vocabulary }, (_, token) => ({
      token,
      count: this.#count([...tokens, token]),
    }))
    const present = following.filter((next) => next.count > 0).sort((a, b) => b.count - a.count || a.token - b.token)
    return { tokens: present, endCount: count - present.reduce((sum, next) => sum + next.count, 0) }
  }
}

/** The empty string stands before every token and at the end of every document. */
function countIn(documents: readonly (readonly number[])[], tokens: readonly number[]): number {
  let count = 0
  for (const document of documents) {
    for (let start = 0; start + tokens.length <= document.length; start++) {
      if (tokens.every((token, i) => document[start + i] === token)) count++
    }
  }
  return count
}
