/** An index of n-grams that a test fills by hand, or counts from documents. */
import type { NgramIndex, NgramRows } from '../filter/ngram-index.js'

export interface CountedRows extends NgramRows {
  readonly tokens: readonly number[]
}

export class CountedNgrams implements NgramIndex<CountedRows> {
  readonly everything: CountedRows
  readonly #count: (tokens: readonly number[]) => number
  /** Strings asked for so far. */
  pushes = 0

  constructor(count: (tokens: readonly number[]) => number) {
    this.#count = count
    this.everything = { tokens: [], count: count([]) }
  }

  static fromDocuments(documents: readonly (readonly number[])[]): CountedNgrams {
    return new CountedNgrams((tokens) => {
      let count = 0
      for (const document of documents) {
        for (let start = 0; start + tokens.length <= document.length; start++) {
          if (tokens.every((token, i) => document[start + i] === token)) count++
        }
      }
      return count
    })
  }

  async pushBatch(strings: readonly CountedRows[], tokens: Uint32Array): Promise<CountedRows[]> {
    this.pushes += strings.length
    return strings.map((string, i) => {
      const longer = [...string.tokens, tokens[i] ?? 0]
      return { tokens: longer, count: this.#count(longer) }
    })
  }
}
