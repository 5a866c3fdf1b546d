/** What does one of N workers do that nobody dispatches: a task of a Slurm array, a pod of an indexed job? */
import { hostname } from 'node:os'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import { buildIntoStore, type WorkerResources } from './build-into-store.js'
import type { BuildLedger } from './build-ledger.js'
import { type PublishedPlan, publishPlan } from './publish-plan.js'

export interface StaticWorkerOptions extends WorkerResources {
  /** From 0. */
  readonly index: number
  readonly of: number
  readonly onShard?: (progress: StaticProgress) => void
}

export interface StaticProgress {
  readonly shard: number
  /** Null while it is under way. */
  readonly outcome: 'built' | 'present' | 'failed' | null
  readonly done: number
  readonly total: number
}

export interface StaticReport {
  readonly plan: string
  readonly built: readonly number[]
  /** Done before, by whomever. */
  readonly present: readonly number[]
  readonly failed: readonly number[]
  /** Null while other workers are not done. */
  readonly published: PublishedPlan | null
  readonly tookMs: number
}

/**
 * Builds the shards whose number leaves `index` when divided by `of`, one after the other; the last of all workers publishes.
 * A shard that fails is written down, and the others are built all the same.
 *
 * Throws `bad-argument`, `cancelled`, and `incomplete-build` at the end where shards failed.
 */
export async function runStaticWorker(ledger: BuildLedger, options: StaticWorkerOptions): Promise<StaticReport> {
  const { index, of, signal, onShard } = options
  if (index >= of) throw new OmnigramError('bad-argument', `--index is ${index}, of ${of} the last one is ${of - 1}.`)
  const startedAtMs = performance.now()
  const shards = [...ledger.plan.shards.keys()].filter((shard) => shard % of === index)
  const outcomes = { built: [] as number[], present: [] as number[], failed: [] as number[] }
  const failures: string[] = []
  for (const [done, shard] of shards.entries()) {
    onShard?.({ shard, outcome: null, done, total: shards.length })
    const outcome = await buildIntoStore(ledger, shard, options).catch(async (thrown) => {
      const { code, detail } = toOmnigramError(thrown)
      if (signal?.aborted || code === 'cancelled')
        throw new OmnigramError('cancelled', 'Shards that are done are kept.')
      failures.push(`${shard} (${code}: ${detail})`)
      await ledger.writeFailure({ shard, code, detail, worker: `${hostname()} ${index}/${of}` }).catch(() => undefined)
      return 'failed' as const
    })
    outcomes[outcome].push(shard)
    onShard?.({ shard, outcome, done: done + 1, total: shards.length })
  }
  if (failures.length > 0) throw new OmnigramError('incomplete-build', `Shards that failed: ${failures.join('; ')}.`)
  const published = await publishPlan(ledger)
  return { plan: ledger.name, ...outcomes, published, tookMs: performance.now() - startedAtMs }
}
