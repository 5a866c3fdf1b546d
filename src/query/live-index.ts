/** Which reader answers now, while builds publish new generations under it? */
import type { OmnigramError } from '../core/errors.js'
import type { IndexReader } from './index-reader.js'
import { isFolder, type OpenIndexOptions, openIndex } from './open-index.js'
import { nameGeneration, readCurrent } from './read-manifest.js'
import { ReloadLoop } from './reload-loop.js'
import { SupersededReaders } from './superseded-readers.js'
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
  readonly #superseded: SupersededReaders
  readonly #loop: ReloadLoop
  #reader: IndexReader

  private constructor(indexDir: string, reader: IndexReader, options: LiveIndexOptions, ownPool: WorkerPool | null) {
    this.#indexDir = indexDir
    this.#reader = reader
    this.#options = { ...options, pool: options.pool ?? ownPool ?? undefined }
    this.#ownPool = ownPool
    this.#superseded = new SupersededReaders(options.lingerMs)
    this.#loop = new ReloadLoop(
      () => this.#look(),
      (error) => options.onFailure?.(error),
    )
    this.#loop.start(options.pollMs ?? 2_000)
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
    return this.#loop.run()
  }

  /** Closes the live reader and those before it. */
  async close(): Promise<void> {
    await this.#loop.stop()
    await Promise.all([this.#superseded.close(), this.#reader.close()])
    await this.#ownPool?.close()
  }

  async #look(): Promise<boolean> {
    if (nameGeneration(await readCurrent(this.#indexDir)) === this.#reader.generation) return false
    const reader = await openIndex(this.#indexDir, this.#options)
    this.#superseded.add(this.#reader)
    this.#reader = reader
    this.#options.onReload?.(reader)
    return true
  }
}
