/** What stands in the shards of an index more than once? The native scan, with signals, progress, and its memory said before. */
import {
  cancelTicket,
  estimateRepetitionBytes,
  RepetitionScan as NativeScan,
  type RepeatedGrams,
  readProgress,
  releaseTicket,
  type SampledGrams,
  type SourceTotals,
  type SpanBatch,
  takeTicket,
} from '#native'
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { checkInteger } from './check-arguments.js'
import type { IndexReader } from './index-reader.js'
import { LocalReader } from './local-reader.js'

export type { RepeatedGrams, RepeatedString, SampledGrams, SourceTotals, SpanBatch } from '#native'

/** Which occurrences of a repeated gram are to be removed: all, or all but the first. */
export type Copies = 'all' | 'later'

export interface ScanCallOptions {
  readonly signal?: AbortSignal
  /** Threads. At least one. */
  readonly threads: number
  /** Hears the share that is done, ten times a second at most. */
  readonly onShare?: (share: number) => void
}

const reportEveryMs = 100

/**
 * A scan over all shards of an index, read as one. {@link RepetitionScan.traverse} comes first, then the spans.
 *
 * Methods throw `OmnigramError`: `bad-argument` for the length and when called out of turn, `unknown-facet`, `cancelled`,
 * `damaged-index`.
 */
export class RepetitionScan {
  /** Bytes of memory that traversing and the spans take. A sample needs none of it. */
  readonly neededBytes: number
  /** Names of the sources; the first is of documents without a value. */
  readonly sources: readonly (string | null)[]
  readonly #native: NativeScan

  /** `length`: symbols of a gram. `field`: the facet field whose values are the sources; null for one source. */
  constructor(reader: IndexReader, length: number, field: string | null) {
    checkInteger('length', length, 1, limits.gramSymbols)
    if (!(reader instanceof LocalReader)) {
      throw new OmnigramError('bad-argument', 'Repetition is measured where the files of the index are.')
    }
    if (field !== null && !reader.facetFields.includes(field)) {
      const known = reader.facetFields.join(', ') || '(no fields)'
      throw new OmnigramError('unknown-facet', `'${field}' is none of: ${known}.`)
    }
    const { files } = reader
    if (files.some(({ info }) => info.hidden !== null)) {
      const detail = `${reader.name} hides documents that were taken down: let \`omnigram merge\` drop them first.`
      throw new OmnigramError('bad-argument', detail)
    }
    this.#native = guard(
      () =>
        new NativeScan(
          files.flatMap(({ shard }) => shard ?? []),
          length,
          files.length > 0 ? field : null,
        ),
    )
    this.sources = this.#native.sources()
    this.neededBytes = estimateRepetitionBytes(files.reduce((sum, { info }) => sum + info.rows, 0))
  }

  /** How many grams there are, equal ones counted each. O(documents). */
  countGrams(): number {
    return guard(() => this.#native.countGrams())
  }

  /** Finds all grams that occur more than once, the documents with equal texts, and of the longest and the most frequent maximal strings `strings` each. */
  traverse(strings: number, options: ScanCallOptions): Promise<RepeatedGrams> {
    return this.#run(options, (ticket) => this.#native.traverse(options.threads, strings, ticket))
  }

  /** The documents with spans, in order and in batches. `epochs`, by source, say how often each is read. */
  async *spans(
    copies: Copies,
    epochs: readonly number[] | null,
    options: ScanCallOptions,
  ): AsyncGenerator<SpanBatch, void, undefined> {
    guard(() => this.#native.startSpans(copies, epochs && Float64Array.from(epochs)))
    while (true) {
      const batch = await this.#run({ ...options, onShare: undefined }, (ticket) =>
        this.#native.nextSpans(options.threads, ticket),
      )
      if (batch === null) return
      options.onShare?.(batch.share)
      yield batch
    }
  }

  /** Of the documents whose spans were read, by source. */
  sourceTotals(): readonly SourceTotals[] {
    return guard(() => this.#native.sourceTotals())
  }

  /** How often the grams that were read are seen, where the epochs were said; and of these, grams seen ten and a hundred times. */
  exposures(): { readonly all: number; readonly from10: number; readonly from100: number } | null {
    const totals = guard(() => this.#native.exposures())
    return totals && { all: totals[0], from10: totals[1], from100: totals[2] }
  }

  /** `grams` different places at which a gram starts, drawn at random, or all when there are fewer. */
  sample(grams: number, seed: number, options: ScanCallOptions): Promise<SampledGrams> {
    return this.#run(options, (ticket) => this.#native.sample(grams, seed, ticket))
  }

  async #run<T>({ signal, onShare }: ScanCallOptions, work: (ticket: number) => Promise<T>): Promise<T> {
    if (signal?.aborted) throw new OmnigramError('cancelled', 'The caller no longer wants the answer.')
    const ticket = guard(takeTicket)
    const cancel = () => cancelTicket(ticket)
    signal?.addEventListener('abort', cancel, { once: true })
    const timer = onShare && setInterval(() => onShare(readProgress(ticket).share), reportEveryMs)
    try {
      return await work(ticket)
    } catch (thrown) {
      throw toOmnigramError(thrown)
    } finally {
      clearInterval(timer)
      signal?.removeEventListener('abort', cancel)
      releaseTicket(ticket)
    }
  }
}

function guard<T>(work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    throw toOmnigramError(thrown)
  }
}
