/** What would an index count without one of its documents? Its own counts less those of the document: exact leave-one-out. */
import type { LongerStrings, NgramDistribution, NgramIndex, NgramRows } from '../../models/ngram/ngram-index.js'

/** Where a string ends in one document. */
export interface DocumentRows extends NgramRows {
  /** Offsets after the string. */
  readonly ends: readonly number[]
}

/** The n-grams of one document. Memory: 8 bytes a token; a push costs the occurrences of the string. */
export class DocumentNgrams implements NgramIndex<DocumentRows> {
  readonly everything: DocumentRows
  readonly #tokens: Uint32Array
  /** Offsets after each token. */
  readonly #ends = new Map<number, number[]>()

  constructor(tokens: Uint32Array) {
    this.#tokens = tokens
    for (const [i, token] of tokens.entries()) {
      const ends = this.#ends.get(token)
      if (ends === undefined) this.#ends.set(token, [i + 1])
      else ends.push(i + 1)
    }
    this.everything = { ends: Array.from({ length: tokens.length + 1 }, (_, i) => i), count: tokens.length + 1 }
  }

  async pushEach(strings: readonly DocumentRows[], tokens: ArrayLike<number>): Promise<LongerStrings<DocumentRows>> {
    const longer = strings.map((string) => Array.from(tokens, (token) => this.#push(string, token)))
    const rows = (string: number, token: number) => longer[string]?.[token] ?? { ends: [], count: 0 }
    return { rows, count: (string, token) => rows(string, token).count }
  }

  async next({ ends }: DocumentRows): Promise<NgramDistribution> {
    const counts = new Map<number, number>()
    let endCount = 0
    for (const end of ends) {
      const token = this.#tokens[end]
      if (token === undefined) endCount++
      else counts.set(token, (counts.get(token) ?? 0) + 1)
    }
    return { tokens: sortNext([...counts].map(([token, count]) => ({ token, count }))), endCount }
  }

  #push(string: DocumentRows, token: number): DocumentRows {
    const longer =
      string === this.everything
        ? (this.#ends.get(token) ?? [])
        : string.ends.filter((end) => this.#tokens[end] === token).map((end) => end + 1)
    return { ends: longer, count: longer.length }
  }
}

export interface ReducedRows<Rows extends NgramRows> extends NgramRows {
  readonly rows: Rows
  readonly left: DocumentRows
}

/** The index without the document, which must be one of its own, ends included. A step costs that of both. */
export class ReducedNgrams<Rows extends NgramRows> implements NgramIndex<ReducedRows<Rows>> {
  readonly everything: ReducedRows<Rows>
  readonly #index: NgramIndex<Rows>
  readonly #document: DocumentNgrams

  constructor(index: NgramIndex<Rows>, document: Uint32Array) {
    this.#index = index
    this.#document = new DocumentNgrams(document)
    this.everything = reduce(index.everything, this.#document.everything)
  }

  async pushEach(
    strings: readonly ReducedRows<Rows>[],
    tokens: ArrayLike<number>,
  ): Promise<LongerStrings<ReducedRows<Rows>>> {
    const whole = await this.#index.pushEach(
      strings.map(({ rows }) => rows),
      tokens,
    )
    const own = await this.#document.pushEach(
      strings.map(({ left }) => left),
      tokens,
    )
    return {
      count: (string, token) => whole.count(string, token) - own.count(string, token),
      rows: (string, token) => reduce(whole.rows(string, token), own.rows(string, token)),
    }
  }

  async next({ rows, left }: ReducedRows<Rows>): Promise<NgramDistribution> {
    const [whole, own] = [await this.#index.next(rows), await this.#document.next(left)]
    const taken = new Map(own.tokens.map(({ token, count }) => [token, count]))
    const tokens = whole.tokens
      .map(({ token, count }) => ({ token, count: count - (taken.get(token) ?? 0) }))
      .filter(({ count }) => count > 0)
    return { tokens: sortNext(tokens), endCount: whole.endCount - own.endCount }
  }
}

function reduce<Rows extends NgramRows>(rows: Rows, left: DocumentRows): ReducedRows<Rows> {
  return { rows, left, count: rows.count - left.count }
}

function sortNext(next: { token: number; count: number }[]) {
  return next.sort((a, b) => b.count - a.count || a.token - b.token)
}
