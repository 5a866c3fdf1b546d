import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openShard } from '#native'
import type { CallOptions, IndexReader } from './index-reader.js'
import { openIndex } from './open-index.js'
import { packPatterns } from './packed-patterns.js'
import { QueryCall } from './query-call.js'
import type { ShardFile } from './shard-file.js'
import type { Lane } from './shard-runner.js'
import { buildTestIndex, makeTestFolder } from './testkit/build-test-index.js'
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.js'

const workerUrl = new URL('../../dist/query/testkit/faulty-worker.js', import.meta.url)

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let file: ShardFile
let pool: WorkerPool

beforeAll(async () => {
  folder = await makeTestFolder()
  // Long enough that a worker is surely still at it when it is taken off.
  const text = 'the quick brown fox jumps over the lazy dog. '.repeat(20_000)
  const manifest = await buildTestIndex(folder.path, { documents: [{ text }, { text: 'banana' }] })
  const path = `${folder.path}/shards/${manifest.shards[0].name}`
  const shard = openShard(path, 'mmap')
  file = { path, hiddenPath: null, residency: 'mmap', shard, info: shard.info(), isVerified: () => shard.isVerified() }
})

afterAll(() => folder.remove())
afterEach(() => pool.close())

const makePool = (options: WorkerPoolOptions = {}) => {
  pool = new WorkerPool({ workers: 2, workerUrl, ...options })
  return pool
}

const ask = (word: string, options: CallOptions = {}, lane: Lane = 'interactive') =>
  QueryCall.run(options, (call) => pool.run(file, 'count', packPatterns([Buffer.from(word)]), call, lane))

const untilIdle = async () => {
  while (pool.statistics().busyWorkers > 0) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a worker that dies (F7)', () => {
  it.each([
    ['exit', /exit code 7/],
    ['throw', /thrown on purpose/],
    ['heap', /memory/],
  ])('fails its own request by %s, and another takes its place', async (fault, detail) => {
    makePool({ workerHeapMb: 32 })
    const answers = await Promise.allSettled([ask('one'), ask(fault), ask('three'), ask('four'), ask('five')])
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ])
    expect(answers[1]).toMatchObject({ reason: { code: 'worker-lost', detail: expect.stringMatching(detail) } })
    expect(await ask('again')).toEqual(Float64Array.of(5))
    expect(pool.statistics()).toMatchObject({ restarts: 1, busyWorkers: 0, queued: { interactive: 0, batch: 0 } })
  })

  it('is given up when it does not end after its task was cancelled', async () => {
    makePool({ workers: 1 })
    await expect(ask('loop', { deadlineMs: 50 })).rejects.toMatchObject({ code: 'deadline-exceeded' })
    expect(await ask('later')).toEqual(Float64Array.of(5))
    expect(pool.statistics()).toMatchObject({ restarts: 1, dropped: 1 })
  })

  it('is told apart from a script that is not there', async () => {
    makePool({ workerUrl: new URL('./no-such-worker.js', import.meta.url) })
    await expect(ask('one')).rejects.toMatchObject({
      code: 'worker-lost',
      detail: expect.stringMatching(/no-such-worker/),
    })
  })
})

describe('more work than can be done', () => {
  it('is refused when the queue is full (F11), and what was let in is answered', async () => {
    makePool({ workers: 1, maxQueue: 3 })
    const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => ask('x'.repeat(at))))
    const refused = answers.filter(({ status }) => status === 'rejected')
    expect(answers.slice(0, 4).every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(refused).toHaveLength(16)
    for (const answer of refused) expect(answer).toMatchObject({ reason: { code: 'overloaded' } })
    expect(pool.statistics().refused).toBe(16)
    expect(await ask('after')).toEqual(Float64Array.of(5))
  })

  it('lets all tasks of a call follow once the first is in', async () => {
    makePool({ workers: 1, maxQueue: 1 })
    const counts = QueryCall.run({}, (call) =>
      Promise.all(
        ['a', 'bb', 'ccc', 'dddd'].map((word) =>
          pool.run(file, 'count', packPatterns([Buffer.from(word)]), call, 'batch'),
        ),
      ),
    )
    expect((await counts).map(([count]) => count)).toEqual([1, 2, 3, 4])
  })

  it('leaves a worker to people who wait while batches run', async () => {
    makePool()
    const stop = new AbortController()
    const batches = ['loop', 'loop', 'loop'].map((word) => ask(word, { signal: stop.signal }, 'batch'))
    expect(await ask('quick')).toEqual(Float64Array.of(5))
    expect(pool.statistics()).toMatchObject({ busyWorkers: 1, queued: { batch: 2 } })
    stop.abort()
    for (const batch of batches) await expect(batch).rejects.toMatchObject({ code: 'cancelled' })
    expect(pool.statistics().queued.batch).toBe(0)
  })
})

describe('work that nobody wants any more (F10)', () => {
  let reader: IndexReader
  const text = `${'the quick brown fox jumps over the lazy dog. '.repeat(2_000)}!`

  const open = async () => {
    reader = await openIndex(folder.path, { pool: makePool({ workerUrl: undefined }) })
  }

  it('is not begun when the signal was given before', async () => {
    await open()
    await expect(reader.count(['fox'], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
    expect(pool.statistics().workers).toBe(0)
  })

  it('ends in the native core when the signal is given', async () => {
    await open()
    const stop = new AbortController()
    const traces = Array.from({ length: 6 }, () => reader.trace(text.repeat(50), { signal: stop.signal }))
    while (pool.statistics().busyWorkers === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    stop.abort()
    for (const trace of traces) await expect(trace).rejects.toMatchObject({ code: 'cancelled' })
    await untilIdle()
    expect(pool.statistics()).toMatchObject({ queued: { interactive: 0, batch: 0 }, restarts: 0 })
    expect(await reader.count(['banana'.repeat(20), 'banana'])).toEqual([{ count: 0 }, { count: 1 }])
  })

  it('ends at its deadline', async () => {
    await open()
    await expect(reader.trace(text.repeat(50), { deadlineMs: 30 })).rejects.toMatchObject({ code: 'deadline-exceeded' })
    await untilIdle()
    expect(pool.statistics().restarts).toBe(0)
  })

  it('ends when another task of the same call fails', async () => {
    await open()
    await expect(
      QueryCall.run({}, (call) =>
        Promise.all([
          pool.run(file, 'longestMatches', Buffer.from(text.repeat(50)), call, 'interactive'),
          pool.run(file, 'records', Float64Array.of(99), call, 'interactive'),
        ]),
      ),
    ).rejects.toMatchObject({ code: 'bad-argument' })
    await untilIdle()
    expect(pool.statistics().dropped).toBe(1)
  })

  it('fails when the pool is closed under it', async () => {
    await open()
    const trace = reader.trace(text.repeat(50))
    const refused = expect(trace).rejects.toMatchObject({ code: 'cancelled' })
    while (pool.statistics().busyWorkers === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    await pool.close()
    await refused
    await expect(reader.trace('a')).rejects.toMatchObject({ code: 'cancelled' })
  })
})
