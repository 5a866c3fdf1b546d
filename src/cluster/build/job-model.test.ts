import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorKinds } from '../../core/errors.js'
import { MemoryQueue } from '../testkit/memory-queue.js'
import { chooseRestMs, judgeDelivery, judgeFailure, maxDeliveries } from './job-policy.js'
import type { ShardJob } from './job-queue.js'
import { decideStep } from './reconcile-build.js'

const codes = Object.keys(errorKinds) as ErrorCode[]

describe('judgeFailure', () => {
  it('postpones longer each time, and not for ever', () => {
    const delays = [1, 2, 3, 4].map((deliveries) => judgeFailure(deliveries, { code: 'store-failure' }))
    expect(delays.map((verdict) => verdict.kind === 'postpone' && verdict.delayMs)).toEqual([
      10_000, 20_000, 40_000, 80_000,
    ])
    for (const code of codes) expect(judgeFailure(maxDeliveries, { code })).toEqual({ kind: 'give-up' })
  })

  it('lets a worker rest for longer than its job waits, where its machine is at fault', () => {
    expect(chooseRestMs({ code: 'no-disk' }, 10_000)).toBe(20_000)
    expect(chooseRestMs({ code: 'store-failure' }, 10_000)).toBe(0)
  })

  it('gives up at once what no machine can do', () => {
    for (const code of ['changed-input', 'bad-input', 'nondeterministic-build', 'damaged-index'] as const) {
      expect(judgeFailure(1, { code })).toEqual({ kind: 'give-up' })
    }
  })

  it('gives up what workers died over without a word', () => {
    expect([judgeDelivery(maxDeliveries), judgeDelivery(maxDeliveries + 1)]).toEqual([null, { kind: 'give-up' }])
  })
})

describe('decideStep', () => {
  it('puts back exactly what is neither done nor given up', () => {
    const step = decideStep({ shards: 5, done: new Set([1, 3]), failed: new Set([3, 4]) })
    expect(step).toEqual({ kind: 'wait', missing: [0, 2] })
  })

  it('ends when nothing is open, and says what is missing when only that is left', () => {
    expect(decideStep({ shards: 2, done: new Set([0, 1]), failed: new Set([0]) })).toEqual({ kind: 'publish' })
    expect(decideStep({ shards: 2, done: new Set([0]), failed: new Set([1]) })).toEqual({
      kind: 'incomplete',
      failed: [1],
    })
  })
})

/** What may happen to a build, one after the other. */
type Event =
  | { readonly kind: 'reconcile' }
  | { readonly kind: 'take' }
  | { readonly kind: 'lose-queue' }
  /** A job that some worker has: it ends so. */
  | { readonly kind: 'end'; readonly at: number; readonly how: 'done' | 'passing' | 'hopeless' | 'dies' | 'late' }
  | { readonly kind: 'pass'; readonly timeMs: number }

const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'reconcile' } as const) },
  { weight: 6, arbitrary: fc.constant({ kind: 'take' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'lose-queue' } as const) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      at: fc.nat(20),
      how: fc.constantFrom('done' as const, 'passing' as const, 'hopeless' as const, 'dies' as const, 'late' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), timeMs: fc.integer({ min: 1, max: 5_000 }) }),
  },
)

/** The protocol of workers, queue and reconciler, with the ledger as two sets. */
class BuildModel {
  readonly queue = new MemoryQueue(1_000)
  readonly done = new Set<number>()
  readonly failed = new Set<number>()
  readonly taken: ShardJob[] = []
  builds = 0

  constructor(readonly shards: number) {}

  async reconcile(): Promise<string> {
    const step = decideStep(this)
    if (step.kind === 'wait') for (const shard of step.missing) await this.queue.add('plan', shard)
    return step.kind
  }

  async take(): Promise<void> {
    const job = await this.queue.take()
    if (job === null) return
    if (judgeDelivery(job.deliveries)) await this.#giveUp(job)
    else this.taken.push(job)
  }

  async end(at: number, how: 'done' | 'passing' | 'hopeless' | 'dies' | 'late'): Promise<void> {
    const [job] = this.taken.splice(at % Math.max(1, this.taken.length), 1)
    if (!job || how === 'dies') return
    if (how === 'done' || how === 'late') {
      // Late: it was paused, and its job is with another one by now. The record is the same.
      if (!this.done.has(job.shard)) this.builds += 1
      this.done.add(job.shard)
      this.failed.delete(job.shard)
      if (how === 'done') await job.finish()
      return
    }
    const verdict = judgeFailure(job.deliveries, { code: how === 'passing' ? 'store-failure' : 'changed-input' })
    if (verdict.kind === 'postpone') await job.postpone(verdict.delayMs)
    else await this.#giveUp(job)
  }

  async #giveUp(job: ShardJob): Promise<void> {
    if (!this.done.has(job.shard)) this.failed.add(job.shard)
    await job.giveUp('')
  }
}

describe('a build over a queue that loses and repeats', () => {
  it('always ends: every shard done once, or given up for a reason', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(events, { maxLength: 60 }),
        async (shards, schedule) => {
          const model = new BuildModel(shards)
          for (const event of schedule) {
            if (event.kind === 'reconcile') await model.reconcile()
            else if (event.kind === 'take') await model.take()
            else if (event.kind === 'lose-queue') model.queue.lose()
            else if (event.kind === 'pass') model.queue.pass(event.timeMs)
            else await model.end(event.at, event.how)
          }
          // From now on nothing goes wrong.
          let step = await model.reconcile()
          for (let round = 0; step === 'wait'; round++) {
            expect(round).toBeLessThan(shards * (maxDeliveries + 2))
            model.queue.pass(700_000)
            await model.take()
            await model.end(0, 'done')
            step = await model.reconcile()
          }
          expect(model.builds).toBe(model.done.size)
          for (let shard = 0; shard < shards; shard++)
            expect(model.done.has(shard) || model.failed.has(shard)).toBe(true)
          expect(step).toBe(model.done.size === shards ? 'publish' : 'incomplete')
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
