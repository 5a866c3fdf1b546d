/** How does an index of tokens serve a model of counts? Strings are places in batches of cursors. */

import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { LongerStrings, NgramDistribution, NgramIndex, NgramRows } from '../models/ngram/ngram-index.js'
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
  async pushEach(strings: readonly IndexRows[], tokens: ArrayLike<number>): Promise<LongerStrings<IndexRows>> {
    const [joined, places] = joinBatches(strings)
    // Models have ids that no tokenizer makes: they occur nowhere.
    const known = Uint32Array.from(tokens).filter((token) => token < this.#vocabulary)
    const batch = joined === null ? null : await joined.pushEach(known, this.#options)
    const counts = batch?.counts ?? new Float64Array()
    const columns = new Int32Array(tokens.length)
    for (let token = 0, column = 0; token < tokens.length; token++) {
      columns[token] = (tokens[token] ?? 0) < this.#vocabulary ? column++ : -1
    }
    // The same object for the same place: so drafts that share a history share its pushes.
    const made = new Map<number, IndexRows>()
    const find = (string: number, token: number) => {
      const column = columns[token] ?? -1
      return column < 0 ? -1 : (places[string] ?? 0) * known.length + column
    }
    return {
      count: (string, token) => counts[find(string, token)] ?? 0,
      rows: (string, token) => {
        const place = find(string, token)
        if (batch === null || place < 0) return { ...(strings[string] ?? this.everything), count: 0 }
        const rows = made.get(place) ?? { count: counts[place] ?? 0, batch, place }
        made.set(place, rows)
        return rows
      },
    }
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

/** One batch of the places of all strings, and where each is in it. */
function joinBatches(strings: readonly IndexRows[]): [CursorBatch | null, Int32Array] {
  const batches: CursorBatch[] = []
  for (const { batch } of strings) if (!batches.includes(batch)) batches.push(batch)
  const joinedPlaces = new Int32Array(strings.length)
  let joined: CursorBatch | null = null
  let size = 0
  for (const batch of batches) {
    const places: number[] = []
    for (let string = 0; string < strings.length; string++) {
      const rows = strings[string]
      if (rows?.batch !== batch) continue
      joinedPlaces[string] = size++
      places.push(rows.place)
    }
    const isWhole = places.length === 1 && batch.size === 1
    const chosen = isWhole ? batch : batch.select(places)
    joined = joined === null ? chosen : joined.concat(chosen)
  }
  return [joined, joinedPlaces]
}
