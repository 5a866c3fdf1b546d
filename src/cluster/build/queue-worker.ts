/** What does a worker do that takes its jobs from a queue? */
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import type { ObjectStore } from '../store/object-store.js'
import { buildIntoStore, type WorkerResources } from './build-into-store.js'
import { BuildLedger } from './build-ledger.js'
import { chooseRestMs, type JobVerdict, judgeDelivery, judgeFailure, maxDeliveries } from './job-policy.js'
import type { JobQueue, ShardJob } from './job-queue.js'
import { publishPlan } from './publish-plan.js'

export interface QueueWorkerOptions extends WorkerResources {
  readonly signal: AbortSignal
  /** Ends when there was nothing to do for so long; null: never. */
  readonly idleMs?: number | null
  readonly onEvent?: (event: WorkerEvent) => void
}

export interface WorkerEvent {
  readonly kind: 'taken' | 'built' | 'present' | 'failed' | 'given-up' | 'away'
  readonly plan: string
  readonly shard: number
  readonly detail: string
}

/** How long one question to the queue waits, and how long a worker pauses when the queue is away. */
const takeMs = 5_000
const awayMs = 1_000

/** Works until it is told to stop, or until there was nothing to do for `idleMs`. Answers how many shards it built. */
export async function runQueueWorker(
  queue: JobQueue,
  store: ObjectStore,
  options: QueueWorkerOptions,
): Promise<{ built: number }> {
  const { signal, idleMs = null, onEvent } = options
  const ledgers = new Map<string, BuildLedger>()
  let built = 0
  let idleFromMs = performance.now()
  while (!signal.aborted) {
    const job = await takeJob(queue, signal, onEvent)
    if (job === null) {
      if (idleMs !== null && performance.now() - idleFromMs >= idleMs) break
      continue
    }
    const { isBuilt, restMs } = await doJob(job, queue, store, ledgers, options)
    if (isBuilt) built += 1
    if (restMs > 0) await sleep(restMs, undefined, { signal }).catch(() => undefined)
    idleFromMs = performance.now()
  }
  return { built }
}

async function takeJob(
  queue: JobQueue,
  signal: AbortSignal,
  onEvent: QueueWorkerOptions['onEvent'],
): Promise<ShardJob | null> {
  try {
    return await queue.take(takeMs)
  } catch (thrown) {
    if (!signal.aborted) {
      onEvent?.({ kind: 'away', plan: '', shard: -1, detail: toOmnigramError(thrown).detail })
      await sleep(awayMs, undefined, { signal }).catch(() => undefined)
    }
    return null
  }
}

interface JobEnd {
  /** Here, and not by somebody else before. */
  readonly isBuilt: boolean
  /** Before this worker should take another job. */
  readonly restMs: number
}

const ended: JobEnd = { isBuilt: false, restMs: 0 }

/** Nothing is thrown: what went wrong is written down, or the queue delivers again. */
async function doJob(
  job: ShardJob,
  queue: JobQueue,
  store: ObjectStore,
  ledgers: Map<string, BuildLedger>,
  options: QueueWorkerOptions,
): Promise<JobEnd> {
  const { plan, shard, deliveries } = job
  const tell = (kind: WorkerEvent['kind'], detail = '') => options.onEvent?.({ kind, plan, shard, detail })
  tell('taken', `delivery ${deliveries}`)
  const heartbeat = setInterval(() => job.keep(), queue.keepMs / 3)
  try {
    const ledger = await openLedger(store, plan, ledgers)
    if (ledger.plan.shards[shard] === undefined)
      throw new OmnigramError('bad-plan', `Plan ${plan} has no shard ${shard}.`)
    if (judgeDelivery(deliveries)) {
      const detail = `${maxDeliveries} workers were lost over it`
      await giveUp(job, ledger, new OmnigramError('worker-lost', `${detail}.`), tell)
      return ended
    }
    const outcome = await buildIntoStore(ledger, shard, options)
    await publishPlan(ledger)
    await job.finish()
    tell(outcome)
    return { isBuilt: outcome === 'built', restMs: 0 }
  } catch (thrown) {
    const error = toOmnigramError(thrown)
    const restMs = await settleFailure(job, ledgers.get(plan) ?? null, error, tell).catch(() => 0)
    return { isBuilt: false, restMs }
  } finally {
    clearInterval(heartbeat)
  }
}

/** How long this worker should rest. */
async function settleFailure(
  job: ShardJob,
  ledger: BuildLedger | null,
  error: OmnigramError,
  tell: (kind: WorkerEvent['kind'], detail: string) => void,
): Promise<number> {
  const verdict: JobVerdict = judgeFailure(job.deliveries, error)
  if (verdict.kind === 'give-up') {
    await giveUp(job, ledger, error, tell)
    return 0
  }
  tell('failed', error.message)
  await job.postpone(verdict.delayMs)
  return chooseRestMs(error, verdict.delayMs)
}

/** Written down first: a job that is neither done nor failed would be made again. */
async function giveUp(
  job: ShardJob,
  ledger: BuildLedger | null,
  { code, detail, message }: OmnigramError,
  tell: (kind: WorkerEvent['kind'], detail: string) => void,
): Promise<void> {
  tell('given-up', message)
  await ledger?.writeFailure({ shard: job.shard, code, detail, worker: hostname() })
  await job.giveUp(code)
}

async function openLedger(store: ObjectStore, plan: string, ledgers: Map<string, BuildLedger>): Promise<BuildLedger> {
  const known = ledgers.get(plan)
  if (known) return known
  const ledger = await BuildLedger.open(store, plan)
  ledgers.set(plan, ledger)
  return ledger
}
