import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDocuments, readTree } from '../../src/build/testkit/small-corpus.js'
import { type CheckedCorpus, checkCorpus } from '../support/checked-corpus.js'
import { type ClusterServices, clusterLack, startClusterServices } from '../support/cluster-services.js'
import { FaultDriver } from '../support/fault-driver.js'
import { killChild, ProcessCluster } from '../support/process-cluster.js'
import { runCli, runCliWell } from '../support/run-cli.js'

/** `OMNIGRAM_FAULT_SEEDS=1-20` tries so many. */
const [firstSeed, lastSeed = firstSeed] = (process.env.OMNIGRAM_FAULT_SEEDS ?? '1-2').split('-').map(Number)
const seeds = Array.from({ length: lastSeed - firstSeed + 1 }, (_, at) => firstSeed + at)

const [buildFaults, servingFaults, askers] = [8, 14, 3]
const documents = makeDocuments(500_000, 7)
const shape = ['--shard-size', '64K', '--id-field', 'id', '--facet-fields', 'source']

let services: ClusterServices
let corpus: CheckedCorpus

beforeAll(async () => {
  if (clusterLack !== null) return
  services = await startClusterServices()
  corpus = await checkCorpus(services, documents, shape)
})

afterAll(() => services?.stop())

const runWell = (args: readonly string[]) => runCliWell(args, { env: services.env })

describe('builds while anything may fail', () => {
  beforeEach((context) => {
    if (clusterLack !== null) context.skip(clusterLack)
  })

  it.each(seeds)('seed %i: no shard is lost, and the index is that of one machine', async (seed) => {
    const driver = await FaultDriver.start(services)
    const { broker, index } = services
    const [store, planPath] = [`s3://test/faults-${seed}`, join(index.dir, `faults-${seed}.json`)]
    await runWell(['plan', corpus.input, '--store', store, '-o', planPath, ...shape])
    const cluster = new ProcessCluster({
      address: store,
      servers: 0,
      replicas: 0,
      env: driver.env,
      brokerUrl: broker.url,
    })
    let isOver = false
    try {
      for (const name of ['worker a', 'worker b']) {
        const link = await driver.makeLink()
        const scratch = join(index.dir, `scratch-${seed}-${name.at(-1)}`)
        const place = ['--scratch', scratch, '--memory', '512M', '--threads', '1', '--keep-job', '2s']
        const start = () => {
          const started = cluster.spawn(['worker', '--nats', link.url, '--store', store, ...place])
          // It gives up where no broker answers at its start: a supervisor begins it again. What is killed comes back by the driver.
          started.once('exit', (status) => {
            if (status !== null && !isOver) setTimeout(restart, 300)
          })
          return started
        }
        const restart = () => {
          if (!isOver) child = start()
        }
        let child = start()
        driver.add({
          name,
          link,
          child: () => child,
          restart: async () => restart(),
        })
      }
      const faults = driver.run(seed, buildFaults)
      // Shards that failed too often are given up; who sees to the build runs it again.
      const build = () =>
        runCli(['cluster', 'build', planPath, '--nats', broker.url, '--keep-job', '2s', '-q'], { env: services.env })
      let ended = await build()
      await faults
      for (let attempt = 0; ended.exitCode !== 0 && attempt < 3; attempt++) {
        expect(ended.stderr).toMatch(/incomplete-build|unreachable-broker|store-failure|Not all shards|broker|store/)
        ended = await build()
      }
      expect([ended.exitCode, ended.stderr, driver.log]).toEqual([0, '', driver.log])
      const pulled = join(index.dir, 'pulled')
      await rm(pulled, { recursive: true, force: true })
      await runWell(['pull', store, pulled])
      expect(await readTree(pulled)).toEqual(corpus.expected)
    } finally {
      isOver = true
      await cluster.stop()
      await driver.stop()
    }
  })
})

describe('answers while anything may fail', () => {
  const servers = 3
  let driver: FaultDriver
  let cluster: ProcessCluster

  beforeAll(async () => {
    if (clusterLack !== null) return
    const address = 's3://test/faults-served'
    await runWell(['publish', join(services.index.dir, 'here'), address])
    driver = await FaultDriver.start(services)
    cluster = new ProcessCluster({ address, servers, replicas: 2, env: driver.env, brokerUrl: services.broker.url })
    for (let at = 0; at < servers; at++) {
      const link = await driver.makeLink()
      await cluster.startServer(at, link.url)
      driver.add({
        name: `server ${at}`,
        link,
        child: () => cluster.shardServers[at],
        restart: () => cluster.startServer(at, link.url),
      })
    }
    await cluster.startRouter((await driver.makeLink()).url)
  })

  beforeEach((context) => {
    if (clusterLack !== null) context.skip(clusterLack)
  })

  afterAll(async () => {
    await cluster?.stop()
    await driver?.stop()
  })

  it.each(seeds)('seed %i: every answer is exact and right, or marked, or refused', async (seed) => {
    const faults = driver.run(seed, servingFaults)
    let isOver = false
    const ended = faults.finally(() => {
      isOver = true
    })
    const seen = { exact: 0, partial: 0, refused: 0 }
    const ask = async (asker: number) => {
      for (let round = 0; !isOver; round++) {
        seen[await corpus.answers.expectHonest(cluster, seed * 10_000 + round * askers + asker)] += 1
        await sleep(5)
      }
    }
    await Promise.all([ended, ...Array.from({ length: askers }, (_, asker) => ask(asker))])
    expect(seen.exact, driver.log.join('\n')).toBeGreaterThan(0)
    await corpus.answers.expectRecovery(cluster)
    process.stdout.write(`seed ${seed}: ${JSON.stringify(seen)}; ${driver.log.length} faults\n`)
  })

  it('a server that was killed before has left nothing behind that counts', async () => {
    await killChild(cluster.shardServers[0])
    await cluster.startServer(0)
    await corpus.answers.expectRecovery(cluster)
  })
})
