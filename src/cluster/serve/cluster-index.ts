/** Which reader answers now for an index whose shards other machines hold? */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import type { IndexReader } from '../../query/index-reader.js'
import { readShards } from '../../query/open-index.js'
import { QueryCall } from '../../query/query-call.js'
import { nameGeneration } from '../../query/read-manifest.js'
import { ReloadLoop } from '../../query/reload-loop.js'
import type { ShardFile } from '../../query/shard-file.js'
import { SupersededReaders } from '../../query/superseded-readers.js'
import { readIndexTokenizer } from '../../tokenizer/tokenizer-file.js'
import type { NatsConnection } from '../bus/nats-connection.js'
import { cachedIndexDir, defaultCacheDir, nameOfAddress, openCacheDir } from '../store/index-cache.js'
import type { ObjectStore } from '../store/object-store.js'
import {
  readStoredGeneration,
  requireStoredCurrent,
  type StoredGeneration,
  tokenizerKey,
} from '../store/stored-index.js'
import { listen } from './announcements.js'
import { ClusterRouting, ClusterRunner, type RunnerStatistics } from './cluster-runner.js'
import { Fleet } from './fleet.js'
import { NatsTaskBus } from './nats-task-bus.js'

export interface ClusterIndexOptions {
  readonly store: ObjectStore
  readonly connection: NatsConnection
  /** Default: the last part of the store's address. */
  readonly name?: string
  /** For the tokenizer of a token index. */
  readonly cacheDir?: string
  /** How often the store is asked for the live generation. Default: 2,000. */
  readonly pollMs?: number
  /** A superseded reader is closed after so long. Default: `limits.maxDeadlineMs`. */
  readonly lingerMs?: number
  /** Ends the waiting for servers at the start. */
  readonly signal?: AbortSignal
  /** Shards that nobody holds yet, while it waits for its servers. */
  readonly onWait?: (missing: readonly number[], shards: number) => void
  readonly onReload?: (reader: IndexReader) => void
  readonly onFailure?: (error: OmnigramError) => void
}

/** How often is looked whether all shards have a server, at the start. */
const waitMs = 200

/** Long enough for servers that are busy, and short enough to ask others. */
const describeDeadlineMs = 10_000

/**
 * A router: it goes over to a generation when each of its shards has a server, and whoever took a reader of the one before
 * goes on with that. Routers hold no state; there may be any number of them.
 */
export class ClusterIndex {
  readonly name: string
  readonly #options: ClusterIndexOptions
  readonly #fleet: Fleet
  readonly #bus: NatsTaskBus
  readonly #routing: ClusterRouting
  readonly #stopListening: () => void
  readonly #superseded: SupersededReaders
  readonly #loop: ReloadLoop
  #reader: IndexReader | null = null

  private constructor(options: ClusterIndexOptions) {
    this.#options = options
    this.name = options.name ?? nameOfAddress(options.store.address)
    this.#fleet = new Fleet((server) => this.#routing.drop(server))
    this.#bus = new NatsTaskBus(options.connection)
    this.#routing = new ClusterRouting(this.#bus, this.#fleet)
    this.#stopListening = listen(options.connection, this.#fleet)
    this.#superseded = new SupersededReaders(options.lingerMs)
    this.#loop = new ReloadLoop(
      () => this.#look(),
      (error) => options.onFailure?.(error),
    )
  }

  /** Waits until each shard of the live generation has a server. Throws `unknown-index`, `store-failure`, `cancelled`. */
  static async open(options: ClusterIndexOptions): Promise<ClusterIndex> {
    const index = new ClusterIndex(options)
    try {
      await index.#openFirst()
    } catch (thrown) {
      await index.close()
      throw thrown
    }
    index.#loop.start(options.pollMs ?? 2_000)
    return index
  }

  /** The reader of the generation that is served. */
  current(): IndexReader {
    if (this.#reader) return this.#reader
    throw new OmnigramError('incomplete-answer', 'No generation is held by the servers yet.')
  }

  statistics(): RunnerStatistics {
    return this.#routing.statistics()
  }

  /** Looks at the store and the servers now. Whether another generation took over. */
  reload(): Promise<boolean> {
    return this.#loop.run()
  }

  async close(): Promise<void> {
    await this.#loop.stop()
    await Promise.all([this.#superseded.close(), this.#reader?.close()])
    this.#stopListening()
    this.#bus.close()
  }

  async #openFirst(): Promise<void> {
    const { store, signal, onWait } = this.#options
    for (;;) {
      if (signal?.aborted) throw new OmnigramError('cancelled', 'Not all shards had a server.')
      const stored = await readStoredGeneration(store, await requireStoredCurrent(store))
      const shards = stored.manifest.shards.length
      const missing = this.#fleet.listMissing(stored.sha256, shards)
      if (missing.length > 0) onWait?.(missing, shards)
      else if (await this.#tryOpen(stored)) return
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** False when servers that said that they hold the shards did not answer: they may be gone, and others may come. */
  async #tryOpen(stored: StoredGeneration): Promise<boolean> {
    try {
      this.#reader = await this.#open(stored)
      return true
    } catch (thrown) {
      const error = toOmnigramError(thrown)
      if (error.code !== 'incomplete-answer' && error.code !== 'deadline-exceeded') throw error
      this.#options.onFailure?.(error)
      return false
    }
  }

  async #look(): Promise<boolean> {
    const current = await requireStoredCurrent(this.#options.store)
    if (nameGeneration(current) === this.#reader?.generation) return false
    const stored = await readStoredGeneration(this.#options.store, current)
    // Until then the generation before is whole, and this one is not.
    if (!this.#fleet.covers(stored.sha256, stored.manifest.shards.length)) return false
    const reader = await this.#open(stored)
    if (this.#reader) this.#superseded.add(this.#reader)
    this.#reader = reader
    this.#options.onReload?.(reader)
    return true
  }

  async #open(stored: StoredGeneration): Promise<IndexReader> {
    const { sha256, manifest } = stored
    const numbers = new Map<ShardFile, number>()
    const runner = new ClusterRunner(this.#routing, sha256, (file) => numbers.get(file) ?? -1)
    const describe = (shard: number) =>
      QueryCall.run({ deadlineMs: describeDeadlineMs }, (call) =>
        runner.ask(shard, 'describe', null, call, 'interactive'),
      )
    const infos = (await Promise.all([...manifest.shards.keys()].map(describe))) as ShardFile['info'][]
    const files = infos.map((info, shard): ShardFile => {
      const entry = manifest.shards[shard]
      if (info.checksum !== entry.checksum || info.hidden?.checksum !== entry.hidden?.checksum) {
        throw new OmnigramError(
          'damaged-index',
          `A server has ${info.checksum} as shard ${shard}, not ${entry.checksum}.`,
        )
      }
      const file: ShardFile = {
        path: `${this.#options.store.address}/shards/${entry.name}`,
        hiddenPath: null,
        residency: 'mmap',
        shard: null,
        info,
        isVerified: () => this.#fleet.isVerified(sha256),
      }
      numbers.set(file, shard)
      return file
    })
    const opened = { generation: nameGeneration(stored), manifestSha256: sha256, manifest, files }
    const tokenizerPath = await this.#fetchTokenizer(stored)
    return readShards(opened, { name: this.name, runner, tokenizerPath, closesRunner: true })
  }

  async #fetchTokenizer({ manifest }: StoredGeneration): Promise<string> {
    const entry = manifest.options.tokens?.tokenizer
    if (!entry) return ''
    const { store, cacheDir = defaultCacheDir() } = this.#options
    const dir = await openCacheDir(join(cachedIndexDir(cacheDir, store.address), 'tokenizers'))
    const path = join(dir, entry.name)
    const isThere = await readIndexTokenizer(path, entry).then(
      () => true,
      () => false,
    )
    if (!isThere) await store.downloadFile(tokenizerKey(entry.name), path)
    await readIndexTokenizer(path, entry)
    return path
  }
}
