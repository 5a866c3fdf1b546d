import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openIndex } from '../../src/query/open-index.js'
import { cliTexts } from '../support/cli-index.js'
import { type ClusterServices, clusterLack, startClusterServices } from '../support/cluster-services.js'
import { ProcessCluster } from '../support/process-cluster.js'
import { runCliWell } from '../support/run-cli.js'

const requests = 10_000
const askers = 16
/** Each is in several shards, and the generations differ in every one of them. */
const patterns = ['whale', 'a', 'e', ' ', 'the ', 'me', 'nowhere']
/** What is published after so many answers. */
const switches = [
  { after: 2_500, verbs: (index: string, input: string) => [['append', index, input]] },
  {
    after: 5_500,
    verbs: (index: string) => [
      ['takedown', index, '--id', 'doc-1'],
      ['merge', index, '--into', '2'],
    ],
  },
]

let services: ClusterServices
let cluster: ProcessCluster

beforeAll(async () => {
  if (clusterLack !== null) return
  services = await startClusterServices()
  const { address, env, broker } = services
  cluster = await ProcessCluster.start({ address, servers: 3, replicas: 2, env, brokerUrl: broker.url })
})

afterAll(async () => {
  await cluster?.stop()
  await services?.stop()
})

describe('a switch of generations under load', () => {
  beforeEach((context) => {
    if (clusterLack !== null) context.skip(clusterLack)
  })

  it(`answers ${requests} requests, no error and no mixed answer`, async () => {
    const { index, address, env } = services
    /** The right answer of each generation; what the router answers is one of them, whole. */
    const right = new Map<string, string>()
    const publishedFrom: string[] = []
    const learn = async () => {
      const reader = await openIndex(index.indexDir, { workers: 0 })
      right.set(reader.generation, JSON.stringify(await reader.count(patterns, { perShard: true })))
      publishedFrom.push(reader.generation)
      await reader.close()
    }
    await learn()
    const input = join(index.dir, 'more.jsonl')
    const more = cliTexts.map((text, at) => JSON.stringify({ text: `${text} whale`, id: `more-${at}`, source: 'web' }))
    await writeFile(input, `${more.join('\n')}\n`)

    let answered = 0
    let isSwitched = false
    const seen = new Map<string, number>()
    const ask = async () => {
      let newest = 0
      // However slow the switches are, the load goes on until the last one is through.
      while (answered < requests || !isSwitched) {
        const { status, body } = await cluster.ask(patterns, { perShard: true })
        expect({ status, code: body.code }).toEqual({ status: 200, code: undefined })
        const generation = body.generation ?? ''
        const counts = body.results?.map(({ count, shards }) => ({ count, shards }))
        expect({ generation, counts: JSON.stringify(counts) }).toEqual({ generation, counts: right.get(generation) })
        // One who saw a generation is never shown an older one.
        const at = publishedFrom.indexOf(generation)
        expect(at).toBeGreaterThanOrEqual(newest)
        newest = at
        seen.set(generation, (seen.get(generation) ?? 0) + 1)
        answered++
      }
    }
    const publish = async () => {
      for (const { after, verbs } of switches) {
        while (answered < after) await sleep(20)
        for (const verb of verbs(index.indexDir, input)) await runCliWell(verb, { env })
        await learn()
        await runCliWell(['publish', index.indexDir, address], { env })
        const published = publishedFrom.at(-1) ?? ''
        await expect.poll(() => seen.has(published), { timeout: 60_000, interval: 20 }).toBe(true)
      }
    }
    const publishAll = () =>
      publish().finally(() => {
        isSwitched = true
      })
    await Promise.all([publishAll(), ...Array.from({ length: askers }, ask)])
    expect([...seen.keys()]).toEqual(publishedFrom)
    expect([...seen.values()].reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(requests)
    expect(new Set(right.values()).size).toBe(switches.length + 1)
  }, 600_000)
})
