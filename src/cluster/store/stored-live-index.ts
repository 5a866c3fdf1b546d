/** Which reader answers now for an index in a store, while others publish new generations there? */
import { collectGarbage } from '../../build/collect-garbage.js'
import { limits } from '../../core/limits.js'
import type { IndexReader } from '../../query/index-reader.js'
import { LiveIndex, type LiveIndexOptions } from '../../query/live-index.js'
import { readCurrent } from '../../query/read-manifest.js'
import { ReloadLoop } from '../../query/reload-loop.js'
import { cachedIndexDir, defaultCacheDir, nameOfAddress, openCacheDir } from './index-cache.js'
import type { ObjectStore } from './object-store.js'
import { pullIndex } from './pull-index.js'
import { requireStoredCurrent } from './stored-index.js'
import type { TransferProgress } from './transfer-meter.js'

export interface StoredLiveIndexOptions extends Omit<LiveIndexOptions, 'pollMs'> {
  /** How often the store is asked; 0 leaves it to {@link StoredLiveIndex.reload}. Default: 10,000. */
  readonly pollMs?: number
  /** Default: {@link defaultCacheDir}. */
  readonly cacheDir?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
}

/** Generations whose shards stay in the cache: who took a reader of the one before goes on with it. */
const keptGenerations = 2

/** An index that is pulled into the cache, served from there, and pulled again when another generation becomes live. */
export class StoredLiveIndex {
  readonly #store: ObjectStore
  readonly #indexDir: string
  readonly #index: LiveIndex
  readonly #options: StoredLiveIndexOptions
  readonly #stop = new AbortController()
  readonly #loop: ReloadLoop

  private constructor(store: ObjectStore, indexDir: string, index: LiveIndex, options: StoredLiveIndexOptions) {
    this.#store = store
    this.#indexDir = indexDir
    this.#index = index
    this.#options = options
    this.#loop = new ReloadLoop(
      () => this.#look(),
      (error) => {
        if (!this.#stop.signal.aborted) options.onFailure?.(error)
      },
    )
    this.#loop.start(options.pollMs ?? 10_000)
  }

  /** Pulls and opens the live generation. Throws as `pullIndex` and `openIndex`. */
  static async open(store: ObjectStore, options: StoredLiveIndexOptions = {}): Promise<StoredLiveIndex> {
    const indexDir = await pullIntoCache(store, options)
    const index = await LiveIndex.open(indexDir, { name: nameOfAddress(store.address), ...options, pollMs: 0 })
    return new StoredLiveIndex(store, indexDir, index, options)
  }

  get name(): string {
    return this.#index.name
  }

  /** The reader of the generation that is live. */
  current(): IndexReader {
    return this.#index.current()
  }

  /** Asks the store now. Whether another generation took over. */
  reload(): Promise<boolean> {
    return this.#loop.run()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop.stop()
    await this.#index.close()
  }

  async #look(): Promise<boolean> {
    const { sha256 } = await requireStoredCurrent(this.#store)
    if (sha256 === (await readCurrent(this.#indexDir)).sha256) return false
    await pullIndex(this.#store, this.#indexDir, { signal: this.#stop.signal })
    const isNew = await this.#index.reload()
    if (isNew) this.#tidyLater()
    return isNew
  }

  /** When nobody reads the older ones any more. */
  #tidyLater(): void {
    const { lingerMs = limits.maxDeadlineMs } = this.#options
    setTimeout(
      () => void collectGarbage(this.#indexDir, { keep: keptGenerations }).catch(() => undefined),
      lingerMs,
    ).unref()
  }
}

/** Brings the cached folder of a stored index up to date. Throws as `pullIndex`. */
export async function pullIntoCache(
  store: ObjectStore,
  {
    cacheDir = defaultCacheDir(),
    signal,
    onProgress,
  }: Pick<StoredLiveIndexOptions, 'cacheDir' | 'signal' | 'onProgress'>,
): Promise<string> {
  const indexDir = cachedIndexDir(await openCacheDir(cacheDir), store.address)
  await pullIndex(store, indexDir, { signal, onProgress })
  return indexDir
}
