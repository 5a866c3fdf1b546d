/** How is one thread of the pool given work, taken off it, and missed when it dies? */
import { Worker } from 'node:worker_threads'
import { cancelTicket, releaseTicket, takeTicket } from '#native'
import { OmnigramError } from '../core/errors.js'
import type { Lane } from './shard-runner.js'
import type { PoolMessage, TaskMessage, WorkerReply } from './worker-message.js'

/** A task on its way through the pool. */
export interface WorkerJob {
  readonly message: Omit<TaskMessage, 'kind' | 'ticket'>
  readonly lane: Lane
  readonly queuedAtMs: number
  isSettled: boolean
  readonly resolve: (result: unknown) => void
  readonly reject: (error: OmnigramError) => void
}

export interface WorkerEvents {
  onDone(job: WorkerJob, outcome: OmnigramError | { readonly result: unknown }, runMs: number): void
  /** The thread is gone; `job` is what it had. */
  onLost(job: WorkerJob | null, reason: OmnigramError): void
}

/** The native work ends within milliseconds of a cancel; a worker that stays silent for so long is stuck. */
const stuckAfterMs = 5_000

export class PoolWorker {
  readonly #worker: Worker
  readonly #events: WorkerEvents
  #job: WorkerJob | null = null
  #ticket = 0
  #startedAtMs = 0
  #stuckTimer: NodeJS.Timeout | undefined
  #failure = 'it ended'
  #isGone = false

  constructor(url: URL, heapMb: number, events: WorkerEvents) {
    this.#events = events
    this.#worker = new Worker(url, { name: 'omnigram', resourceLimits: { maxOldGenerationSizeMb: heapMb } })
    // An idle worker does not keep the process alive.
    this.#worker.unref()
    this.#worker.on('message', (reply: WorkerReply) => this.#finish(reply))
    this.#worker.on('messageerror', (error) => this.#finish({ isDone: false, code: 'internal', detail: error.message }))
    this.#worker.on('error', (error) => {
      this.#failure = error.message
    })
    this.#worker.on('exit', (exitCode) => {
      this.#lose(exitCode)
      this.#release()
    })
  }

  /** What it works on; null when it is idle. */
  get job(): WorkerJob | null {
    return this.#job
  }

  /** Throws when the job cannot be sent; the worker stays idle then. */
  start(job: WorkerJob): void {
    const ticket = takeTicket()
    try {
      this.#post({ kind: 'task', ticket, ...job.message })
    } catch (thrown) {
      releaseTicket(ticket)
      throw thrown
    }
    this.#ticket = ticket
    this.#job = job
    this.#startedAtMs = performance.now()
    this.#worker.ref()
  }

  forget(path: string): void {
    this.#post({ kind: 'forget', path })
  }

  /** Ends the work under way. The worker is free when it says so, and given up when it stays silent. */
  cancel(): void {
    cancelTicket(this.#ticket)
    this.#stuckTimer ??= setTimeout(() => {
      this.#failure = `it was silent for ${stuckAfterMs} ms after its task was cancelled`
      this.#lose(null)
      void this.#worker.terminate()
    }, stuckAfterMs).unref()
  }

  async close(): Promise<void> {
    this.#isGone = true
    await this.#worker.terminate()
  }

  #post(message: PoolMessage): void {
    this.#worker.postMessage(message)
  }

  #finish(reply: WorkerReply): void {
    const job = this.#job
    if (!job) return
    this.#release()
    this.#job = null
    this.#worker.unref()
    const outcome = reply.isDone ? { result: reply.result } : new OmnigramError(reply.code, reply.detail)
    this.#events.onDone(job, outcome, performance.now() - this.#startedAtMs)
  }

  #lose(exitCode: number | null): void {
    if (this.#isGone) return
    this.#isGone = true
    const detail = exitCode === null ? this.#failure : `${this.#failure} (exit code ${exitCode})`
    this.#events.onLost(this.#job, new OmnigramError('worker-lost', `A worker is gone: ${detail}.`))
  }

  /** Only when the thread has left the task: until then its native work still looks at the ticket. */
  #release(): void {
    clearTimeout(this.#stuckTimer)
    this.#stuckTimer = undefined
    if (this.#ticket !== 0) releaseTicket(this.#ticket)
    this.#ticket = 0
  }
}
