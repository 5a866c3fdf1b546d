import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeRandom } from '../../src/build/testkit/small-corpus.js'
import { FaultyLink } from '../../src/cluster/testkit/faulty-link.js'
import { cliTexts } from '../support/cli-index.js'
import { type ClusterServices, clusterLack, startClusterServices } from '../support/cluster-services.js'
import { ProcessCluster } from '../support/process-cluster.js'
import { RightAnswers } from '../support/right-answers.js'

const servers = 3

let services: ClusterServices
let cluster: ProcessCluster
let answers: RightAnswers
/** One between each shard server and the broker, and one before the router. */
const links: FaultyLink[] = []
let routerLink: FaultyLink

beforeAll(async () => {
  if (clusterLack !== null) return
  services = await startClusterServices()
  answers = await RightAnswers.of(services.index.indexDir, cliTexts)
  const { address, env, broker } = services
  cluster = new ProcessCluster({ address, servers, replicas: 2, env, brokerUrl: broker.url })
  for (let at = 0; at < servers; at++) {
    links[at] = await FaultyLink.start(broker.port)
    await cluster.startServer(at, links[at].url)
  }
  routerLink = await FaultyLink.start(broker.port)
  await cluster.startRouter(routerLink.url)
})

afterAll(async () => {
  await cluster?.stop()
  for (const link of [...links, routerLink]) await link?.stop()
  await services?.stop()
})

const expectRight = (seed: number) => answers.expectRight(cluster, seed)

/** What the router counts, by name. */
async function readMetric(name: string): Promise<number> {
  const metrics = await (await fetch(`${cluster.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics)?.[1])
}

describe('a cluster over a bad network', () => {
  beforeEach((context) => {
    if (clusterLack !== null) context.skip(clusterLack)
  })

  it('one replica slow by 2 s: the other one is asked, and answers are not asked for twice for it', async () => {
    // What is usual is learned first.
    for (let seed = 0; seed < 60; seed++) expect(await expectRight(seed)).toBe(true)
    const [tasks, hedges] = [
      await readMetric('omnigram_cluster_tasks_total'),
      await readMetric('omnigram_cluster_hedges_total'),
    ]
    links[1].delayMs = 1_000
    for (let seed = 0; seed < 150; seed++) expect(await expectRight(seed)).toBe(true)
    links[1].delayMs = 0
    const asked = (await readMetric('omnigram_cluster_tasks_total')) - tasks
    const hedged = (await readMetric('omnigram_cluster_hedges_total')) - hedges
    // One in twenty, and what a quiet time saves up.
    expect(hedged).toBeLessThanOrEqual(0.05 * asked + 10)
  })

  it('router and a shard server parted: as if it were dead, and it heals without a restart', async () => {
    links[0].cut()
    for (let seed = 0; seed < 30; seed++) expect(await expectRight(seed)).toBe(true)
    links[0].mend()
    // The other holder of the same shards is parted now, so that this one is needed.
    await sleep(3_000)
    links[1].cut()
    await answers.expectRecovery(cluster)
    links[1].mend()
  })

  it('router parted from all: refuses, none wrong, and heals without a restart', async () => {
    routerLink.cut()
    const { status, body } = await cluster.ask(['whale'], { deadlineMs: 2_000 })
    expect(status).toBeGreaterThanOrEqual(503)
    expect(['incomplete-answer', 'deadline-exceeded']).toContain(body.code)
    routerLink.mend()
    await answers.expectRecovery(cluster)
  })

  it('duplicate, reordered, lost messages: counts unchanged', async () => {
    const random = makeRandom(11)
    let faults = 0
    const chooseFault = () => {
      const fault = ([null, 'drop', 'repeat', 'swap'] as const)[random() < 0.15 ? 1 + Math.floor(random() * 3) : 0]
      if (fault !== null) faults += 1
      return fault
    }
    for (const link of [...links, routerLink]) link.chooseFault = chooseFault
    let exact = 0
    // However few come through in time on a slow machine: until enough did.
    for (let seed = 0; seed < 60 || faults <= 50 || exact <= 10; seed++) {
      const patterns = answers.choosePatterns(seed)
      const { status, body } = await cluster.ask(patterns, { deadlineMs: 1_000 })
      if (status !== 200) {
        expect(['incomplete-answer', 'deadline-exceeded']).toContain(body.code)
        continue
      }
      expect(body.results?.map(({ count }) => count)).toEqual(await answers.count(patterns))
      exact += 1
    }
    for (const link of [...links, routerLink]) link.chooseFault = () => null
    await answers.expectRecovery(cluster)
  })
})
