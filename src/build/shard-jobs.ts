/** Which shards are being built, how far are they, and how are they stopped? */

import type { SpoolSummary } from '#native'
import type { ShardEntry } from '../core/manifest.js'
import type { BuildOptions } from './build-options.js'
import { writeRecord } from './build-record.js'
import type { BuildSeams } from './build-seams.js'
import { checkShard } from './check-shard.js'
import type { IndexFolder } from './index-folder.js'
import { MemoryGate } from './memory-gate.js'
import type { MemoryPlan } from './memory-plan.js'
import type { RunningShard } from './remaining-work.js'

/** Time to build a byte before any shard has shown its own: 6 MB/s. */
const firstGuessMsPerByte = 1 / 6_000

/** Where in the work of a shard each phase of the native core ends, measured on prose. */
const phaseEnds: Readonly<Record<string, number>> = { read: 0.03, sort: 0.63, gather: 0.78, encode: 0.97, write: 1 }

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
  ) {
    this.#gate = new MemoryGate(memory.shardBudgetBytes, memory.shardsAtOnce)
  }

  /** Waits for room, then begins to build the shard; `onDone` hears of its end. Throws what an earlier shard failed with. */
  async start(shard: number, summary: SpoolSummary, onDone: (entry: ShardEntry) => void): Promise<void> {
    const claimedBytes = this.memory.claimShard(summary.textBytes, summary.documents)
    await this.#gate.enter(claimedBytes)
    const end = this.#failure
      ? Promise.resolve()
      : this.#build(shard, summary).then(onDone, (reason: unknown) => {
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

  /** Time one thread takes a byte, learned from what is done. */
  get buildMsPerByte(): number {
    return this.#builtTextBytes === 0 ? firstGuessMsPerByte : this.#builtMs / this.#builtTextBytes
  }

  describeRunning(): RunningShard[] {
    return [...this.#running].map((job) => {
      const { phase, share } = this.seams.native.readProgress(job.ticket)
      const names = Object.keys(phaseEnds)
      const start = phaseEnds[names[names.indexOf(phase) - 1]] ?? 0
      const end = phaseEnds[phase] ?? start
      // The sort reports no shares: there the clock says how far it is.
      const clockShare = (performance.now() - job.startedAtMs) / (job.textBytes * this.buildMsPerByte)
      const wholeShare = phase === 'sort' ? Math.min(end, Math.max(start, clockShare)) : start + (end - start) * share
      return { phase: wholeShare < phaseEnds.sort ? 'sort' : 'encode', textBytes: job.textBytes, share: wholeShare }
    })
  }

  async #build(shard: number, summary: SpoolSummary): Promise<ShardEntry> {
    const { files, native } = this.seams
    const { saRate, isaRate, profile } = this.options
    const job = { ticket: native.takeTicket(), textBytes: summary.textBytes, startedAtMs: performance.now() }
    this.#running.add(job)
    try {
      if (this.#isStopped) native.cancelTicket(job.ticket)
      const [spoolPath, partPath] = [this.folder.spoolPath(shard), this.folder.partPath(shard)]
      const options = { saRate, isaRate, profile, threads: this.memory.threadsPerShard }
      const built = await native.buildShard(spoolPath, partPath, options, job.ticket)
      checkShard(partPath, built, summary, native)
      await files.rename(partPath, this.folder.builtPath(shard))
      const entry: ShardEntry = {
        name: `${built.checksum}.fm`,
        checksum: built.checksum,
        bytes: built.fileBytes,
        documents: built.documents,
        textBytes: built.textBytes,
      }
      await writeRecord(shard, { digest: summary.digest, entry }, this.folder, files)
      await files.remove(spoolPath)
      this.#builtMs += performance.now() - job.startedAtMs
      this.#builtTextBytes += summary.textBytes
      return entry
    } finally {
      this.#running.delete(job)
      native.releaseTicket(job.ticket)
    }
  }
}
