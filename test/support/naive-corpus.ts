/** How often does a pattern stand in these texts, and in how many of them? By looking at every byte. */

/** Never part of UTF-8, so that no pattern goes over it. */
const separator = Buffer.of(0xff)

export class NaiveCorpus {
  readonly #bytes: Buffer
  /** Offset after each text. */
  readonly #ends: readonly number[]

  constructor(texts: readonly string[]) {
    const pieces = texts.map((text) => Buffer.from(text))
    let end = -1
    this.#ends = pieces.map(({ length }) => {
      end += 1 + length
      return end
    })
    this.#bytes = Buffer.concat(pieces.flatMap((piece) => [piece, separator]))
  }

  has(pattern: Buffer): boolean {
    return this.#bytes.includes(pattern)
  }

  /** Overlapping occurrences, and the texts that hold one. */
  count(pattern: Buffer): { count: number; documents: number } {
    let [count, documents, document, textEnd] = [0, 0, 0, -1]
    for (let at = this.#bytes.indexOf(pattern); at >= 0; at = this.#bytes.indexOf(pattern, at + 1)) {
      count += 1
      if (at < textEnd) continue
      while (this.#ends[document] <= at) document += 1
      textEnd = this.#ends[document]
      documents += 1
    }
    return { count, documents }
  }
}
