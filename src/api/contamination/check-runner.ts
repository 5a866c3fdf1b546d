/** How does a check get done, once its client has gone? One after the other, beside the questions of others. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { ContaminationReport } from '../../contamination/report.js'
import { OmnigramError } from '../../core/errors.js'
import { type CheckOrder, type CheckProgress, describeFailure } from './check.js'
import type { CheckStore, TakenCheck } from './check-store.js'

/** Makes the report of an upload. */
export type RunCheck = (
  order: CheckOrder,
  file: Buffer,
  signal: AbortSignal,
  onProgress: (progress: CheckProgress) => void,
) => Promise<ContaminationReport>

export interface CheckRunnerOptions {
  readonly canRun: (order: CheckOrder) => boolean
  readonly run: RunCheck
  /** How long an ended check is kept. */
  readonly retentionMs: number
  /** Longest work on one check. */
  readonly limitMs?: number
  /** How often it looks for checks that others added or left. */
  readonly pollMs?: number
  /** After so long without a word from its runner a check is begun again. */
  readonly leaseMs?: number
  readonly onFailure?: (error: unknown, id: string) => void
}

/** A check that ended its server so often is not begun again. */
const maxAttempts = 2

/** Ended checks that are kept at most. */
const maxKept = 1_000

/** Progress is written no oftener than this. */
const progressMs = 150

/** Runners of this process. */
const living = new Set<string>()

export class CheckRunner {
  readonly #store: CheckStore
  readonly #options: Required<Omit<CheckRunnerOptions, 'onFailure'>> & Pick<CheckRunnerOptions, 'onFailure'>
  readonly #name = `${hostname()}/${process.pid}/${randomUUID()}`
  readonly #timer: NodeJS.Timeout
  #current: { readonly id: string; readonly controller: AbortController } | null = null
  #working: Promise<void> | null = null
  #isStopped = false

  constructor(store: CheckStore, options: CheckRunnerOptions) {
    this.#store = store
    this.#options = { limitMs: 600_000, pollMs: 2_000, leaseMs: 15_000, ...options }
    this.#timer = setInterval(() => this.wake(), this.#options.pollMs).unref()
    living.add(this.#name)
    store.endLeases((runner) => runner !== this.#name && hasDied(runner))
    this.wake()
  }

  /** Looks for work, unless it is at work. */
  wake(): void {
    if (this.#isStopped) return
    this.#working ??= this.#work().finally(() => {
      this.#working = null
    })
  }

  /** Ends the work on a check that was removed. */
  cancel(id: string): void {
    if (this.#current?.id === id) this.#current.controller.abort(new OmnigramError('cancelled', 'It was cancelled.'))
  }

  /** Puts the check under way back, for the next server to begin it again. */
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
      this.#store.prune(Date.now(), maxKept)
      while (!this.#isStopped) {
        const taken = this.#store.take(this.#name, Date.now(), leaseMs, canRun)
        if (!taken) return
        await this.#do(taken)
      }
    } catch (error) {
      // The state file cannot be written now; the timer tries again.
      onFailure?.(error, '')
    }
  }

  async #do({ check: { id, order }, file, attempts }: TakenCheck): Promise<void> {
    const { run, leaseMs, limitMs, retentionMs, onFailure } = this.#options
    const controller = new AbortController()
    this.#current = { id, controller }
    let progress: CheckProgress | null = null
    let toldMs = 0
    const renew = () => {
      toldMs = Date.now()
      try {
        if (this.#store.renew(id, this.#name, toldMs + leaseMs, progress)) return
        controller.abort(new OmnigramError('cancelled', 'It was cancelled.'))
      } catch (error) {
        // Called by a timer, where an error would end the server.
        controller.abort(error)
      }
    }
    const heart = setInterval(renew, leaseMs / 3)
    const limit = setTimeout(() => {
      controller.abort(new OmnigramError('deadline-exceeded', `A check may take ${limitMs} ms.`))
    }, limitMs)
    try {
      if (attempts > maxAttempts) {
        throw new OmnigramError('worker-lost', `The server ended ${maxAttempts} times while it worked on this check.`)
      }
      const report = await run(order, file, controller.signal, (seen) => {
        progress = seen
        if (Date.now() - toldMs >= progressMs) renew()
      })
      // What was seen last may not have been told yet.
      renew()
      const endMs = Date.now()
      this.#store.finish(id, this.#name, report, endMs, endMs + retentionMs)
    } catch (thrown) {
      if (this.#isStopped) this.#store.release(id, this.#name)
      else {
        const error = controller.signal.aborted ? controller.signal.reason : thrown
        const endMs = Date.now()
        this.#store.fail(id, this.#name, describeFailure(error), endMs, endMs + retentionMs)
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
