import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { combineReaders } from '../../query/combine-readers.js'
import type { IndexReader } from '../../query/index-reader.js'
import { MissingShards } from '../../query/missing-shards.js'
import { describeReader } from '../../query/testkit/conformance.js'
import { requireStoredCurrent } from '../store/stored-index.js'
import { failure } from '../testkit/failure.js'
import { NatsServer, natsServerLack } from '../testkit/nats-server.js'
import { announce } from './announcements.js'
import { closeTogether, SmallCluster } from './testkit/small-cluster.js'

let broker: NatsServer

beforeAll(async () => {
  if (natsServerLack === null) broker = await NatsServer.start()
})

afterAll(() => broker?.stop())

if (natsServerLack === null) {
  describeReader('a router over 3 servers that hold 7 shards twice', async (corpus) => {
    const cluster = await SmallCluster.make(broker.url, { ...corpus, shardCount: 7 })
    for (const index of [0, 1, 2]) await cluster.startServer(index, 3)
    return closeTogether((await cluster.startRouter({ name: 'pool' })).current(), cluster)
  })
}

/** The same index under another name. */
function renamed(reader: IndexReader, name: string): IndexReader {
  return new Proxy(reader, {
    get(target, field) {
      if (field === 'name') return name
      if (field === 'parts') return target.parts.map((part) => ({ ...part, name }))
      const value = Reflect.get(target, field, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

describe('a router', () => {
  let cluster: SmallCluster

  beforeEach(async (context) => {
    if (natsServerLack !== null) context.skip(natsServerLack)
    cluster = await SmallCluster.make(broker.url, {
      documents: ['banana', 'bandana', 'ananas', 'cabana'].map((text) => ({ text })),
      shardCount: 4,
    })
  })
  afterEach(() => cluster?.stop())

  it('waits for its servers, and says which shards nobody holds', async () => {
    const missing: number[][] = []
    const router = cluster.startRouter({ onWait: (shards) => missing.push([...shards]) })
    await expect.poll(() => missing).toContainEqual([0, 1, 2, 3])
    await cluster.startServer(0, 2, { replicas: 1 })
    await expect.poll(() => missing).toContainEqual([1, 3])
    await cluster.startServer(1, 2, { replicas: 1 })
    expect(await (await router).current().count(['ana'])).toEqual([{ count: 6 }])
    expect(missing[0]).toEqual([0, 1, 2, 3])
  })

  it('all replicas of one shard dead: refuses, and answers again when one is back', async () => {
    await cluster.startServer(0, 2, { replicas: 1 })
    const second = await cluster.startServer(1, 2, { replicas: 1 })
    const reader = (await cluster.startRouter()).current()
    await second.stop()
    const refused = await failure(reader.count(['ana']))
    expect([refused.code, refused.kind.retryable]).toEqual(['incomplete-answer', true])
    expect(refused.detail).toMatch(/^Shard [13]: /)
    await cluster.startServer(1, 2, { replicas: 1 })
    await expect.poll(() => reader.count(['ana']).catch(() => null)).toEqual([{ count: 6 }])
  })

  it('answers without the shards that nobody holds when that is allowed, naming them; refuses what is about one of them', async () => {
    await cluster.startServer(0, 2, { replicas: 1 })
    const second = await cluster.startServer(1, 2, { replicas: 1 })
    const router = await cluster.startRouter()
    const reader = router.current()
    await second.stop()
    const missing = new MissingShards()
    const lacking = reader.lacking(missing)
    // banana and ananas are left.
    expect(await lacking.count(['ana', 'band'], { perShard: true })).toEqual([
      { count: 4, shards: [2, 0, 2, 0] },
      { count: 0, shards: [0, 0, 0, 0] },
    ])
    expect(missing.list()).toEqual([1, 3])
    const match = await lacking.find('ana')
    expect((await lacking.documents(match, { by: 'document', limit: 9, context: 3 })).occurrences).toHaveLength(2)
    expect((await lacking.findDocuments({ all: ['an'], none: ['s'] }, { limit: 9 })).documents).toMatchObject([
      { document: 0 },
    ])
    expect(await lacking.trace('bandanas')).toEqual([
      { startOffset: 0, endOffset: 3, count: 1 },
      { startOffset: 4, endOffset: 8, count: 1 },
    ])
    expect((await failure(lacking.document(1))).code).toBe('incomplete-answer')
    expect((await failure(lacking.findExternalId('x').then(() => lacking.document(3)))).code).toBe('incomplete-answer')
    const together = combineReaders([reader, renamed(reader, 'other')]).lacking(new MissingShards())
    expect(await together.count(['ana'])).toEqual([{ count: 8 }])
    expect((await failure(reader.count(['ana']))).code).toBe('incomplete-answer')
  })

  /** It says that it holds the shards, and answers nothing. */
  const startSilentServer = async (shards: number[]) => {
    const connection = await cluster.connect()
    const manifestSha256 = (await requireStoredCurrent(cluster.store)).sha256
    const tasks = connection.subscribe('omnigram.task.silent')
    const generations = [{ manifestSha256, shards, isVerified: true }]
    return { tasks, stop: announce(connection, () => ({ server: 'silent', generations })) }
  }

  it('does not wait for a shard for ever when it may be missing', async () => {
    await cluster.startServer(0, 2, { replicas: 1 })
    const silent = await startSilentServer([1, 3])
    const second = await cluster.startServer(1, 2, { replicas: 1 })
    const reader = (await cluster.startRouter()).current()
    await second.stop()
    const missing = new MissingShards(performance.now() + 300)
    expect(await reader.lacking(missing).count(['ana'])).toEqual([{ count: 4 }])
    expect(missing.list()).toEqual([1, 3])
    silent.stop()
  })

  it('starts when those that did not answer are gone and others have come', async () => {
    await cluster.startServer(0, 2, { replicas: 1 })
    const silent = await startSilentServer([1, 3])
    const failures: string[] = []
    const router = cluster.startRouter({ onFailure: ({ code }) => failures.push(code) })
    for await (const _ of silent.tasks) break
    silent.stop()
    await expect.poll(() => failures, { timeout: 30_000 }).toContain('incomplete-answer')
    await cluster.startServer(1, 2, { replicas: 1 })
    expect(await (await router).current().count(['ana'])).toEqual([{ count: 6 }])
  })

  it('one replica dead: asks the other', async () => {
    const servers = [await cluster.startServer(0, 3), await cluster.startServer(1, 3), await cluster.startServer(2, 3)]
    const reader = (await cluster.startRouter()).current()
    await servers[1].stop()
    for (let round = 0; round < 50; round++) expect(await reader.count(['ana'])).toEqual([{ count: 6 }])
  })

  it('goes over to a new generation when all its shards have a server; readers of the one before go on', async () => {
    await cluster.startServer(0, 1)
    const router = await cluster.startRouter()
    const before = router.current()
    await cluster.publish({ documents: [{ text: 'ana' }, { text: 'ana' }], shardCount: 2, generation: '000002' })
    await expect.poll(() => router.current().generation).not.toBe(before.generation)
    expect(await router.current().count(['ana'])).toEqual([{ count: 2 }])
    expect(await before.count(['ana'])).toEqual([{ count: 6 }])
  })

  it('generation switch under load: no error, no mixed answer in 10,000 requests', async () => {
    for (const index of [0, 1, 2]) await cluster.startServer(index, 3)
    const router = await cluster.startRouter()
    const text = (generation: number) => ({ text: 'x'.repeat(generation) })
    let [asked, generation] = [0, 1]
    const errors: unknown[] = []
    const expected = new Map([[router.current().generation, 6]])
    let isSwitched = false
    const ask = async () => {
      // However slow the switches are, the load goes on until some are through.
      while (asked < 10_000 || !isSwitched) {
        asked += 1
        const reader = router.current()
        const [ana, x] = await reader.count(['ana', 'x']).catch((error) => {
          errors.push(error)
          return [{ count: -1 }, { count: -1 }]
        })
        const count = Math.max(ana.count, x.count)
        const known = expected.get(reader.generation)
        if (known === undefined) expected.set(reader.generation, count)
        else if (known !== count) errors.push(`${reader.generation}: ${count}, not ${known}`)
      }
    }
    const switches = async () => {
      while (asked < 9_000 || expected.size < 4) {
        generation += 1
        const documents = Array.from({ length: 4 }, () => text(generation))
        await cluster.publish({ documents, shardCount: 4, generation: String(generation).padStart(6, '0') })
        await sleep(1_000)
      }
    }
    const switchAll = () =>
      switches().finally(() => {
        isSwitched = true
      })
    await Promise.all([...Array.from({ length: 16 }, ask), switchAll()])
    expect(errors).toEqual([])
    expect([...expected.values()].slice(1).every((count) => count % 4 === 0 && count > 0)).toBe(true)
  })

  it('shard file damaged on disk: its server refuses it, fetches it again, and the answers stay right', async () => {
    await cluster.startServer(0, 2, { replicas: 2 })
    await cluster.startServer(1, 2, { replicas: 2 })
    const reader = (await cluster.startRouter()).current()
    const cache = join(cluster.folder.path, 'cache-0')
    const [indexDir] = await readdir(cache)
    const shardsDir = join(cache, indexDir, 'shards')
    const [name] = await readdir(shardsDir)
    const good = await readFile(join(shardsDir, name))
    await cluster.servers[0].stop()
    await writeFile(join(shardsDir, name), good.subarray(0, good.length >> 1))
    await cluster.startServer(0, 2, { replicas: 2, cacheDir: cache })
    for (let round = 0; round < 20; round++) expect(await reader.count(['ana'])).toEqual([{ count: 6 }])
    expect(Buffer.compare(await readFile(join(shardsDir, name)), good)).toBe(0)
  })

  it('broker killed -9 and restarted: refuses meanwhile, none wrong, and answers again by itself', async () => {
    await cluster.startServer(0, 2, { replicas: 2 })
    await cluster.startServer(1, 2, { replicas: 2 })
    const reader = (await cluster.startRouter()).current()
    await broker.kill()
    const refused = await failure(reader.count(['ana'], { deadlineMs: 500 }))
    expect(['incomplete-answer', 'deadline-exceeded']).toContain(refused.code)
    await broker.restart()
    await expect.poll(() => reader.count(['ana']).catch(() => null)).toEqual([{ count: 6 }])
  })

  it('stops the work of a call that nobody waits for', async () => {
    await cluster.startServer(0, 1)
    const router = await cluster.startRouter()
    const stop = new AbortController()
    const asked = failure(router.current().count(['ana'], { signal: stop.signal }))
    stop.abort()
    expect((await asked).code).toBe('cancelled')
    expect(router.statistics().inFlight).toBe(0)
    expect(await router.current().count(['ana'])).toEqual([{ count: 6 }])
  })

  it('carries messages that are larger than a broker takes', async () => {
    await cluster.startServer(0, 1)
    const reader = (await cluster.startRouter()).current()
    const batch = await reader.cursors(100_000).push(new Uint8Array(100_000).fill(0x61))
    expect([batch.size, batch.counts[99_999]]).toEqual([100_000, 12])
  })
})
