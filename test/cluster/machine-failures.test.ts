import { execFileSync } from 'node:child_process'
import { mkdir, readdir, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDocuments, makeRandom, readTree } from '../../src/build/testkit/small-corpus.js'
import { type Fault, type FaultyProxy, startFaultyProxy } from '../../src/cluster/store/testkit/faulty-proxy.js'
import { describeEnvironment } from '../../src/cluster/store/testkit/versitygw.js'
import { type CheckedCorpus, checkCorpus } from '../support/checked-corpus.js'
import { type ClusterServices, clusterLack, startClusterServices } from '../support/cluster-services.js'
import { killChild, ProcessCluster } from '../support/process-cluster.js'
import { runCliWell } from '../support/run-cli.js'

const documents = makeDocuments(600_000, 3)
const shape = ['--shard-size', '100K', '--id-field', 'id', '--facet-fields', 'source']
const jumpingClock = pathToFileURL(join(import.meta.dirname, '../support/jumping-clock.mjs')).href

let services: ClusterServices
let corpus: CheckedCorpus

beforeAll(async () => {
  if (clusterLack !== null) return
  services = await startClusterServices()
  corpus = await checkCorpus(services, documents, shape)
})

afterAll(() => services?.stop())

const runWell = (args: readonly string[], env = services.env) => runCliWell(args, { env })

async function expectSame(store: string): Promise<void> {
  const pulled = join(services.index.dir, 'pulled')
  await rm(pulled, { recursive: true, force: true })
  await runWell(['pull', store, pulled])
  expect(await readTree(pulled)).toEqual(corpus.expected)
}

/** A plan, the build of it begun, and workers with environments of their own. */
async function buildBy(
  name: string,
  workers: readonly { readonly scratch: string; readonly env?: Readonly<Record<string, string>> }[],
): Promise<string> {
  const [store, planPath] = [`s3://test/${name}`, join(services.index.dir, `${name}.json`)]
  await runWell(['plan', corpus.input, '--store', store, '-o', planPath, ...shape])
  const brokerUrl = services.broker.url
  const children = workers.map(({ scratch, env = services.env }) => {
    const place = ['--scratch', scratch, '--memory', '512M', '--threads', '1', '--keep-job', '5s', '--idle', '60s']
    const cluster = new ProcessCluster({ address: store, servers: 0, replicas: 0, env, brokerUrl })
    return cluster.spawn(['worker', '--nats', brokerUrl, '--store', store, ...place])
  })
  try {
    await runWell(['cluster', 'build', planPath, '--nats', brokerUrl, '--keep-job', '5s'])
  } finally {
    for (const child of children) await killChild(child)
  }
  return store
}

const scratch = (name: string) => join(services.index.dir, `scratch-${name}`)

describe('a cluster on bad machines', () => {
  beforeEach((context) => {
    if (clusterLack !== null) context.skip(clusterLack)
  })

  it('clock jump of an hour on a worker: no effect', async () => {
    const env = { ...services.env, NODE_OPTIONS: `--import ${jumpingClock}` }
    await expectSame(await buildBy('clock', [{ scratch: scratch('clock'), env }]))
  })

  it('disk full on a worker: its shards go to others, and nothing half done is left', async (context) => {
    const full = scratch('full')
    await mkdir(full)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', full], { stdio: 'ignore' })
    } catch {
      context.skip('only root may mount a small disk')
    }
    try {
      const store = await buildBy('disk', [{ scratch: full }, { scratch: scratch('roomy') }])
      await expectSame(store)
      const left = [...(await readTree(full)).keys()]
      expect(left.filter((path) => /\.(fm|part|spool)$/.test(path))).toEqual([])
    } finally {
      execFileSync('umount', [full])
    }
  })

  it('object store: 500s, SlowDown, cut connections, stalls, wrong bytes: the build ends, and nothing wrong is published', async () => {
    const random = makeRandom(5)
    const faults: readonly Fault[] = [{ status: 500 }, { status: 503 }, 'cut', 'lose', 'damage', 'damage']
    let stalls = 0
    const proxy: FaultyProxy = await startFaultyProxy(services.store.url, ({ method }) => {
      if (random() >= 0.15) return null
      if (stalls === 0) {
        stalls += 1
        return 'stall'
      }
      // A listing has no checksum; where it is wrong, records that are missing show it.
      return method === 'HEAD' ? { status: 503 } : faults[Math.floor(random() * faults.length)]
    })
    try {
      const env = { ...services.env, ...describeEnvironment(proxy.url) }
      const store = await buildBy('store', [{ scratch: scratch('store'), env }])
      await expectSame(store)
      const served = new ProcessCluster({
        address: store,
        servers: 1,
        replicas: 1,
        env,
        brokerUrl: services.broker.url,
      })
      try {
        await served.startServer(0)
        await served.startRouter()
        for (let seed = 0; seed < 20; seed++) expect(await corpus.answers.expectRight(served, seed)).toBe(true)
      } finally {
        await served.stop()
      }
    } finally {
      await proxy.stop()
    }
  })

  it('shard file truncated on disk under mmap: its server dies or errors alone, refuses the file, fetches it again', async () => {
    const store = 's3://test/truncated'
    await runWell(['publish', join(services.index.dir, 'here'), store])
    const cacheDir = join(services.index.dir, 'cache-truncated')
    const env = { ...services.env, OMNIGRAM_CACHE: cacheDir }
    const cluster = await ProcessCluster.start({
      address: store,
      servers: 2,
      replicas: 2,
      env,
      brokerUrl: services.broker.url,
    })
    try {
      for (let seed = 0; seed < 10; seed++) expect(await corpus.answers.expectRight(cluster, seed)).toBe(true)
      const folder = (await readdir(cacheDir)).find((name) => name.endsWith('-0-of-2')) ?? ''
      const shardsDir = join(cacheDir, folder, 'shards')
      const names = await readdir(shardsDir)
      const sizes = await Promise.all(names.map(async (name) => (await stat(join(shardsDir, name))).size))
      for (const name of names) await truncate(join(shardsDir, name), 4_096)
      for (let seed = 0; seed < 40; seed++) await corpus.answers.expectRight(cluster, seed)
      await sleep(500)
      // As a supervisor does.
      const [server] = cluster.shardServers
      await killChild(server)
      await cluster.startServer(0)
      expect(await Promise.all(names.map(async (name) => (await stat(join(shardsDir, name))).size))).toEqual(sizes)
      await corpus.answers.expectRecovery(cluster)
      await killChild(cluster.shardServers[1])
      await corpus.answers.expectRecovery(cluster)
    } finally {
      await cluster.stop()
    }
  })
})
