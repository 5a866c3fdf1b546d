/** How does an index of tokens serve a model of counts? Strings are places in batches of cursors. */

import { OmnigramError } from '../core/errors.js'
import type { NgramDistribution, NgramIndex, NgramRows } from '../models/ngram/ngram-index.js'
import type { CallOptions, CursorBatch, CursorStart, IndexReader } from '../query/index-reader.js'

export interface IndexRows extends NgramRows {
  readonly batch: CursorBatch
  readonly place: number
}

export class IndexNgrams implements NgramIndex<IndexRows> {
  readonly everything: IndexRows
  readonly #options: CallOptions

  private constructor(everything: IndexRows, options: CallOptions) {
    this.everything = everything
    this.#options = options
  }

  /**
   * With the start of documents as `start`, strings stand there alone, and the empty one once a document. Throws `bad-argument` for an
   * index of bytes.
   */
  static async open(
    reader: IndexReader,
    options: CallOptions = {},
    start: CursorStart = 'anywhere',
  ): Promise<IndexNgrams> {
    if (reader.manifest.symbols !== 'tokens') {
      throw new OmnigramError('bad-argument', `${reader.name} holds bytes; drafting needs an index of tokens.`)
    }
    const batch = reader.cursors(1, start)
    const { count } = await batch.cursor(0).next('token', { ...options, limit: 1 })
    return new IndexNgrams({ count, batch, place: 0 }, options)
  }

  /** The strings may come from any earlier batches; one call of the index for all of them. */
  async pushBatch(strings: readonly IndexRows[], tokens: Uint32Array): Promise<readonly IndexRows[]> {
    if (strings.length === 0) return []
    const sources = [...new Set(strings.map(({ batch }) => batch))]
    const order = sources.map((source) => [...strings.keys()].filter((i) => strings[i]?.batch === source))
    const [first, ...rest] = sources.map((source, i) =>
      source.select((order[i] ?? []).map((string) => strings[string]?.place ?? 0)),
    )
    if (first === undefined) return []
    const joined = rest.reduce((batch, other) => batch.concat(other), first)
    const places = order.flat()
    const pushed = await joined.push(
      Uint32Array.from(places, (string) => tokens[string] ?? 0),
      this.#options,
    )
    const { counts } = pushed
    const answers: IndexRows[] = new Array(strings.length)
    for (const [place, string] of places.entries())
      answers[string] = { count: counts[place] ?? 0, batch: pushed, place }
    return answers
  }

  async next({ batch, place }: IndexRows): Promise<NgramDistribution> {
    const { next } = await batch.cursor(place).next('token', this.#options)
    let endCount = 0
    const tokens = []
    for (const { token, count } of next) {
      if (token === null) endCount = count
      else tokens.push({ token, count })
    }
    return { tokens, endCount }
  }
}
