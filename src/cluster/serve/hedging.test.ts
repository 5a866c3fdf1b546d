import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../build/testkit/small-corpus.js'
import { OmnigramError } from '../../core/errors.js'
import { QueryCall } from '../../query/query-call.js'
import { ClusterRouting, ClusterRunner } from './cluster-runner.js'
import { Fleet } from './fleet.js'
import type { TaskBus } from './task-bus.js'
import { packReply, unpackRequest } from './task-message.js'

const manifestSha256 = 'a'.repeat(64)

/** Two servers that both hold all shards. */
function makeRouting(shards: number, bus: TaskBus): ClusterRouting {
  const routing: ClusterRouting = new ClusterRouting(bus, new Fleet((server) => routing.drop(server)))
  const numbers = Array.from({ length: shards }, (_, shard) => shard)
  for (const server of ['a', 'b']) {
    routing.fleet.hear({ server, generations: [{ manifestSha256, shards: numbers, isVerified: true }] })
  }
  return routing
}

function ask(routing: ClusterRouting, shard: number, deadlineMs?: number): Promise<unknown> {
  const runner = new ClusterRunner(routing, manifestSha256, () => shard)
  return QueryCall.run({ deadlineMs }, (call) => runner.ask(shard, 'count', null, call, 'interactive'))
}

describe('a router whose servers are slow now and then', () => {
  it('asks another one instead of waiting, for one request in twenty at most', async () => {
    const random = makeRandom(7)
    let [delayed, waited, cancelled] = [0, 0, 0]
    const bus: TaskBus = {
      async ask(_server, request, signal) {
        const isDelayed = random() < 0.02
        if (isDelayed) delayed += 1
        await sleep(isDelayed ? 200 : 1, undefined, { signal }).catch(() => {
          cancelled += 1
          throw signal.reason
        })
        if (isDelayed) waited += 1
        return packReply({ isDone: true, result: unpackRequest(request).shard })
      },
    }
    const routing = makeRouting(4, bus)
    for (let round = 0; round < 500; round++) {
      const answers = await Promise.all([0, 1, 2, 3].map((shard) => ask(routing, shard)))
      expect(answers).toEqual([0, 1, 2, 3])
    }
    const { requests, hedges, retries, failures, inFlight } = routing.statistics()
    expect([requests, retries, failures, inFlight]).toEqual([2_000, 0, 0, 0])
    expect(hedges).toBeLessThanOrEqual(0.05 * requests + 1)
    expect(delayed).toBeGreaterThan(20)
    expect(waited).toBeLessThan(delayed / 2)
    expect(cancelled).toBeGreaterThan(0)
  })

  it('goes to the other one when one fails, and tells which shard nobody could do', async () => {
    const broken = new Set(['a'])
    const bus: TaskBus = {
      async ask(server) {
        if (broken.has(server)) throw new OmnigramError('unreachable-server', `${server} is away.`)
        return packReply({ isDone: true, result: server })
      },
    }
    const routing = makeRouting(1, bus)
    for (let round = 0; round < 20; round++) expect(await ask(routing, 0)).toBe('b')
    broken.add('b')
    await expect(ask(routing, 0)).rejects.toMatchObject({
      code: 'incomplete-answer',
      detail: expect.stringMatching(/^Shard 0: [ab] is away\.$/),
    })
  })

  it('does not ask a server again that turned out to be away, until it says that it is there', async () => {
    const asked: string[] = []
    const bus: TaskBus = {
      async ask(server) {
        asked.push(server)
        if (server !== 'd') throw new OmnigramError('unreachable-server', `${server} is away.`)
        return packReply({ isDone: true, result: server })
      },
    }
    const routing = makeRouting(1, bus)
    for (const server of ['c', 'd']) {
      routing.fleet.hear({ server, generations: [{ manifestSha256, shards: [0], isVerified: true }] })
    }
    // Three of the four are dead, and a request has three tries: one request at most can meet all of them.
    const answers: unknown[] = []
    for (let round = 0; round < 10; round++) answers.push(await ask(routing, 0).catch(() => null))
    expect(answers.filter((answer) => answer !== 'd').length).toBeLessThanOrEqual(1)
    expect(asked.filter((server) => server !== 'd').length).toBeLessThanOrEqual(3)
    routing.fleet.hear({ server: 'a', generations: [{ manifestSha256, shards: [0], isVerified: true }] })
    expect(routing.fleet.holdersOf(manifestSha256, 0)).toContain('a')
  })

  it('does not ask another one what every one would refuse', async () => {
    let asked = 0
    const bus: TaskBus = {
      async ask() {
        asked += 1
        return packReply({ isDone: false, code: 'too-expensive', detail: 'too many ranges' })
      },
    }
    await expect(ask(makeRouting(1, bus), 0)).rejects.toMatchObject({ code: 'too-expensive' })
    expect(asked).toBe(1)
  })

  it('gives the other one what is under way when a server turns out to be gone', async () => {
    let first: string | null = null
    const bus: TaskBus = {
      async ask(server, _request, signal) {
        first ??= server
        if (server === first) {
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        }
        return packReply({ isDone: true, result: server })
      },
    }
    const routing = makeRouting(1, bus)
    // No hedge is left, so that only this can help.
    while (routing.hedging.spend());
    const answer = ask(routing, 0)
    await sleep(10)
    routing.fleet.hear({ server: first ?? '', generations: [] })
    expect(await answer).toBe(first === 'a' ? 'b' : 'a')
  })

  it('ends at the deadline when nobody answers', async () => {
    const bus: TaskBus = {
      ask: (_server, _request, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    }
    const routing = makeRouting(1, bus)
    await expect(ask(routing, 0, 100)).rejects.toMatchObject({ code: 'deadline-exceeded' })
    expect(routing.statistics().inFlight).toBe(0)
  })
})
