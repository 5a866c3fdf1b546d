/** How do the pages of a site ask indexes in the page, and those on a file host, as they ask a server? */
import type { PageAnswer, PageRequest } from './answer-request.js'
import type { PageInput } from './build-in-page.js'
import type { SourceCost } from './byte-source.js'
import type { PageSource } from './open-in-page.js'
import { type PageCallOptions, PageWorker } from './page-worker.js'
import type { OpenedInfo } from './worker-protocol.js'

export type { OmnigramError } from '../core/errors.js'
export type { PageAnswer, PageRequest } from './answer-request.js'
export type { SourceCost } from './byte-source.js'
export type { OpenedInfo } from './worker-protocol.js'

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
  open(source: PageSource, name: string, options: PageCallOptions = {}): Promise<OpenedInfo> {
    return this.#worker.call('open', { source, name }, options)
  }

  /** Answers a request as `omnigram serve` does, but for what only a server can do. */
  request(request: PageRequest, options: PageCallOptions = {}): Promise<PageAnswer> {
    return this.#worker.call('request', request, options)
  }

  /** Names the folder of contamination reports that requests are answered from. */
  async placeReports(address: string): Promise<void> {
    await this.#worker.call('placeReports', { address })
  }

  /** What reading an index has cost until now. */
  readCost(name: string): Promise<SourceCost> {
    return this.#worker.call('cost', { index: name })
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
