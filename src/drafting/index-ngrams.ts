/** How does an index of tokens serve a model of counts? Strings are places in batches of cursors. */

import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { NgramDistribution, NgramIndex, NgramRows } from '../models/ngram/ngram-index.js'
import type { CallOptions, CursorBatch, CursorStart, IndexReader } from '../query/index-reader.js'

export interface IndexRows extends NgramRows {
  readonly batch: CursorBatch
  readonly place: number
}

export class IndexNgrams implements NgramIndex<IndexRows> {
  readonly everything: IndexRows
  readonly #options: CallOptions
  /** Token ids are below it. */
  readonly #vocabulary: number

  private constructor(everything: IndexRows, vocabulary: number, options: CallOptions) {
    this.everything = everything
    this.#vocabulary = vocabulary
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
      throw new OmnigramError(
        'bad-argument',
        `${reader.name} holds bytes; what follows is counted in an index of tokens.`,
      )
    }
    const batch = reader.cursors(1, start)
    const { count } = await batch.cursor(0).next('token', { ...options, limit: 1 })
    const { vocabulary } = reader.manifest.options.tokens ?? {}
    return new IndexNgrams({ count, batch, place: 0 }, vocabulary ?? limits.vocabulary, options)
  }

  /** The strings may come from any earlier batches; one call of the index for all of them. */
  async pushBatch(strings: readonly IndexRows[], tokens: Uint32Array): Promise<readonly IndexRows[]> {
    if (tokens.every((token) => token < this.#vocabulary)) return this.#push(strings, tokens)
    // Models have ids that no tokenizer makes: they occur nowhere.
    const known = [...strings.keys()].filter((i) => (tokens[i] ?? 0) < this.#vocabulary)
    const pushed = await this.#push(
      known.map((i) => strings[i] ?? this.everything),
      Uint32Array.from(known, (i) => tokens[i] ?? 0),
    )
    const answers: IndexRows[] = strings.map((rows) => ({ ...rows, count: 0 }))
    for (const [place, i] of known.entries()) answers[i] = pushed[place] ?? this.everything
    return answers
  }

  async #push(strings: readonly IndexRows[], tokens: Uint32Array): Promise<readonly IndexRows[]> {
    const sources: CursorBatch[] = []
    const members: number[][] = []
    for (let string = 0; string < strings.length; string++) {
      const source = strings[string]?.batch
      if (source === undefined) continue
      let at = sources.lastIndexOf(source)
      if (at < 0) at = sources.push(source) - 1
      members[at] ??= []
      members[at]?.push(string)
    }
    let joined: CursorBatch | null = null
    for (const [at, source] of sources.entries()) {
      const chosen = source.select((members[at] ?? []).map((string) => strings[string]?.place ?? 0))
      joined = joined === null ? chosen : joined.concat(chosen)
    }
    if (joined === null) return []
    const places = members.flat()
    const ordered = new Uint32Array(places.length)
    for (let place = 0; place < places.length; place++) ordered[place] = tokens[places[place] ?? 0] ?? 0
    const pushed = await joined.push(ordered, this.#options)
    const { counts } = pushed
    const answers: IndexRows[] = new Array(strings.length)
    for (let place = 0; place < places.length; place++) {
      answers[places[place] ?? 0] = { count: counts[place] ?? 0, batch: pushed, place }
    }
    return answers
  }

  async next({ batch, place }: IndexRows, limit?: number): Promise<NgramDistribution> {
    const { next } = await batch.cursor(place).next('token', { ...this.#options, limit })
    let endCount = 0
    const tokens = []
    for (const { token, count } of next) {
      if (token === null) endCount = count
      else tokens.push({ token, count })
    }
    return { tokens, endCount }
  }
}
