/** How do the pages of a site ask indexes in the page, and those on a file host, as they ask a server? */
import type { PageAnswer, PageRequest } from './answer-request.js'
import type { PageInput } from './build-in-page.js'
import type { SourceCost } from './byte-source.js'
import type { KeptIndex } from './kept-indexes.js'
import type { PageSource } from './open-in-page.js'
import { type PageCallOptions, PageWorker } from './page-worker.js'
import type { PrivateFile, PrivatePlace, PrivateSummary } from './private-check.js'
import type { CheckedInPage, OpenedInfo } from './worker-protocol.js'

export type { OmnigramError } from '../core/errors.js'
export type { PageAnswer, PageRequest } from './answer-request.js'
export type { SourceCost } from './byte-source.js'
export type { Lookup, RemoteIndex } from './counted-windows.js'
export type { KeptIndex } from './kept-indexes.js'
export type { PrivateFile, PrivatePlace, PrivateSummary } from './private-check.js'
export type { CheckedInPage, OpenedInfo } from './worker-protocol.js'

export interface BuiltShard {
  /** The file, for a download and for {@link PageSite.open}. */
  readonly file: Blob
  readonly documentCount: number
  readonly textBytes: number
  readonly replacedDocuments: number
}

/** All indexes of a site in one worker, so that several can be searched together. */
export class PageSite {
  readonly #worker = new PageWorker()

  /** Opens an index under `name`, which takes the place of one of that name. Throws as `openIndex`. */
  open(source: PageSource, name: string, options: PageCallOptions & { isWhole?: boolean } = {}): Promise<OpenedInfo> {
    return this.#worker.call('open', { source, name, isWhole: options.isWhole }, options)
  }

  /** Answers a request as `omnigram serve` does, but for what only a server can do. */
  request(request: PageRequest, options: PageCallOptions = {}): Promise<PageAnswer> {
    return this.#worker.call('request', request, options)
  }

  /** What is in a benchmark, and what would be sent of it to a server. Nothing is sent. Throws `bad-benchmark`, `io-failure`. */
  summarize(benchmark: PrivateFile, options: PageCallOptions = {}): Promise<PrivateSummary> {
    return this.#worker.call('summarize', benchmark, options)
  }

  /** Checks a benchmark, as that version of omnigram; requests about reports are then answered for this one too, under its id. Throws as `runContamination`. */
  check(
    benchmark: PrivateFile,
    place: PrivatePlace,
    program: string,
    options: PageCallOptions = {},
  ): Promise<CheckedInPage> {
    const date = new Date().toISOString()
    return this.#worker.call('check', { ...benchmark, place, date, program }, options)
  }

  /** Names the folder of contamination reports that requests are answered from. */
  async placeReports(address: string): Promise<void> {
    await this.#worker.call('placeReports', { address })
  }

  /** What reading an index has cost until now. */
  readCost(name: string): Promise<SourceCost> {
    return this.#worker.call('cost', { index: name })
  }

  /** Has a shard kept in this browser, whole or not at all. Throws `no-disk` and `io-failure`, as `keepIndex`. */
  async keep(name: string, shard: Blob): Promise<void> {
    await this.#worker.call('keep', { name, shard })
  }

  /** What is kept in this browser, also of visits before. */
  listKept(): Promise<readonly KeptIndex[]> {
    return this.#worker.call('listKept', null)
  }

  async removeKept(name: string): Promise<void> {
    await this.#worker.call('removeKept', { name })
  }

  async close(name: string): Promise<void> {
    await this.#worker.call('close', { index: name })
  }
}

/**
 * Builds a shard in a worker of its own, which ends with the build: so an abort stops it at once, and its memory is free
 * again. Throws as `buildIndex`.
 */
export async function buildShard(inputs: readonly PageInput[], options: PageCallOptions): Promise<BuiltShard> {
  const worker = new PageWorker()
  try {
    const { index, bytes, replacedDocuments } = await worker.call('build', { inputs, name: 'page' }, options)
    const file = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' })
    return { file, documentCount: index.documentCount, textBytes: index.textBytes, replacedDocuments }
  } finally {
    worker.close()
  }
}
