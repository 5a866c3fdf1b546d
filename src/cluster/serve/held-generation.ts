/** Which shards of one generation does this server hold, are they whole, and what do they answer? */
import type { IndexFolder } from '../../build/index-folder.js'
import { OmnigramError } from '../../core/errors.js'
import { fileNamesOf } from '../../core/manifest.js'
import type { Residency } from '../../core/residency.js'
import { openEntry } from '../../query/open-index.js'
import { QueryCall } from '../../query/query-call.js'
import type { ShardFile } from '../../query/shard-file.js'
import { runShardTask } from '../../query/shard-task.js'
import type { WorkerPool } from '../../query/worker-pool.js'
import type { ObjectStore } from '../store/object-store.js'
import { fetchShards, type PullOptions } from '../store/pull-index.js'
import type { StoredGeneration } from '../store/stored-index.js'
import { isBriefTask } from './brief-task.js'
import type { HeldGeneration } from './fleet.js'
import type { TaskRequest } from './task-message.js'

export interface HoldOptions extends PullOptions {
  readonly store: ObjectStore
  readonly folder: IndexFolder
  readonly pool: WorkerPool
  readonly residency: Residency
  /** Whether this server holds a shard, by its number and how many there are. */
  readonly holds: (shard: number) => boolean
}

export class ServedGeneration {
  readonly #stored: StoredGeneration
  readonly #options: HoldOptions
  readonly #files = new Map<number, ShardFile>()

  private constructor(stored: StoredGeneration, options: HoldOptions) {
    this.#stored = stored
    this.#options = options
  }

  /** Fetches the shards that are not here, compares and opens them. Throws as `fetchShards`. */
  static async open(stored: StoredGeneration, options: HoldOptions): Promise<ServedGeneration> {
    const generation = new ServedGeneration(stored, options)
    const numbers = [...stored.manifest.shards.keys()].filter(options.holds)
    await generation.#hold(numbers, options)
    return generation
  }

  get manifestSha256(): string {
    return this.#stored.sha256
  }

  get shards(): number[] {
    return [...this.#files.keys()].sort((a, b) => a - b)
  }

  /** Of all its shards that should be here, and of what they hide. */
  get fileNames(): string[] {
    const { holds } = this.#options
    return this.#stored.manifest.shards.filter((_, shard) => holds(shard)).flatMap(fileNamesOf)
  }

  /** What it announces. A shard that turned out to be damaged is none of it. */
  describe(): HeldGeneration {
    this.#dropDamaged()
    return {
      manifestSha256: this.manifestSha256,
      shards: this.shards,
      isVerified: [...this.#files.values()].every((file) => file.isVerified()),
    }
  }

  /** Fetches again what was dropped for its damage. Throws as `fetchShards`. */
  async mend(): Promise<void> {
    const { holds } = this.#options
    const lost = [...this.#stored.manifest.shards.keys()].filter((shard) => holds(shard) && !this.#files.has(shard))
    if (lost.length > 0) await this.#hold(lost, this.#options)
  }

  /** Throws `unknown-index` for a shard that is not here, and what the task throws. */
  async run({ shard, name, input, deadlineMs, lane }: TaskRequest, signal: AbortSignal): Promise<unknown> {
    const file = this.#files.get(shard)
    if (!file) throw new OmnigramError('unknown-index', `Shard ${shard} is not held here.`)
    if (name === 'describe') return file.info
    try {
      if (lane === 'brief' && file.shard !== null && isBriefTask(name, input)) {
        return runShardTask(file.shard, name, input as never, 0)
      }
      const deadline = deadlineMs === null ? undefined : Math.max(1, Math.floor(deadlineMs))
      return await QueryCall.run({ signal, deadlineMs: deadline }, (call) =>
        this.#options.pool.run(file, name, input as never, call, lane),
      )
    } catch (thrown) {
      if (thrown instanceof OmnigramError && thrown.code === 'damaged-index') this.#drop(shard, file)
      throw thrown
    }
  }

  close(): void {
    for (const file of this.#files.values()) this.#options.pool.forget(file)
    this.#files.clear()
  }

  async #hold(numbers: readonly number[], progress: PullOptions): Promise<void> {
    const { store, folder, residency } = this.#options
    const { manifest } = this.#stored
    await fetchShards(
      store,
      folder,
      numbers.map((shard) => manifest.shards[shard]),
      progress,
    )
    for (const shard of numbers) {
      const entry = manifest.shards[shard]
      const file = openEntry(folder.shardPath(entry.name), entry, manifest, residency)
      file.shard?.startContentCheck()
      this.#files.set(shard, file)
    }
  }

  #dropDamaged(): void {
    for (const [shard, file] of this.#files) {
      try {
        file.isVerified()
      } catch {
        this.#drop(shard, file)
      }
    }
  }

  #drop(shard: number, file: ShardFile): void {
    if (this.#files.get(shard) !== file) return
    this.#files.delete(shard)
    this.#options.pool.forget(file)
  }
}
