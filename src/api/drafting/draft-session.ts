/** Where does a context end in an index, while it grows? */
import { IndexContinuations } from '../../drafting/index-continuations.js'
import { IndexNgrams } from '../../drafting/index-ngrams.js'
import type { IndexReader, NextSymbols } from '../../query/index-reader.js'
import type { CurrentCall } from './draft-sessions.js'

/** Tokens that a context is followed; a text that repeats itself has an end to follow for each of them. */
const maxFollowedTokens = 1_024

export interface NextAfterEnd extends NextSymbols {
  /** Tokens of the end that was used. */
  readonly suffixLength: number
}

/** What an index says after the contexts of one decoder. */
export class DraftSession {
  readonly #index: IndexNgrams
  readonly #call: CurrentCall
  #source: IndexContinuations
  /** Tokens of the context when it was first followed, and when it was asked for last. */
  #firstLength = 0
  #lastLength = 0

  private constructor(index: IndexNgrams, call: CurrentCall) {
    this.#index = index
    this.#call = call
    this.#source = new IndexContinuations(index, call)
  }

  static async begin(reader: IndexReader, signal: AbortSignal): Promise<DraftSession> {
    const call: CurrentCall = { signal }
    return new DraftSession(await IndexNgrams.open(reader, call), call)
  }

  /** Another decoder on the same index. */
  fork(): DraftSession {
    return new DraftSession(this.#index, this.#call)
  }

  /** The index for this context; it is followed from before where that is cheaper than reading its end anew. */
  follow(context: Uint32Array, maxMatch: number, signal: AbortSignal): IndexContinuations {
    this.#call.signal = signal
    const added = context.length - this.#lastLength
    if (added < 0 || added > maxMatch || context.length - this.#firstLength > maxFollowedTokens) {
      this.#source = new IndexContinuations(this.#index, this.#call)
      this.#firstLength = context.length
    }
    this.#lastLength = context.length
    return this.#source
  }

  /** What follows the longest end of the context, of `maxMatch` tokens at most, that occurs: the most frequent entries. */
  async listNext(context: Uint32Array, maxMatch: number, limit: number, signal: AbortSignal): Promise<NextAfterEnd> {
    const ends = await this.follow(context, maxMatch, signal).matchEnds(context, maxMatch)
    const { batch, place } = ends.at(-1) ?? this.#index.everything
    return { suffixLength: ends.length, ...(await batch.cursor(place).next('token', { ...this.#call, limit })) }
  }
}
