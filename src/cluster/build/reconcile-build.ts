/** Which jobs of a build are missing from the queue, and is the build done? */
import { setTimeout as sleep } from 'node:timers/promises'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import type { BuildLedger } from './build-ledger.js'
import type { JobQueue } from './job-queue.js'
import { type PublishedPlan, publishPlan } from './publish-plan.js'

/** What the store says of a build. */
export interface BuildProgressState {
  readonly shards: number
  readonly done: ReadonlySet<number>
  readonly failed: ReadonlySet<number>
}

export type BuildStep =
  | { readonly kind: 'publish' }
  | { readonly kind: 'incomplete'; readonly failed: readonly number[] }
  | { readonly kind: 'wait'; readonly missing: readonly number[] }

/**
 * What to do next. The queue is never asked what it holds: every shard that is neither done nor given up is put there again,
 * which changes nothing where it waits or is worked on.
 */
export function decideStep({ shards, done, failed }: BuildProgressState): BuildStep {
  const numbers = Array.from({ length: shards }, (_, shard) => shard)
  const open = numbers.filter((shard) => !done.has(shard))
  if (open.length === 0) return { kind: 'publish' }
  const missing = open.filter((shard) => !failed.has(shard))
  return missing.length === 0 ? { kind: 'incomplete', failed: open } : { kind: 'wait', missing }
}

export interface DispatchOptions {
  readonly signal: AbortSignal
  /** How often the store is asked. Default: 2,000. */
  readonly pollMs?: number
  /** How often jobs are put into the queue again. Default: 60,000. */
  readonly repeatMs?: number
  readonly onProgress?: (progress: DispatchProgress) => void
}

export interface DispatchProgress {
  readonly done: number
  readonly failed: number
  readonly shards: number
  /** Null while the broker is there. */
  readonly away: string | null
}

/**
 * Sees a build through: puts its shards into the queue, again and again those that are not done, and publishes at the end. It
 * may be stopped and started at any time, on any machine.
 *
 * Throws `incomplete-build` when shards were given up and all others are done; `cancelled`, `store-failure`, `changed-input`.
 */
export async function dispatchBuild(
  ledger: BuildLedger,
  queue: JobQueue,
  { signal, pollMs = 2_000, repeatMs = 60_000, onProgress }: DispatchOptions,
): Promise<PublishedPlan> {
  const shards = ledger.plan.shards.length
  await ledger.clearFailures()
  let queuedAtMs = Number.NEGATIVE_INFINITY
  let away: string | null = null
  for (;;) {
    if (signal.aborted) throw new OmnigramError('cancelled', 'Workers go on with what is in the queue.')
    const failures = await ledger.listFailures()
    const failed = new Set(failures.map(({ shard }) => shard))
    const done = await ledger.listDone()
    onProgress?.({ done: done.size, failed: failed.size, shards, away })
    const step = decideStep({ shards, done, failed })
    if (step.kind === 'publish') {
      const published = await publishPlan(ledger)
      if (published) return published
    } else if (step.kind === 'incomplete') {
      const list = failures.map(({ shard, code, detail }) => `${shard} (${code}: ${detail})`)
      throw new OmnigramError('incomplete-build', `Shards that failed: ${list.join('; ')}.`)
    } else if (away !== null || performance.now() - queuedAtMs >= repeatMs) {
      away = await addAll(ledger.name, step.missing, queue)
      if (away === null) queuedAtMs = performance.now()
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Null, or why the queue is away. */
async function addAll(plan: string, shards: readonly number[], queue: JobQueue): Promise<string | null> {
  try {
    for (const shard of shards) await queue.add(plan, shard)
    return null
  } catch (thrown) {
    return toOmnigramError(thrown).detail
  }
}
