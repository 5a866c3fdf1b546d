import { headers } from '@nats-io/transport-node'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAnnouncement } from './announcements.js'
import { announceEveryMs, Fleet, goneAfterMs } from './fleet.js'
import { HedgePolicy } from './hedge-policy.js'
import { MessageParts, partBytes, splitMessage } from './message-parts.js'
import { ReplicaChooser } from './replica-chooser.js'
import { type AttemptOutcome, type RequestStep, ShardRequest } from './shard-request.js'
import { holdsShard } from './shard-server.js'
import { packReply, packRequest, unpackReply, unpackRequest } from './task-message.js'

describe('ShardRequest', () => {
  type Outcome = AttemptOutcome<string>['kind']
  const event = fc.oneof(
    fc.record({
      kind: fc.constant('outcome' as const),
      at: fc.nat(5),
      outcome: fc.constantFrom<Outcome>('answer', 'refusal', 'failure'),
    }),
    fc.constant({ kind: 'waited' } as const),
    fc.constant({ kind: 'cancel' } as const),
  )

  it('settles once, asks nobody twice, fails only when nobody is left, and leaves nothing under way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 2 }),
        fc.array(event, { maxLength: 20 }),
        (replicas, maxAttempts, hedges, schedule) => {
          const servers = Array.from({ length: replicas }, (_, at) => `s${at}`)
          let hedgesLeft = hedges
          const request = new ShardRequest<string>({
            choose: (excluded) => servers.find((server) => !excluded.has(server)) ?? null,
            hedgeAfterMs: 10,
            mayHedge: () => hedgesLeft-- > 0,
            maxAttempts,
            nobody: () => new Error('nobody'),
          })
          const asked: string[] = []
          const pending = new Set<number>()
          const settled: AttemptOutcome<string>[] = []
          let [isCancelled, isAnswered] = [false, false]
          const follow = (steps: readonly RequestStep<string>[]) => {
            for (const step of steps) {
              if (step.kind === 'send') {
                expect(asked).not.toContain(step.server)
                asked.push(step.server)
                pending.add(step.attempt)
              } else if (step.kind === 'cancel') expect(pending.delete(step.attempt)).toBe(true)
              else if (step.kind === 'settle') settled.push(step.outcome)
            }
          }
          follow(request.start())
          for (const each of schedule) {
            if (each.kind === 'waited') follow(request.onWaited())
            else if (each.kind === 'cancel') {
              if (!request.isSettled) isCancelled = true
              follow(request.onCancel())
            } else {
              const attempt = [...pending][each.at % Math.max(1, pending.size)]
              if (attempt === undefined) continue
              pending.delete(attempt)
              if (each.outcome === 'answer') isAnswered = true
              const outcome: AttemptOutcome<string> =
                each.outcome === 'answer'
                  ? { kind: 'answer', answer: `${attempt}` }
                  : { kind: each.outcome, reason: new Error(`${attempt}`) }
              follow(request.onOutcome(attempt, outcome))
            }
          }
          expect(asked.length).toBeLessThanOrEqual(Math.min(maxAttempts, replicas))
          expect(settled.length).toBeLessThanOrEqual(1)
          if (request.isSettled) expect(pending.size).toBe(0)
          else expect(pending.size).toBeGreaterThan(0)
          if (isCancelled) expect(settled).toEqual([])
          if (isAnswered && settled[0]?.kind !== 'refusal') expect(settled[0]?.kind).toBe('answer')
          if (settled[0]?.kind === 'failure') expect(asked.length).toBe(Math.min(maxAttempts, replicas))
        },
      ),
      { numRuns: 10_000 },
    )
  })
})

describe('ShardRequest, where a second server may not be asked yet', () => {
  it('waits twice as long each time, and asks it once it may', () => {
    let mayHedge = false
    const request = new ShardRequest<string>({
      choose: (excluded) => ['a', 'b'].find((server) => !excluded.has(server)) ?? null,
      hedgeAfterMs: 10,
      mayHedge: () => mayHedge,
      maxAttempts: 3,
      nobody: () => new Error('nobody'),
    })
    expect(request.start()).toEqual([
      { kind: 'send', attempt: 0, server: 'a' },
      { kind: 'wait', afterMs: 10 },
    ])
    expect(request.onWaited()).toEqual([{ kind: 'wait', afterMs: 20 }])
    expect(request.onWaited()).toEqual([{ kind: 'wait', afterMs: 40 }])
    mayHedge = true
    expect(request.onWaited()).toEqual([{ kind: 'send', attempt: 1, server: 'b' }])
    expect(request.onWaited()).toEqual([])
  })
})

describe('ReplicaChooser', () => {
  const seeded = (seed: number) => () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }

  it('sends most to the fast server and little to the busy one', () => {
    const chooser = new ReplicaChooser({ now: () => 0, random: seeded(1) })
    const times = { fast: 1, slow: 20 }
    const counts = { fast: 0, slow: 0 }
    for (let round = 0; round < 100; round++) {
      const server = chooser.choose(['fast', 'slow']) as 'fast' | 'slow'
      chooser.began(server)
      chooser.answered(server, times[server])
      counts[server] += 1
    }
    expect(counts.fast).toBeGreaterThan(95)
    for (let busy = 0; busy < 30; busy++) chooser.began('fast')
    expect(chooser.choose(['fast', 'slow'])).toBe('slow')
  })

  it('lets a server rest that failed five times, and tries it once after that', () => {
    let now = 0
    const chooser = new ReplicaChooser({ now: () => now, random: seeded(2) })
    for (let failure = 0; failure < 5; failure++) {
      chooser.began('bad')
      chooser.failed('bad')
    }
    const chosen = () => new Set(Array.from({ length: 50 }, () => chooser.choose(['bad', 'good'])))
    expect([...chosen()]).toEqual(['good'])
    expect(chooser.choose(['bad'])).toBe('bad')
    now = 10_001
    expect(chosen().has('bad')).toBe(true)
    chooser.began('bad')
    expect([...chosen()]).toEqual(['good'])
    chooser.answered('bad', 1)
    chooser.began('good')
    chooser.answered('good', 1)
    expect(chosen().has('bad')).toBe(true)
  })

  it('does not take a server for fast that never answers, and tries it again some time', () => {
    let now = 0
    const chooser = new ReplicaChooser({ now: () => now, random: seeded(3) })
    chooser.began('good')
    chooser.answered('good', 2)
    expect(chooser.choose(['silent', 'good'])).toBe('silent')
    chooser.began('silent')
    now = 50
    chooser.dropped('silent', 50)
    const chosen = () => new Set(Array.from({ length: 50 }, () => chooser.choose(['silent', 'good'])))
    expect([...chosen()]).toEqual(['good'])
    now = 100_000
    chooser.began('good')
    chooser.answered('good', 2)
    expect([...chosen()]).toEqual(['silent'])
  })

  it('learns nothing of a server that was not waited for', () => {
    const chooser = new ReplicaChooser({ now: () => 0, random: seeded(4) })
    const times = { fast: 10, slow: 11 }
    for (const server of ['fast', 'slow'] as const) {
      chooser.began(server)
      chooser.answered(server, times[server])
      for (let round = 0; round < 50; round++) {
        chooser.began(server)
        chooser.dropped(server, 1)
      }
      expect(chooser.choose(['fast', 'slow'])).toBe(server === 'fast' ? 'slow' : 'fast')
    }
  })

  it('chooses nobody where nobody is left', () => {
    const chooser = new ReplicaChooser()
    expect([chooser.choose([]), chooser.choose(['a'], new Set(['a']))]).toEqual([null, null])
  })
})

describe('HedgePolicy', () => {
  it('hedges one of twenty requests at most in the long run, and some at once after a quiet time', () => {
    const hedging = new HedgePolicy()
    let hedges = 0
    for (let request = 0; request < 2_000; request++) {
      hedging.began()
      if (hedging.spend()) hedges += 1
    }
    expect(hedges).toBeLessThanOrEqual(101)
    expect(hedges).toBeGreaterThanOrEqual(99)
    for (let request = 0; request < 1_000; request++) hedging.began()
    let burst = 0
    while (hedging.spend()) burst += 1
    expect(burst).toBe(10)
  })

  it('waits twice as long as 95 of 100 requests of the kind took', () => {
    const hedging = new HedgePolicy()
    expect(hedging.delayMs('count 0')).toBe(50)
    for (let time = 1; time <= 40; time++) hedging.answered('count 0', time)
    expect(hedging.delayMs('count 0')).toBe(78)
    for (let time = 0; time < 64; time++) hedging.answered('count 0', 0.1)
    expect(hedging.delayMs('count 0')).toBe(2)
    expect(hedging.delayMs('find 0')).toBe(50)
  })
})

describe('Fleet', () => {
  const sha = 'a'.repeat(64)
  const held = (server: string, shards: number[], isVerified = true) => ({
    server,
    generations: [{ manifestSha256: sha, shards, isVerified }],
  })

  it('knows who holds what, until a server is silent or says that it leaves', () => {
    let now = 0
    const gone: string[] = []
    const fleet = new Fleet(
      (server) => gone.push(server),
      () => now,
    )
    fleet.hear(held('a', [0, 1]))
    fleet.hear(held('b', [1, 2], false))
    expect([fleet.holdersOf(sha, 1), fleet.holdersOf(sha, 2), fleet.holdersOf('', 1)]).toEqual([['a', 'b'], ['b'], []])
    expect([fleet.covers(sha, 3), fleet.listMissing(sha, 5), fleet.isVerified(sha)]).toEqual([true, [3, 4], false])
    now = goneAfterMs / 2
    fleet.hear(held('a', [0, 1]))
    fleet.expire()
    now = goneAfterMs
    fleet.expire()
    expect(gone).toEqual([])
    now = goneAfterMs + 1
    fleet.expire()
    expect([gone, fleet.covers(sha, 3), fleet.isVerified(sha)]).toEqual([['b'], false, true])
    fleet.hear({ server: 'a', generations: [] })
    expect([gone, fleet.size]).toEqual([['b', 'a'], 0])
  })

  it('takes nobody for gone because it stood still itself', () => {
    let now = 0
    const fleet = new Fleet(undefined, () => now)
    fleet.hear(held('a', [0]))
    fleet.hear(held('b', [0]))
    now = 10 * goneAfterMs
    fleet.expire()
    expect(fleet.size).toBe(2)
    // What was waiting is read now.
    fleet.hear(held('a', [0]))
    now += announceEveryMs
    fleet.expire()
    expect(fleet.holdersOf(sha, 0)).toEqual(['a'])
  })

  it.each(['', 'null', '{}', '{"server":"a b","generations":[]}', '{"server":"a","generations":[{}]}'])(
    'takes no notice of %j',
    (text) => {
      expect(readAnnouncement(text)).toBeNull()
    },
  )
})

describe('holdsShard', () => {
  it('gives each shard to as many servers as asked, and each server about as many shards', () => {
    for (const [of, replicas] of [
      [1, 1],
      [3, 2],
      [6, 2],
      [5, 5],
    ]) {
      for (let shard = 0; shard < 20; shard++) {
        const holders = Array.from({ length: of }, (_, index) => index).filter((index) =>
          holdsShard(shard, index, of, replicas),
        )
        expect(holders).toHaveLength(replicas)
      }
    }
  })
})

describe('messages', () => {
  it('come whole, in whichever order their parts come, and each part twice', () => {
    const message = new Uint8Array(3 * partBytes + 5).map((_, at) => at % 251)
    const sent = [...splitMessage(message)]
    expect(sent).toHaveLength(4)
    const parts = new MessageParts()
    const order = [2, 2, 0, 3]
    for (const at of order) expect(parts.add(sent[at].part, sent[at].partHeaders)).toBeNull()
    expect(Buffer.compare(parts.add(sent[1].part, sent[1].partHeaders) ?? Buffer.alloc(0), message)).toBe(0)
  })

  it('that are short travel as they are, and parts that cannot be are let go', () => {
    const [{ part, partHeaders }] = splitMessage(Uint8Array.of(1, 2))
    expect(new MessageParts().add(part, partHeaders)).toEqual(Uint8Array.of(1, 2))
    const bad = headers()
    bad.set('part', '0/4000000000')
    expect(new MessageParts().add(part, bad)).toBeNull()
  })

  it('keep arrays of numbers, bytes, nothing and large numbers', () => {
    const request = {
      manifestSha256: 'a',
      shard: 3,
      name: 'count' as const,
      input: {
        bytes: Uint8Array.of(0, 255),
        ends: Uint32Array.of(1, 2 ** 32 - 1),
        places: Float64Array.of(2 ** 53, -0.5),
      },
      deadlineMs: 12.5,
      lane: 'batch' as const,
    }
    expect(unpackRequest(packRequest(request))).toEqual(request)
    const result = [
      { bytes: null, count: Number.MAX_SAFE_INTEGER },
      { bytes: Uint8Array.of(1), count: 0 },
      undefined,
      'é',
    ]
    expect(unpackReply(packReply({ isDone: true, result }))).toEqual({ isDone: true, result })
  })

  it.each([[Uint8Array.of()], [Uint8Array.of(0xc1)], [Uint8Array.of(1)], [Uint8Array.of(0xdd, 255, 255, 255, 255)]])(
    'that are none are refused: %j',
    (bytes) => {
      expect(() => unpackRequest(bytes)).toThrowError(expect.objectContaining({ code: 'bad-argument' }))
      expect(() => unpackReply(bytes)).toThrowError(expect.objectContaining({ code: 'internal' }))
    },
  )
})
