/** Which histories does the next step of a decoder need? Those of the drafts and candidates of the step before. */

import { type FilterScores, NgramFilter, type NgramHistory } from '../../drafting/filter/ngram-filter.js'
import { IndexNgrams, type IndexRows } from '../../drafting/index-ngrams.js'
import type { IndexReader } from '../../query/index-reader.js'
import type { CurrentCall } from './draft-sessions.js'

/** The last step: its drafts, and what is known after each candidate. */
interface Step {
  readonly places: ReadonlyMap<string, number>
  readonly candidates: ReadonlyMap<number, number>
  readonly scores: FilterScores<IndexRows>
}

/** Cursors of a step beyond which it is not worth the memory. */
const maxCursorsKept = 4_096

/** The n-gram filter over the steps of one decoder; any drafts may be asked for at any time. */
export class FilterSession {
  readonly #index: IndexNgrams
  readonly #call: CurrentCall
  #step: Step | null = null
  #cursorCount = 0

  private constructor(index: IndexNgrams, call: CurrentCall) {
    this.#index = index
    this.#call = call
  }

  static async begin(reader: IndexReader, signal: AbortSignal): Promise<FilterSession> {
    const call: CurrentCall = { signal }
    return new FilterSession(await IndexNgrams.open(reader, call), call)
  }

  /** Whether the last step is small enough to be kept. */
  get isSmall(): boolean {
    return this.#cursorCount <= maxCursorsKept
  }

  /** Probabilities by counting: draft by draft, candidates in order. */
  async score(
    drafts: readonly Uint32Array[],
    candidates: Uint32Array,
    orderWeights: readonly number[],
    signal: AbortSignal,
  ): Promise<Float64Array> {
    this.#call.signal = signal
    const filter = new NgramFilter(this.#index, orderWeights)
    const histories = await Promise.all(drafts.map((draft) => this.#findHistory(filter, draft, orderWeights.length)))
    const scores = await filter.score(histories, candidates)
    this.#step = {
      places: new Map(drafts.map((draft, place) => [nameEnd(draft, orderWeights.length), place])),
      candidates: new Map([...candidates].map((token, place) => [token, place])),
      scores,
    }
    this.#cursorCount = new Set(histories.flat()).size * candidates.length
    return scores.probabilities
  }

  /** A history depends on the last tokens alone, so a draft that begins otherwise may share it. */
  async #findHistory(
    filter: NgramFilter<IndexRows>,
    draft: Uint32Array,
    tokens: number,
  ): Promise<NgramHistory<IndexRows>> {
    const place = this.#step?.places.get(nameEnd(draft.subarray(0, -1), tokens))
    const candidate = this.#step?.candidates.get(draft.at(-1) ?? -1)
    if (this.#step === null || place === undefined || candidate === undefined) return filter.start(draft)
    return this.#step.scores.follow(place, candidate)
  }
}

/** The last tokens, and of how many orders they are the history. */
function nameEnd(draft: Uint32Array, tokens: number): string {
  return `${tokens}:${draft.slice(-tokens).join()}`
}
