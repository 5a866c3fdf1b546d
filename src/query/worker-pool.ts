/** How are the cores shared among all questions? A bounded set of threads, two queues, and a way to take a task back. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { checkInteger } from './check-arguments.js'
import { DurationHistogram, type HistogramSnapshot } from './duration-histogram.js'
import { PoolWorker, type WorkerJob } from './pool-worker.js'
import type { QueryCall } from './query-call.js'
import type { ShardFile } from './shard-file.js'
import type { Lane, ShardRunner, TaskLane } from './shard-runner.js'
import type { TaskInput, TaskName, TaskResult } from './shard-task.js'
import { TaskQueue } from './task-queue.js'

export interface WorkerPoolOptions {
  /** Threads at most; each starts when it is first needed. Default: one a core. */
  readonly workers?: number
  /** Tasks that may wait in a lane before further calls are refused with `overloaded`. */
  readonly maxQueue?: number
  /** Heap of one worker, in MiB: a worker that needs more dies alone. */
  readonly workerHeapMb?: number
  /** The script of a worker. */
  readonly workerUrl?: URL
}

/** For `/metrics`. */
export interface PoolStatistics {
  readonly workers: number
  readonly busyWorkers: number
  readonly queued: Readonly<Record<Lane, number>>
  /** Workers that died and were replaced. */
  readonly restarts: number
  /** Calls refused because the queue was full. */
  readonly refused: number
  /** Tasks that were taken back before or while a worker had them. */
  readonly dropped: number
  readonly wait: HistogramSnapshot
  readonly run: HistogramSnapshot
}

export class WorkerPool implements ShardRunner {
  readonly #maxWorkers: number
  readonly #maxQueue: number
  readonly #heapMb: number
  readonly #workerUrl: URL
  readonly #workers = new Set<PoolWorker>()
  readonly #queues: Readonly<Record<Lane, TaskQueue<WorkerJob>>> = {
    interactive: new TaskQueue(),
    batch: new TaskQueue(),
  }
  readonly #wait = new DurationHistogram()
  readonly #run = new DurationHistogram()
  #restarts = 0
  #refused = 0
  #dropped = 0
  #isClosed = false

  constructor({
    workers = availableParallelism(),
    maxQueue = 1024,
    workerHeapMb = 512,
    workerUrl = findWorker(),
  }: WorkerPoolOptions = {}) {
    checkInteger('workers', workers, 1, 1024)
    checkInteger('maxQueue', maxQueue, 0, 1_000_000)
    checkInteger('workerHeapMb', workerHeapMb, 16, 65_536)
    this.#maxWorkers = workers
    this.#maxQueue = maxQueue
    this.#heapMb = workerHeapMb
    this.#workerUrl = workerUrl
  }

  run<Name extends TaskName>(
    { path, hiddenPath, residency }: ShardFile,
    name: Name,
    input: TaskInput<Name>,
    call: QueryCall,
    taskLane: TaskLane,
  ): Promise<TaskResult<Name>> {
    const lane: Lane = taskLane === 'batch' ? 'batch' : 'interactive'
    return new Promise<TaskResult<Name>>((resolve, reject) => {
      call.check()
      this.#admit(call, lane)
      const job: WorkerJob = {
        message: { path, hiddenPath, residency, name, input },
        lane,
        queuedAtMs: performance.now(),
        isSettled: false,
        resolve: (result) => {
          takeOff()
          resolve(result as TaskResult<Name>)
        },
        reject: (error) => {
          takeOff()
          reject(error)
        },
      }
      const takeOff = call.onEnd((reason) => this.#takeBack(job, reason))
      this.#queues[lane].push(job)
      this.#dispatch()
    })
  }

  /** Workers drop the shard when they are next idle. */
  forget({ path }: ShardFile): void {
    for (const worker of this.#workers) worker.forget(path)
  }

  statistics(): PoolStatistics {
    return {
      workers: this.#workers.size,
      busyWorkers: [...this.#workers].filter((worker) => worker.job !== null).length,
      queued: { interactive: this.#queues.interactive.size, batch: this.#queues.batch.size },
      restarts: this.#restarts,
      refused: this.#refused,
      dropped: this.#dropped,
      wait: this.#wait.snapshot(),
      run: this.#run.snapshot(),
    }
  }

  /** Fails what still waits with `cancelled` and ends the threads. */
  async close(): Promise<void> {
    this.#isClosed = true
    const reason = new OmnigramError('cancelled', 'The worker pool is closed.')
    for (const queue of Object.values(this.#queues)) {
      for (let job = queue.shift(); job; job = queue.shift()) this.#settle(job, reason)
    }
    for (const worker of this.#workers) if (worker.job) this.#takeBack(worker.job, reason)
    await Promise.all([...this.#workers].map((worker) => worker.close()))
  }

  /** A call is let in or refused as a whole, so that no call is stuck half-way. */
  #admit(call: QueryCall, lane: Lane): void {
    if (this.#isClosed) throw new OmnigramError('cancelled', 'The worker pool is closed.')
    if (call.isAdmitted) return
    // What an idle worker takes at once does not wait.
    const queued = this.#queues[lane].size
    if (queued >= this.#maxQueue && (queued > 0 || !this.#hasRoom(lane))) {
      this.#refused++
      throw new OmnigramError('overloaded', `${queued} tasks wait already, the limit is ${this.#maxQueue}.`)
    }
    call.isAdmitted = true
  }

  #dispatch(): void {
    for (const lane of ['interactive', 'batch'] as const) {
      while (this.#queues[lane].size > 0 && this.#hasRoom(lane)) {
        const job = this.#queues[lane].shift()
        if (job) this.#start(job)
      }
    }
  }

  #hasRoom(lane: Lane): boolean {
    let [busy, busyWithBatch] = [0, 0]
    for (const { job } of this.#workers) {
      if (!job) continue
      busy++
      if (job.lane === 'batch') busyWithBatch++
    }
    if (busy >= this.#maxWorkers) return false
    return lane === 'interactive' || busyWithBatch < Math.max(1, this.#maxWorkers - 1)
  }

  #start(job: WorkerJob): void {
    const idle = [...this.#workers].find((worker) => worker.job === null) ?? this.#addWorker()
    this.#wait.record(performance.now() - job.queuedAtMs)
    try {
      idle.start(job)
    } catch (thrown) {
      this.#settle(job, toOmnigramError(thrown))
    }
  }

  #addWorker(): PoolWorker {
    const worker: PoolWorker = new PoolWorker(this.#workerUrl, this.#heapMb, {
      onDone: (job, outcome, runMs) => {
        this.#run.record(runMs)
        this.#settle(job, outcome)
        this.#dispatch()
      },
      onLost: (job, reason) => {
        this.#workers.delete(worker)
        if (this.#isClosed) return
        this.#restarts++
        if (job) this.#settle(job, reason)
        this.#dispatch()
      },
    })
    this.#workers.add(worker)
    return worker
  }

  #takeBack(job: WorkerJob, reason: OmnigramError): void {
    if (job.isSettled) return
    this.#dropped++
    this.#settle(job, reason)
    if (this.#queues[job.lane].remove(job)) return
    for (const worker of this.#workers) if (worker.job === job) worker.cancel()
  }

  #settle(job: WorkerJob, outcome: OmnigramError | { readonly result: unknown }): void {
    if (job.isSettled) return
    job.isSettled = true
    if (outcome instanceof OmnigramError) job.reject(outcome)
    else job.resolve(outcome.result)
  }
}

/** The compiled worker: beside this file, or in `dist` when the sources themselves are run. */
function findWorker(): URL {
  const beside = new URL('./worker.js', import.meta.url)
  return existsSync(fileURLToPath(beside)) ? beside : new URL('../../dist/query/worker.js', import.meta.url)
}
