import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildIndex } from '../../build/build-index.js'
import { planShards } from '../../build/plan-shards.js'
import type { ShardPlan } from '../../build/shard-plan.js'
import { makeDocuments, makeFolder, readTree, testOptions, writeJsonl } from '../../build/testkit/small-corpus.js'
import { collectStoredGarbage } from '../store/collect-stored-garbage.js'
import { FolderStore } from '../store/folder-store.js'
import type { ObjectStore } from '../store/object-store.js'
import { verifyStored } from '../store/verify-stored.js'
import { type DeathPoint, DyingStore } from '../testkit/dying-store.js'
import { MemoryQueue } from '../testkit/memory-queue.js'
import { BuildLedger } from './build-ledger.js'
import { runQueueWorker } from './queue-worker.js'
import { dispatchBuild } from './reconcile-build.js'
import { runStaticWorker } from './static-worker.js'

let folder: { dir: string; remove: () => Promise<void> }
let storeDir: string
let plan: ShardPlan
let expected: Map<string, string>

beforeEach(async () => {
  folder = await makeFolder()
  storeDir = join(folder.dir, 'store')
  const inputDir = join(folder.dir, 'input')
  await mkdir(inputDir)
  await writeJsonl(join(inputDir, 'a.jsonl'), makeDocuments(30_000, 1))
  const given = { shardBytes: 12_000 }
  plan = (await planShards(testOptions([inputDir], 'unused', given), storeDir)).plan
  const indexDir = join(folder.dir, 'here')
  await buildIndex(testOptions([inputDir], indexDir, given))
  expected = await readIndexTree(indexDir)
})

afterEach(() => folder.remove())

/** As a broker does, it lets others work before it says that there is nothing. */
class WaitingQueue extends MemoryQueue {
  override async take() {
    const job = await super.take()
    if (job === null) await sleep(1)
    return job
  }
}

const points: readonly DeathPoint[] = ['before', 'after']

/** What a reader of the index sees, without the plan. */
async function readIndexTree(dir: string): Promise<Map<string, string>> {
  const tree = await readTree(dir)
  return new Map([...tree].filter(([path]) => !path.startsWith('plans/')))
}

const resources = (name: string) => ({ scratchDir: join(folder.dir, name), memoryBytes: 2 ** 30, threads: 1 })

async function openFresh(): Promise<ObjectStore> {
  await rm(storeDir, { recursive: true, force: true })
  const store = new FolderStore(storeDir)
  await new BuildLedger(store, plan).begin(null)
  return store
}

/** The index is that of one machine, whole, and nothing lies beside it that a collection would find. */
async function expectWhole(store: ObjectStore): Promise<void> {
  expect(await readIndexTree(storeDir)).toEqual(expected)
  expect((await verifyStored(store, folder.dir)).shards).toBe(plan.shards.length)
  expect((await collectStoredGarbage(store, { keep: 1 }, 0)).removedFiles).toBe(0)
  expect(await readIndexTree(storeDir)).toEqual(expected)
}

/** Does the work again and again, dying one operation later each time, until it lives to the end. Answers what it died at. */
async function dieEverywhere(point: DeathPoint, work: (store: DyingStore, live: ObjectStore) => Promise<void>) {
  const deaths: string[] = []
  for (let livesFor = 0; ; livesFor++) {
    const live = await openFresh()
    const dying = new DyingStore(live, livesFor, point)
    await work(dying, live)
    await expectWhole(live)
    if (dying.diedAt === null) return deaths
    deaths.push(dying.diedAt.split(/[ /]/).slice(0, 2).join(' '))
  }
}

describe('a worker that dies at an operation on the store', () => {
  it.each(points)('%s it is done: the next one ends with the same bytes, and no object is left over', async (point) => {
    const deaths = await dieEverywhere(point, async (dying, live) => {
      const worker = { index: 0, of: 1 }
      await runStaticWorker(new BuildLedger(dying, plan), { ...resources('dead'), ...worker }).catch(() => undefined)
      await runStaticWorker(new BuildLedger(live, plan), { ...resources('next'), ...worker })
    })
    // Every phase was met: asking for a record, sending a shard, writing that it is done, publishing.
    for (const phase of ['get plans', 'upload shards', 'head shards', 'put plans', 'put generations', 'put CURRENT']) {
      expect(deaths).toContain(phase)
    }
  })
})

describe('who hands out the work and dies at an operation on the store', () => {
  it.each(points)('%s it is done: the next one sees the build through', async (point) => {
    const deaths = await dieEverywhere(point, async (dying, live) => {
      const stop = new AbortController()
      const queue = new WaitingQueue()
      const worker = runQueueWorker(queue, live, { ...resources('worker'), signal: stop.signal })
      const dispatch = (store: ObjectStore) =>
        dispatchBuild(new BuildLedger(store, plan), queue, { signal: stop.signal, pollMs: 1 })
      await dispatch(dying).catch(() => undefined)
      await dispatch(live)
      stop.abort()
      await worker
    })
    expect(deaths).toContain('list plans')
  })
})
