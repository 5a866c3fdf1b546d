/** How does work get done, once its client has gone? One job after the other, beside the questions of others. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { OmnigramError } from '../../core/errors.js'
import { describeFailure, type JobProblem } from './job.js'

/** Does the work on an upload. */
export type RunJob<Order, Progress, Result> = (
  order: Order,
  file: Buffer,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
) => Promise<Result>

/** A job that a runner has taken. */
export interface TakenJob<Order> {
  readonly id: string
  readonly order: Order
  readonly file: Buffer
  /** How often it was begun, this time included. */
  readonly attempts: number
}

/** Where jobs wait, and where their ends are kept. Calls are synchronous and short. */
export interface JobQueue<Order, Progress, Result> {
  /**
   * Gives `runner` the oldest job that waits, or whose runner has not been heard of since its lease ended, among those that it `canRun`. Null
   * when there is none.
   */
  take(runner: string, nowMs: number, leaseMs: number, canRun: (order: Order) => boolean): TakenJob<Order> | null
  /** Says how far it is and that the runner is there; false when the job is no longer the runner's. */
  renew(id: string, runner: string, leaseEndMs: number, progress: Progress | null): boolean
  /** Lets the jobs of runners that are gone be taken at once. */
  endLeases(isGone: (runner: string) => boolean): void
  /** Puts a job back, as if it had not been taken. */
  release(id: string, runner: string): void
  /** Nothing when the job is no longer the runner's; {@link JobQueue.fail} likewise. */
  finish(id: string, runner: string, result: Result, nowMs: number, expiresMs: number): void
  fail(id: string, runner: string, problem: JobProblem, nowMs: number, expiresMs: number): void
  /** Forgets what has expired, and the oldest of more than `keep` ended jobs. */
  prune(nowMs: number, keep: number): void
}

export interface JobRunnerOptions<Order, Progress, Result> {
  readonly canRun: (order: Order) => boolean
  readonly run: RunJob<Order, Progress, Result>
  /** How long an ended job is kept. */
  readonly retentionMs: number
  /** Longest work on one job. */
  readonly limitMs?: number
  /** How often it looks for jobs that others added or left. */
  readonly pollMs?: number
  /** After so long without a word from its runner a job is begun again. */
  readonly leaseMs?: number
  readonly onFailure?: (error: unknown, id: string) => void
}

/** What an operator, or a test, may change about a runner. */
export type RunnerTimes = Pick<JobRunnerOptions<never, never, never>, 'limitMs' | 'pollMs' | 'leaseMs'>

/** A job that ended its server so often is not begun again. */
const maxAttempts = 2

/** Ended jobs that are kept at most. */
const maxKept = 1_000

/** Progress is written no oftener than this. */
const progressMs = 150

/** Runners of this process. */
const living = new Set<string>()

type Settings<Order, Progress, Result> = Required<Omit<JobRunnerOptions<Order, Progress, Result>, 'onFailure'>> &
  Pick<JobRunnerOptions<Order, Progress, Result>, 'onFailure'>

export class JobRunner<Order, Progress, Result> {
  readonly #queue: JobQueue<Order, Progress, Result>
  readonly #options: Settings<Order, Progress, Result>
  readonly #name = `${hostname()}/${process.pid}/${randomUUID()}`
  readonly #timer: NodeJS.Timeout
  #current: { readonly id: string; readonly controller: AbortController } | null = null
  #working: Promise<void> | null = null
  #isStopped = false

  constructor(queue: JobQueue<Order, Progress, Result>, options: JobRunnerOptions<Order, Progress, Result>) {
    this.#queue = queue
    this.#options = { limitMs: 600_000, pollMs: 2_000, leaseMs: 15_000, ...options }
    this.#timer = setInterval(() => this.wake(), this.#options.pollMs).unref()
    living.add(this.#name)
    queue.endLeases((runner) => runner !== this.#name && hasDied(runner))
    this.wake()
  }

  /** Looks for work, unless it is at work. */
  wake(): void {
    if (this.#isStopped) return
    this.#working ??= this.#work().finally(() => {
      this.#working = null
    })
  }

  /** Ends the work on a job that was removed. */
  cancel(id: string): void {
    if (this.#current?.id === id) this.#current.controller.abort(new OmnigramError('cancelled', 'It was cancelled.'))
  }

  /** Puts the job under way back, for the next server to begin it again. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    this.#current?.controller.abort(new OmnigramError('cancelled', 'The server is stopping.'))
    await this.#working
    living.delete(this.#name)
  }

  async #work(): Promise<void> {
    const { canRun, leaseMs, onFailure } = this.#options
    try {
      this.#queue.prune(Date.now(), maxKept)
      while (!this.#isStopped) {
        const taken = this.#queue.take(this.#name, Date.now(), leaseMs, canRun)
        if (!taken) return
        await this.#do(taken)
      }
    } catch (error) {
      // The queue cannot be written now; the timer tries again.
      onFailure?.(error, '')
    }
  }

  async #do({ id, order, file, attempts }: TakenJob<Order>): Promise<void> {
    const { run, leaseMs, limitMs, retentionMs, onFailure } = this.#options
    const controller = new AbortController()
    this.#current = { id, controller }
    let progress: Progress | null = null
    let toldMs = 0
    const renew = () => {
      toldMs = Date.now()
      try {
        if (this.#queue.renew(id, this.#name, toldMs + leaseMs, progress)) return
        controller.abort(new OmnigramError('cancelled', 'It was cancelled.'))
      } catch (error) {
        // Called by a timer, where an error would end the server.
        controller.abort(error)
      }
    }
    const heart = setInterval(renew, leaseMs / 3)
    const limit = setTimeout(() => {
      controller.abort(new OmnigramError('deadline-exceeded', `The work may take ${limitMs} ms.`))
    }, limitMs)
    try {
      if (attempts > maxAttempts) {
        throw new OmnigramError('worker-lost', `The server ended ${maxAttempts} times while it worked on this.`)
      }
      const result = await run(order, file, controller.signal, (seen) => {
        progress = seen
        if (Date.now() - toldMs >= progressMs) renew()
      })
      // What was seen last may not have been told yet.
      renew()
      const endMs = Date.now()
      this.#queue.finish(id, this.#name, result, endMs, endMs + retentionMs)
    } catch (thrown) {
      if (this.#isStopped) this.#queue.release(id, this.#name)
      else {
        const error = controller.signal.aborted ? controller.signal.reason : thrown
        const endMs = Date.now()
        this.#queue.fail(id, this.#name, describeFailure(error), endMs, endMs + retentionMs)
        onFailure?.(error, id)
      }
    } finally {
      clearInterval(heart)
      clearTimeout(limit)
      this.#current = null
    }
  }
}

/** Whether the process of a runner is certainly gone: of other machines nobody knows before the lease ends. */
function hasDied(runner: string): boolean {
  const [host, pid] = runner.split('/')
  if (host !== hostname()) return false
  // A container that was started again has its old number.
  if (Number(pid) === process.pid) return !living.has(runner)
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
