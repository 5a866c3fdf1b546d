/** How is one shard written of several, and how far is that? */
import type { BuiltShard, MergeInput } from '#native'
import { OmnigramError } from '../../core/errors.js'
import { type ShardEntry, symbolsOf } from '../../core/manifest.js'
import { formatBytes } from '../../core/units.js'
import type { BuildSeams } from '../build-seams.js'
import type { IndexFolder } from '../index-folder.js'
import { readerBytes } from '../memory-plan.js'
import type { MergeOptions, MergeProgress } from './merge-options.js'
import { splitGroup } from './plan-merges.js'

/** At most ten reports a second. */
const reportEveryMs = 100

/** A shard on its way into another, and what is left out of it. */
export interface MergeSource extends MergeInput {
  readonly entry: ShardEntry
}

/** A shard that lies in the `build` folder. */
export interface MergedShard {
  readonly entry: ShardEntry
  readonly builtPath: string
}

/** Merges groups of shards, one after the other. What it writes lies in the `build` folder. */
export class MergeRun {
  readonly #startedAtMs = performance.now()
  readonly #totalSymbols: number
  #doneSymbols = 0
  #files = 0
  #ticket: number | null = null

  constructor(
    readonly options: MergeOptions,
    readonly folder: IndexFolder,
    readonly seams: BuildSeams,
    readonly groups: readonly (readonly MergeSource[])[],
  ) {
    this.#totalSymbols = sumOf(groups.flat(), ({ entry }) => symbolsOf(entry))
  }

  /** In the order of the groups. Throws what the native core throws; `no-memory` before anything is written. */
  async run(): Promise<MergedShard[]> {
    for (const group of this.groups) this.#checkMemory(group)
    await this.seams.files.makeFolder(this.folder.scratchDir)
    const merged: MergedShard[] = []
    for (const group of this.groups) {
      merged.push(await this.#mergeGroup(group))
      this.#doneSymbols += sumOf(group, ({ entry }) => symbolsOf(entry))
    }
    this.#report('publish', 1)
    return merged
  }

  /** Bytes that are on the disk at the same time: the new shards, and of the largest group text, order and rows that wait. */
  estimateDiskBytes(): number {
    const newBytes = sumOf(this.groups.flat(), ({ entry }) => entry.bytes)
    const scratchBytes = this.groups.map((group) => scratchBytesASymbol * sumOf(group, ({ entry }) => rowsOf(entry)))
    return newBytes + Math.max(0, ...scratchBytes)
  }

  #checkMemory(group: readonly MergeSource[]): void {
    const rows = sumOf(group, ({ entry }) => rowsOf(entry))
    const documents = sumOf(group, ({ entry }) => entry.documents)
    const bytes = sumOf(group, ({ entry }) => entry.bytes)
    const { memoryBytes } = this.options
    const estimate = (threads: number) =>
      readerBytes + this.seams.native.estimateMergeBytes(rows, documents, bytes, threads)
    if (estimate(1) > memoryBytes) {
      throw new OmnigramError(
        'no-memory',
        `Merging ${group.length} shards of ${formatBytes(rows)} needs ${estimate(1)} bytes of memory ` +
          `(${formatBytes(estimate(1))}); ${memoryBytes} (${formatBytes(memoryBytes)}) are allowed. Merge into more shards: --into.`,
      )
    }
  }

  /** As many as memory allows. */
  #threadsFor(group: readonly MergeSource[]): number {
    const rows = sumOf(group, ({ entry }) => rowsOf(entry))
    const documents = sumOf(group, ({ entry }) => entry.documents)
    const bytes = sumOf(group, ({ entry }) => entry.bytes)
    let { threads } = this.options
    const fits = () =>
      readerBytes + this.seams.native.estimateMergeBytes(rows, documents, bytes, threads) <= this.options.memoryBytes
    while (threads > 1 && !fits()) threads -= 1
    return threads
  }

  async #mergeGroup(group: readonly MergeSource[]): Promise<MergedShard> {
    const pieces = splitGroup(group.length)
    if (pieces.length === 1) return this.#merge(group)
    const merged: MergedShard[] = []
    for (const { first, count } of pieces) merged.push(await this.#mergeGroup(group.slice(first, first + count)))
    const whole = await this.#mergeGroup(
      merged.map(({ entry, builtPath }) => ({ entry, path: builtPath, dropped: [] })),
    )
    for (const { builtPath } of merged) await this.seams.files.remove(builtPath)
    return whole
  }

  async #merge(group: readonly MergeSource[]): Promise<MergedShard> {
    const { native, files } = this.seams
    const number = this.#files++
    const partPath = this.folder.mergedPath(number, 'part')
    const builtPath = this.folder.mergedPath(number, 'fm')
    this.#ticket = native.takeTicket()
    const timer = setInterval(() => this.#reportTicket(group), reportEveryMs).unref()
    const ticket = this.#ticket
    const stop = () => native.cancelTicket(ticket)
    this.options.signal?.addEventListener('abort', stop)
    try {
      if (this.options.signal?.aborted) throw new OmnigramError('cancelled', 'The merge was stopped before it began.')
      const threads = this.#threadsFor(group)
      const memoryBytes = this.options.memoryBytes - readerBytes
      const options = { threads, memoryBytes, scratchDir: this.folder.scratchDir }
      const inputs = group.map(({ path, dropped }) => ({ path, dropped }))
      const built = await native.mergeShards(inputs, partPath, options, ticket)
      const entry = this.#checkShard(partPath, built, group)
      await files.rename(partPath, builtPath)
      return { entry, builtPath }
    } finally {
      clearInterval(timer)
      this.options.signal?.removeEventListener('abort', stop)
      native.releaseTicket(ticket)
      this.#ticket = null
    }
  }

  /** Throws `internal` unless the shard holds as many documents as went into it, and is the file that was written. */
  #checkShard(path: string, built: BuiltShard, group: readonly MergeSource[]): ShardEntry {
    const info = this.seams.native.openShard(path, 'mmap').info()
    const documents = sumOf(group, ({ entry, dropped }) => entry.documents - dropped.length)
    const textBytes = sumOf(group, ({ entry }) => entry.textBytes)
    const isWhole = group.some(({ dropped }) => dropped.length > 0)
      ? built.textBytes <= textBytes
      : built.textBytes === textBytes
    if (info.checksum !== built.checksum || built.documents !== documents || !isWhole) {
      throw new OmnigramError('internal', `${path} does not hold what was merged. Nothing was published.`)
    }
    return {
      name: `${built.checksum}.fm`,
      checksum: built.checksum,
      bytes: built.fileBytes,
      documents: built.documents,
      textBytes: built.textBytes,
    }
  }

  #reportTicket(group: readonly MergeSource[]): void {
    if (this.#ticket === null) return
    const { phase, share } = this.seams.native.readProgress(this.#ticket)
    const symbols = sumOf(group, ({ entry }) => symbolsOf(entry))
    const done = (this.#doneSymbols + share * symbols) / Math.max(1, this.#totalSymbols)
    if (phase !== 'waiting') this.#report(phase as MergeProgress['phase'], done)
  }

  #report(phase: MergeProgress['phase'], share: number): void {
    const elapsedMs = performance.now() - this.#startedAtMs
    this.options.onProgress?.({
      phase,
      share,
      bytesPerSecond: (share * this.#totalSymbols) / (elapsedMs / 1_000),
      etaMs: share > 0.01 ? (elapsedMs * (1 - share)) / share : null,
      shardsDone: this.#files === 0 ? 0 : this.#files - (share < 1 ? 1 : 0),
      shardsPlanned: this.groups.length,
    })
  }
}

/** Text and order of each row, the order before, and the rank structure of what is merged so far; rows that wait take four bytes. */
const scratchBytesASymbol = 5

function rowsOf(entry: ShardEntry): number {
  return symbolsOf(entry) + entry.documents
}

function sumOf<Value>(values: readonly Value[], pick: (value: Value) => number): number {
  return values.reduce((sum, value) => sum + pick(value), 0)
}
