/** Which reader answers now, while builds publish new generations under it? */
import { type OmnigramError, toOmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { IndexReader } from './index-reader.js'
import { isFolder, type OpenIndexOptions, openIndex } from './open-index.js'
import { nameGeneration, readCurrent } from './read-manifest.js'
import { WorkerPool } from './worker-pool.js'

export interface LiveIndexOptions extends OpenIndexOptions {
  /** How often `CURRENT` is looked at; 0 leaves it to {@link LiveIndex.reload}. Default: 2,000. */
  readonly pollMs?: number
  /** A superseded reader is closed after so long: no call lives longer. Default: `limits.maxDeadlineMs`. */
  readonly lingerMs?: number
  /** A new generation has taken over. */
  readonly onReload?: (reader: IndexReader) => void
  /** A new generation could not be opened; the one before goes on. Once for each error. */
  readonly onFailure?: (error: OmnigramError) => void
}

/**
 * An index whose readers change. Whoever took a reader goes on with it: a call, or several that belong together, see one
 * generation throughout.
 */
export class LiveIndex {
  readonly #indexDir: string
  readonly #options: LiveIndexOptions & { readonly pool: WorkerPool | undefined }
  readonly #ownPool: WorkerPool | null
  readonly #superseded = new Map<IndexReader, NodeJS.Timeout>()
  #reader: IndexReader
  #pollTimer: NodeJS.Timeout | undefined
  #reloading: Promise<boolean> | null = null
  #lastFailure = ''

  private constructor(indexDir: string, reader: IndexReader, options: LiveIndexOptions, ownPool: WorkerPool | null) {
    this.#indexDir = indexDir
    this.#reader = reader
    this.#options = { ...options, pool: options.pool ?? ownPool ?? undefined }
    this.#ownPool = ownPool
    const { pollMs = 2_000 } = options
    if (pollMs > 0) this.#pollTimer = setInterval(() => void this.reload(), pollMs).unref()
  }

  /** Opens the live generation. Throws as `openIndex`. */
  static async open(indexDir: string, options: LiveIndexOptions = {}): Promise<LiveIndex> {
    const ownPool = options.pool || options.workers === 0 ? null : new WorkerPool(options)
    // A shard file on its own has no generations to come.
    const pollMs = (await isFolder(indexDir)) ? options.pollMs : 0
    // Who serves for long finds damage that opening does not read.
    const lasting = { checksContent: true, ...options }
    const reader = await openIndex(indexDir, { ...lasting, pool: options.pool ?? ownPool ?? undefined })
    return new LiveIndex(indexDir, reader, { ...lasting, pollMs }, ownPool)
  }

  get name(): string {
    return this.#reader.name
  }

  /** The reader of the generation that is live. */
  current(): IndexReader {
    return this.#reader
  }

  /** Looks at `CURRENT` now. Whether another generation took over. */
  reload(): Promise<boolean> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = null
    })
    return this.#reloading
  }

  /** Closes the live reader and those before it. */
  async close(): Promise<void> {
    clearInterval(this.#pollTimer)
    await this.#reloading
    for (const timer of this.#superseded.values()) clearTimeout(timer)
    await Promise.all([...this.#superseded.keys(), this.#reader].map((reader) => reader.close()))
    this.#superseded.clear()
    await this.#ownPool?.close()
  }

  async #reload(): Promise<boolean> {
    try {
      if (nameGeneration(await readCurrent(this.#indexDir)) === this.#reader.generation) return false
      this.#replace(await openIndex(this.#indexDir, this.#options))
      this.#lastFailure = ''
      return true
    } catch (thrown) {
      const error = toOmnigramError(thrown)
      if (error.message !== this.#lastFailure) this.#options.onFailure?.(error)
      this.#lastFailure = error.message
      return false
    }
  }

  #replace(reader: IndexReader): void {
    const before = this.#reader
    this.#reader = reader
    const close = () => {
      this.#superseded.delete(before)
      void before.close()
    }
    const { lingerMs = limits.maxDeadlineMs } = this.#options
    this.#superseded.set(before, setTimeout(close, lingerMs).unref())
    this.#options.onReload?.(reader)
  }
}
