/** How often do tokens follow each other in a corpus of millions? Found by looking at every place of the first one. */

/** Stands after each document. */
const border = 2 ** 32 - 1

type NextCounts = readonly (readonly [token: number | null, count: number])[]

export class NaiveTokenText {
  /** All documents, one after the other. */
  readonly #text: Uint32Array
  /** The document of each place. */
  readonly #documentOf: Uint32Array
  readonly #places = new Map<number, number[]>()
  #all: NextCounts | null = null

  constructor(readonly documents: readonly Uint32Array[]) {
    const length = documents.reduce((sum, tokens) => sum + tokens.length + 1, 0)
    this.#text = new Uint32Array(length)
    this.#documentOf = new Uint32Array(length)
    let start = 0
    for (const [document, tokens] of documents.entries()) {
      const end = start + tokens.length
      this.#text.set(tokens, start)
      this.#text[end] = border
      this.#documentOf.fill(document, start, end + 1)
      start = end + 1
    }
    for (let place = 0; place < length; place++) {
      const places = this.#places.get(this.#text[place])
      if (places) places.push(place)
      else this.#places.set(this.#text[place], [place])
    }
  }

  /** Overlapping occurrences, and the documents that hold one. Of the empty pattern, all tokens. */
  count(pattern: Uint32Array): { count: number; documents: number } {
    if (pattern.length === 0) {
      return { count: this.#text.length - this.documents.length, documents: this.documents.length }
    }
    const places = this.#find(pattern)
    return { count: places.length, documents: new Set(places.map((place) => this.#documentOf[place])).size }
  }

  /** Id, or null for the end of a document, and how often: most frequent first, then by id, the end last among equals. */
  next(pattern: Uint32Array): NextCounts {
    if (pattern.length > 0) return sortCounts(this.#find(pattern).map((place) => this.#text[place + pattern.length]))
    this.#all ??= sortCounts(this.#text)
    return this.#all
  }

  #find(pattern: Uint32Array): number[] {
    return (this.#places.get(pattern[0]) ?? []).filter((place) => {
      for (let at = 1; at < pattern.length; at++) if (this.#text[place + at] !== pattern[at]) return false
      return true
    })
  }
}

function sortCounts(tokens: Iterable<number>): NextCounts {
  const counts = new Map<number, number>()
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || a - b)
    .map(([token, count]) => [token === border ? null : token, count] as const)
}
