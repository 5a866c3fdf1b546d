/** What does a shard server do? It holds shards of the live generation, answers for them, and goes over to the next one. */
import { localFileSystem } from '../../build/file-system.js'
import { IndexFolder } from '../../build/index-folder.js'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { Residency } from '../../core/residency.js'
import { WorkerPool } from '../../query/worker-pool.js'
import type { NatsConnection } from '../bus/nats-connection.js'
import { cachedIndexDir, defaultCacheDir, openCacheDir } from '../store/index-cache.js'
import type { ObjectStore } from '../store/object-store.js'
import { readStoredGeneration, requireStoredCurrent, type StoredCurrent } from '../store/stored-index.js'
import type { TransferProgress } from '../store/transfer-meter.js'
import { announce } from './announcements.js'
import { ServedGeneration } from './held-generation.js'
import { serveTasks } from './nats-task-bus.js'
import { packReply, type TaskReply, unpackRequest } from './task-message.js'

export interface ShardServerOptions {
  readonly store: ObjectStore
  readonly connection: NatsConnection
  /** Letters, digits, `_` and `-`; no two servers of one name. */
  readonly server: string
  /** Which of so many servers this is, from 0, and how many of them hold each shard. */
  readonly index: number
  readonly of: number
  readonly replicas: number
  readonly workers?: number
  readonly residency?: Residency
  readonly cacheDir?: string
  /** How often the store is asked for the live generation. Default: 5,000. */
  readonly pollMs?: number
  /** How long a generation is held that is not live any more. Default: three times the longest deadline. */
  readonly lingerMs?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
  readonly onGeneration?: (generation: string, shards: readonly number[]) => void
  readonly onFailure?: (error: OmnigramError) => void
}

/** Whether server `index` of `of` is one of the `replicas` that hold a shard: they follow each other. */
export function holdsShard(shard: number, index: number, of: number, replicas: number): boolean {
  return (((index - shard) % of) + of) % of < replicas
}

export class ShardServer {
  readonly #options: ShardServerOptions
  readonly #pool: WorkerPool
  readonly #folder: IndexFolder
  readonly #generations = new Map<string, ServedGeneration>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #ends: (() => void)[] = []
  readonly #stop = new AbortController()
  #live = ''
  #updating: Promise<void> | null = null

  private constructor(options: ShardServerOptions, folder: IndexFolder) {
    this.#options = options
    this.#folder = folder
    this.#pool = new WorkerPool({ workers: options.workers })
  }

  /** Holds the live generation, then answers. Throws as `fetchShards`; `unknown-index`, `bad-argument`. */
  static async start(options: ShardServerOptions): Promise<ShardServer> {
    const { index, of, replicas, store, connection, server } = options
    if (index >= of || replicas > of) {
      throw new OmnigramError('bad-argument', `--index ${index} and --replicas ${replicas} do not fit ${of} servers.`)
    }
    const cacheDir = await openCacheDir(options.cacheDir ?? defaultCacheDir())
    const shardServer = new ShardServer(
      options,
      new IndexFolder(`${cachedIndexDir(cacheDir, store.address)}-${index}-of-${of}`),
    )
    try {
      await shardServer.#goOver(await requireStoredCurrent(store))
    } catch (thrown) {
      await shardServer.stop()
      throw thrown
    }
    shardServer.#ends.push(serveTasks(connection, server, (request, signal) => shardServer.#answer(request, signal)))
    shardServer.#ends.push(announce(connection, () => shardServer.#describe()))
    const timer = setInterval(() => void shardServer.update(), options.pollMs ?? 5_000).unref()
    shardServer.#ends.push(() => clearInterval(timer))
    return shardServer
  }

  /** Looks at the store now, and mends what was found damaged. Never throws. */
  update(): Promise<void> {
    this.#updating ??= this.#update().finally(() => {
      this.#updating = null
    })
    return this.#updating
  }

  /** Tells the routers that it leaves, then ends. */
  async stop(): Promise<void> {
    for (const end of this.#ends.reverse()) end()
    this.#stop.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#updating
    for (const generation of this.#generations.values()) generation.close()
    await this.#pool.close()
  }

  #describe() {
    const generations = [...this.#generations.values()].map((generation) => generation.describe())
    return { server: this.#options.server, generations }
  }

  async #update(): Promise<void> {
    try {
      const current = await requireStoredCurrent(this.#options.store)
      if (current.sha256 !== this.#live) await this.#goOver(current)
      for (const generation of this.#generations.values()) await generation.mend()
    } catch (thrown) {
      if (!this.#stop.signal.aborted) this.#options.onFailure?.(toOmnigramError(thrown))
    }
  }

  async #goOver(current: StoredCurrent): Promise<void> {
    const { store, index, of, replicas, residency = 'mmap', signal, onProgress, onGeneration } = this.#options
    const held = this.#generations.get(current.sha256)
    const stored = await readStoredGeneration(store, current)
    const generation =
      held ??
      (await ServedGeneration.open(stored, {
        store,
        folder: this.#folder,
        pool: this.#pool,
        residency,
        holds: (shard) => holdsShard(shard, index, of, replicas),
        signal: signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal,
        onProgress,
      }))
    this.#generations.set(current.sha256, generation)
    const before = this.#live
    this.#live = current.sha256
    onGeneration?.(current.generation, generation.shards)
    if (before === '') await this.#tidy()
    else this.#leaveLater(before)
  }

  /** Removes shards that no generation held here is made of. */
  async #tidy(): Promise<void> {
    const named = new Set([...this.#generations.values()].flatMap((generation) => generation.fileNames))
    try {
      for (const name of await localFileSystem.listFolder(this.#folder.shardsDir)) {
        if (!named.has(name)) await localFileSystem.remove(this.#folder.shardPath(name))
      }
    } catch (thrown) {
      this.#options.onFailure?.(toOmnigramError(thrown))
    }
  }

  /** Requests that began on it, and cursors, may go on for a while. */
  #leaveLater(manifestSha256: string): void {
    const { lingerMs = 3 * limits.maxDeadlineMs } = this.#options
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (this.#live === manifestSha256) return
      this.#generations.get(manifestSha256)?.close()
      this.#generations.delete(manifestSha256)
      void this.#tidy()
    }, lingerMs).unref()
    this.#timers.add(timer)
  }

  async #answer(bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    let reply: TaskReply
    try {
      const request = unpackRequest(bytes)
      const generation = this.#generations.get(request.manifestSha256)
      if (!generation) throw new OmnigramError('unknown-index', 'That generation is not held here.')
      reply = { isDone: true, result: await generation.run(request, signal) }
    } catch (thrown) {
      const { code, detail } = toOmnigramError(thrown)
      reply = { isDone: false, code, detail }
      if (code === 'damaged-index') void this.update()
    }
    return packReply(reply)
  }
}
