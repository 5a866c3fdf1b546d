/** Who may have traps looked for, and how much of that at once? What the resources under /v1/traps use. */
import { OmnigramError } from '../../core/errors.js'
import type { JobOwner } from '../jobs/job.js'
import { JobRunner, type RunnerTimes } from '../jobs/job-runner.js'
import type { ServedIndexes } from '../served-indexes.js'
import { makeRunTrapJob, type RunTrapJob } from './run-trap-job.js'
import type { TrapJob, TrapOrder, TrapProgress, TrapResult } from './trap-job.js'
import { TrapJobQueue } from './trap-job-queue.js'

export interface TrapDeskOptions {
  readonly run?: RunTrapJob
  readonly runner?: RunnerTimes
  readonly onFailure?: (error: unknown, id: string) => void
}

/** Jobs that wait or run: of all, as each keeps its upload in memory, and of one account. */
const maxLiveJobs = 16
const maxLiveJobsOfAccount = 2

/** Results are for whoever waits for them. */
const retentionMs = 60 * 60 * 1_000

export class TrapDesk {
  readonly #queue = new TrapJobQueue()
  readonly #runner: JobRunner<TrapOrder, TrapProgress, TrapResult>

  constructor(indexes: ServedIndexes, { run = makeRunTrapJob(indexes), runner, onFailure }: TrapDeskOptions = {}) {
    this.#runner = new JobRunner(this.#queue, { ...runner, canRun: () => true, run, retentionMs, onFailure })
  }

  /** Takes an upload that was read before. Throws `overloaded`, and `rate-limited` for too many of one account. */
  add(owner: JobOwner, order: TrapOrder, file: Buffer): TrapJob {
    const nowMs = Date.now()
    this.#queue.prune(nowMs, Number.POSITIVE_INFINITY)
    const live = this.#queue.countLive(owner.account)
    if (live.all >= maxLiveJobs) {
      throw new OmnigramError('overloaded', `${live.all} jobs on traps wait, the limit is ${maxLiveJobs}.`)
    }
    if (live.ofAccount >= maxLiveJobsOfAccount) {
      throw new OmnigramError('rate-limited', `${live.ofAccount} of your jobs wait or run, which is the limit.`)
    }
    const job = this.#queue.add(owner.account, order, file, nowMs, nowMs + retentionMs)
    this.#runner.wake()
    return job
  }

  /** The job of a key is nobody else's, whoever knows its id. Throws `unknown-job`. */
  open(id: string, owner: JobOwner): TrapJob {
    const job = this.#queue.find(id)
    const isOthers = job?.account.startsWith('key ') === true && job.account !== owner.account && !owner.isAdmin
    if (job && !isOthers) return job
    throw new OmnigramError('unknown-job', `'${id.slice(0, 64)}' is not known, or its time has passed.`)
  }

  /** Jobs that are taken before this one; 0 when it is not waiting. */
  countBefore(job: TrapJob): number {
    return job.state === 'queued' ? this.#queue.countBefore(job) : 0
  }

  /** Ends the work on a job and forgets it, with its upload and its result. Throws as {@link TrapDesk.open}. */
  remove(id: string, owner: JobOwner): TrapJob {
    const job = this.open(id, owner)
    this.#queue.remove(id)
    this.#runner.cancel(id)
    return job
  }

  /** What waits is forgotten with the process. */
  close(): Promise<void> {
    return this.#runner.stop()
  }
}
