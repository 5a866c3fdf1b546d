/** Which jobs on traps wait, and what came out? In memory alone: a registry is private, and is on no disk of the server. */
import { randomBytes } from 'node:crypto'
import type { JobProblem } from '../jobs/job.js'
import type { JobQueue, TakenJob } from '../jobs/job-runner.js'
import type { TrapJob, TrapOrder, TrapProgress, TrapResult } from './trap-job.js'

interface Entry {
  job: TrapJob
  /** The upload; gone once the job has ended. */
  file: Buffer | null
  runner: string | null
  attempts: number
}

export class TrapJobQueue implements JobQueue<TrapOrder, TrapProgress, TrapResult> {
  readonly #entries = new Map<string, Entry>()

  /** Its id is the right to it: 128 bits that nobody guesses. */
  add(account: string, order: TrapOrder, file: Buffer, nowMs: number, expiresMs: number): TrapJob {
    const id = randomBytes(16).toString('base64url')
    const ends = { progress: null, problem: null, result: null, endedMs: null }
    const job: TrapJob = { id, account, order, state: 'queued', ...ends, createdMs: nowMs, expiresMs }
    this.#entries.set(id, { job, file, runner: null, attempts: 0 })
    return job
  }

  find(id: string): TrapJob | null {
    return this.#entries.get(id)?.job ?? null
  }

  /** Jobs that wait or run: all, and those of one account. */
  countLive(account: string): { readonly all: number; readonly ofAccount: number } {
    const live = this.#listLive()
    return { all: live.length, ofAccount: live.filter(({ job }) => job.account === account).length }
  }

  /** Jobs that are taken before `job`. */
  countBefore({ id }: TrapJob): number {
    return Math.max(
      0,
      this.#listLive().findIndex(({ job }) => job.id === id),
    )
  }

  take(
    runner: string,
    _nowMs: number,
    _leaseMs: number,
    canRun: (order: TrapOrder) => boolean,
  ): TakenJob<TrapOrder> | null {
    const entry = this.#listLive().find(({ job }) => job.state === 'queued' && canRun(job.order))
    if (!entry?.file) return null
    entry.attempts++
    this.#change(entry, runner, { state: 'running' })
    const { id, order } = entry.job
    return { id, order, file: entry.file, attempts: entry.attempts }
  }

  renew(id: string, runner: string, _leaseEndMs: number, progress: TrapProgress | null): boolean {
    const entry = this.#findOf(id, runner)
    if (entry && progress) this.#change(entry, runner, { progress })
    return entry !== null
  }

  /** The runner is of this process, as the jobs are: none outlives it. */
  endLeases(): void {}

  release(id: string, runner: string): void {
    const entry = this.#findOf(id, runner)
    if (entry) this.#change(entry, null, { state: 'queued', progress: null })
  }

  finish(id: string, runner: string, result: TrapResult, nowMs: number, expiresMs: number): void {
    this.#end(id, runner, { state: 'done', result, endedMs: nowMs, expiresMs })
  }

  fail(id: string, runner: string, problem: JobProblem, nowMs: number, expiresMs: number): void {
    this.#end(id, runner, { state: 'failed', problem, endedMs: nowMs, expiresMs })
  }

  /** Forgets a job, whatever its state. */
  remove(id: string): void {
    this.#entries.delete(id)
  }

  prune(nowMs: number, keep: number): void {
    const ended = [...this.#entries.values()].filter(({ job }) => job.endedMs !== null)
    const surplus = ended.slice(0, Math.max(0, ended.length - keep))
    for (const { job } of [...ended.filter(({ job: { expiresMs } }) => expiresMs <= nowMs), ...surplus]) {
      this.#entries.delete(job.id)
    }
  }

  #listLive(): Entry[] {
    return [...this.#entries.values()].filter(({ job }) => job.endedMs === null)
  }

  #findOf(id: string, runner: string): Entry | null {
    const entry = this.#entries.get(id)
    return entry?.job.state === 'running' && entry.runner === runner ? entry : null
  }

  #end(id: string, runner: string, change: Partial<TrapJob>): void {
    const entry = this.#findOf(id, runner)
    if (!entry) return
    // Who has no key is known by an address, which nobody needs any more.
    const account = entry.job.account.startsWith('key ') ? entry.job.account : ''
    entry.file = null
    this.#change(entry, null, { ...change, account })
  }

  #change(entry: Entry, runner: string | null, change: Partial<TrapJob>): void {
    entry.runner = runner
    entry.job = { ...entry.job, ...change }
  }
}
