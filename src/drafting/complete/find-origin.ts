/** Where do tokens that were just accepted stand: in which document, how often, or where in the text itself? */
import { GrowingContext } from '../../models/ngram/growing-context.js'
import type { CallOptions, IndexReader } from '../../query/index-reader.js'
import type { DraftSource } from '../drafter.js'
import type { IndexNgrams, IndexRows } from '../index-ngrams.js'
import type { OriginDocument, TokenOrigin } from './completion.js'

/** Tokens of the prompt that are followed. */
const promptTokens = 64

/** Tokens of context on each side of the match. */
const snippetTokens = 12

/** Follows a text in the index: a token costs a few pushes, an origin one locate. */
export class OriginFinder {
  readonly #reader: IndexReader
  readonly #options: CallOptions
  readonly #context: GrowingContext<IndexRows>
  readonly #text: number[]

  private constructor(reader: IndexReader, index: IndexNgrams, prompt: Uint32Array, options: CallOptions) {
    this.#reader = reader
    this.#options = options
    this.#context = new GrowingContext(index)
    this.#text = [...prompt]
  }

  static async start(
    reader: IndexReader,
    index: IndexNgrams,
    prompt: Uint32Array,
    options: CallOptions,
  ): Promise<OriginFinder> {
    const finder = new OriginFinder(reader, index, prompt, options)
    for (const token of prompt.slice(-promptTokens)) await finder.#context.push(token)
    return finder
  }

  /**
   * The origin of the first `accepted` of the tokens, and the text goes on by all of them. Of the corpus it is the longest end of
   * the text that stands there: what was retrieved, as no longer end than that of the draft occurs.
   */
  async follow(
    tokens: readonly number[],
    accepted: number,
    source: DraftSource | undefined,
  ): Promise<TokenOrigin | null> {
    let origin: TokenOrigin | null = null
    for (const [i, token] of tokens.entries()) {
      await this.#context.push(token)
      this.#text.push(token)
      if (i + 1 === accepted && source !== undefined) origin = await this.#describe(source, accepted)
    }
    return origin
  }

  async #describe({ drafter, origin: from }: DraftSource, accepted: number): Promise<TokenOrigin> {
    const unknown = { drafter, from, matchTokens: 0, count: null, document: null, textOffset: null }
    if (from === 'model') return unknown
    if (from === 'text') {
      const place = findEarlier(this.#text, accepted)
      return place === null ? unknown : { ...unknown, ...place }
    }
    const { rows, length } = this.#context.longest
    if (length < accepted) return unknown
    return { ...unknown, matchTokens: length, count: rows.count, document: await this.#locate(rows, length) }
  }

  async #locate({ batch, place }: IndexRows, length: number): Promise<OriginDocument> {
    const match = batch.cursor(place).toMatch()
    // Ends of several lengths share their rows: the longest one is meant.
    const ranges = match.ranges.map((range) => ({ ...range, length }))
    const options = { ...this.#options, context: snippetTokens, unit: 'token' } as const
    const { document, startOffset, endOffset, snippet } = await this.#reader.occurrence(
      { ...match, ranges },
      0,
      options,
    )
    const part = this.#reader.parts.find(({ name }) => name === document.index)
    return {
      index: document.index,
      document: document.document - (part?.firstDocument ?? 0),
      externalId: document.externalId,
      startOffset,
      endOffset,
      snippet: { text: snippet.text, matchStart: snippet.matchStart, matchEnd: snippet.matchEnd },
    }
  }
}

/** The longest end of the text that stands earlier in it, at least the accepted tokens; the earliest of such places. */
function findEarlier(text: readonly number[], accepted: number): { matchTokens: number; textOffset: number } | null {
  let best: { matchTokens: number; textOffset: number } | null = null
  for (let end = 1; end < text.length; end++) {
    let matchTokens = 0
    while (matchTokens < end && text[end - 1 - matchTokens] === text[text.length - 1 - matchTokens]) matchTokens++
    if (matchTokens >= accepted && matchTokens > (best?.matchTokens ?? 0)) {
      best = { matchTokens, textOffset: end - matchTokens }
    }
  }
  return best
}
