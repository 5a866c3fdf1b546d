/** Which shards are being built, how far are they, and how are they stopped? */

import type { ShardEntry } from '../core/manifest.js'
import type { BuildOptions } from './build-options.js'
import { writeRecord } from './build-record.js'
import type { BuildSeams } from './build-seams.js'
import { checkShard } from './check-shard.js'
import { readBytesOf } from './document-size.js'
import type { IndexFolder } from './index-folder.js'
import { MemoryGate } from './memory-gate.js'
import type { MemoryPlan } from './memory-plan.js'
import type { RunningShard } from './remaining-work.js'
import { nameStep, type ShardStep } from './shard-progress.js'
import type { SealedSpool } from './shard-spool.js'

/** Time to build a byte before any shard has shown its own: 10 MB/s. */
const firstGuessMsPerByte = 1 / 10_000

/** Where in the work of a shard each phase of the native core ends, measured on prose. */
const phaseEnds: Readonly<Record<string, number>> = { read: 0.06, sort: 0.64, gather: 0.89, encode: 0.99, write: 1 }
/** The same when the text is kept too. */
const phaseEndsWithText = { read: 0.04, compress: 0.39, sort: 0.77, gather: 0.93, encode: 0.99, write: 1 }

interface ShardJob {
  readonly ticket: number
  readonly textBytes: number
  readonly startedAtMs: number
}

/** Builds sealed spools off the JavaScript thread, as many at once as memory and threads allow. */
export class ShardJobs {
  readonly #gate: MemoryGate
  readonly #running = new Set<ShardJob>()
  readonly #ends: Promise<void>[] = []
  #failure: { readonly reason: unknown } | null = null
  #isStopped = false
  #builtMs = 0
  #builtTextBytes = 0

  constructor(
    readonly options: BuildOptions,
    readonly folder: IndexFolder,
    readonly memory: MemoryPlan,
    readonly seams: BuildSeams,
    /** Token ids are below it; null: each shard goes by its own. */
    readonly vocabulary: number | null,
  ) {
    this.#gate = new MemoryGate(memory.shardBudgetBytes, memory.shardsAtOnce)
  }

  /** Waits for room, then begins to build the shard; `onDone` hears of its end. Throws what an earlier shard failed with. */
  async start(shard: number, spool: SealedSpool, onDone: (entry: ShardEntry) => void): Promise<void> {
    const claimedBytes = this.memory.claimShard(spool.sizeBytes, spool.documents)
    await this.#gate.enter(claimedBytes)
    const end = this.#failure
      ? Promise.resolve()
      : this.#build(shard, spool).then(onDone, (reason: unknown) => {
          this.#failure ??= { reason }
          this.stop()
        })
    this.#ends.push(end.finally(() => this.#gate.leave(claimedBytes)))
    this.throwFailure()
  }

  /** Waits for all shards. Throws the first failure. */
  async finish(): Promise<void> {
    await this.settle()
    this.throwFailure()
  }

  /** Waits until nothing runs any more, failed or not. */
  async settle(): Promise<void> {
    await Promise.all(this.#ends)
  }

  /** Asks the native core to stop: at once, but for a sort under way, which hears nothing until it is done. */
  stop(): void {
    this.#isStopped = true
    for (const { ticket } of this.#running) this.seams.native.cancelTicket(ticket)
  }

  throwFailure(): void {
    if (this.#failure) throw this.#failure.reason
  }

  /** Time one thread takes a byte: learned from the shards that are done, and from those that take longer than they did. */
  get buildMsPerByte(): number {
    const learned = this.#builtTextBytes === 0 ? firstGuessMsPerByte : this.#builtMs / this.#builtTextBytes
    const atLeast = [...this.#running].map((job) => {
      const doneBytes = job.textBytes * this.#phaseShares(job).end
      return doneBytes === 0 ? 0 : (performance.now() - job.startedAtMs) / doneBytes
    })
    return Math.max(learned, ...atLeast)
  }

  describeRunning(): (RunningShard & { readonly step: ShardStep })[] {
    const { buildMsPerByte } = this
    return [...this.#running].map((job) => {
      const { phase, share, start, end } = this.#phaseShares(job)
      // The sort reports no shares: there the clock says how far it is.
      const clockShare = (performance.now() - job.startedAtMs) / (job.textBytes * buildMsPerByte)
      const wholeShare = phase === 'sort' ? Math.min(end, Math.max(start, clockShare)) : start + (end - start) * share
      const half = end <= this.#phaseEnds.sort ? 'sort' : 'encode'
      return { phase: half, step: nameStep(phase), textBytes: job.textBytes, share: wholeShare }
    })
  }

  get #phaseEnds(): Readonly<Record<string, number>> {
    return this.options.textStore ? phaseEndsWithText : phaseEnds
  }

  /** The phase of the native core, the share of it that is done, and which share of the whole it begins and ends at. */
  #phaseShares({ ticket }: ShardJob): { phase: string; share: number; start: number; end: number } {
    const { phase, share } = this.seams.native.readProgress(ticket)
    const ends = Object.entries(this.#phaseEnds)
    const at = Math.max(
      0,
      ends.findIndex(([name]) => name === phase),
    )
    return { phase, share, start: at === 0 ? 0 : ends[at - 1][1], end: ends[at][1] }
  }

  async #build(shard: number, spool: SealedSpool): Promise<ShardEntry> {
    const { files, native } = this.seams
    const { saRate, isaRate, profile, textStore } = this.options
    const { symbols, textBytes } = spool
    const counts = {
      documents: spool.documents,
      textBytes,
      ...(symbols.kind === 'tokens' && { symbolCount: symbols.tokenCounts.total }),
    }
    const job = { ticket: native.takeTicket(), textBytes: readBytesOf(counts), startedAtMs: performance.now() }
    this.#running.add(job)
    try {
      if (this.#isStopped) native.cancelTicket(job.ticket)
      const [spoolPath, partPath] = [this.folder.spoolPath(shard), this.folder.partPath(shard)]
      const vocabulary = symbols.kind === 'tokens' && {
        vocabulary: this.vocabulary ?? Math.max(1, symbols.tokenCounts.vocabulary),
      }
      const options = { saRate, isaRate, profile, textStore, threads: this.memory.threadsPerShard, ...vocabulary }
      const built = await native.buildShard(spoolPath, partPath, options, job.ticket)
      checkShard(partPath, built, spool, native)
      await files.rename(partPath, this.folder.builtPath(shard))
      const entry: ShardEntry = {
        name: `${built.checksum}.fm`,
        checksum: built.checksum,
        bytes: built.fileBytes,
        ...counts,
      }
      await writeRecord(shard, { digest: spool.digest, entry }, this.folder, files)
      await files.remove(spoolPath)
      this.#builtMs += performance.now() - job.startedAtMs
      this.#builtTextBytes += job.textBytes
      return entry
    } finally {
      this.#running.delete(job)
      native.releaseTicket(job.ticket)
    }
  }
}
