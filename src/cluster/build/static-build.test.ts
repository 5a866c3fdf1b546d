import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildIndex } from '../../build/build-index.js'
import type { BuildOptions } from '../../build/build-options.js'
import { planShards } from '../../build/plan-shards.js'
import { formatPlan, parsePlan, type ShardPlan } from '../../build/shard-plan.js'
import { makeDocuments, makeFolder, readTree, testOptions, writeJsonl } from '../../build/testkit/small-corpus.js'
import { FolderStore } from '../store/folder-store.js'
import { failure } from '../testkit/failure.js'
import { BuildLedger } from './build-ledger.js'
import { runStaticWorker } from './static-worker.js'

let folder: { dir: string; remove: () => Promise<void> }
let inputDir: string
let storeDir: string

beforeEach(async () => {
  folder = await makeFolder()
  inputDir = join(folder.dir, 'input')
  storeDir = join(folder.dir, 'store')
  await mkdir(inputDir)
})

afterEach(() => folder.remove())

async function writeInputs(): Promise<string[]> {
  await writeJsonl(join(inputDir, 'a.jsonl'), makeDocuments(60_000, 1))
  await writeFile(join(inputDir, 'b.jsonl'), '')
  await writeFile(join(inputDir, 'c.jsonl'), '{"text":"no id"}\nnot json\n{"text":"\\ud800 lone"}\n')
  await writeJsonl(join(inputDir, 'd.jsonl'), makeDocuments(50_000, 2))
  await writeJsonl(join(inputDir, 'e.jsonl'), [{ text: '' }])
  return [inputDir]
}

const resources = (name = 'scratch') => ({
  scratchDir: join(folder.dir, name),
  memoryBytes: 2 ** 30,
  threads: 1,
})

async function plan(inputs: string[], given: Partial<BuildOptions> = {}): Promise<ShardPlan> {
  const options = testOptions(inputs, 'unused', given)
  return (await planShards(options, storeDir)).plan
}

async function begin(planned: ShardPlan): Promise<BuildLedger> {
  const ledger = new BuildLedger(new FolderStore(storeDir), planned)
  await ledger.begin(null)
  return ledger
}

/** What a reader of the index sees, without the plan. */
async function readIndexTree(dir: string): Promise<Map<string, string>> {
  const tree = await readTree(dir)
  return new Map([...tree].filter(([path]) => !path.startsWith('plans/')))
}

async function buildHere(inputs: string[], given: Partial<BuildOptions> = {}): Promise<Map<string, string>> {
  const indexDir = join(folder.dir, 'here')
  await buildIndex(testOptions(inputs, indexDir, given))
  return readIndexTree(indexDir)
}

describe('a build in pieces', () => {
  it('makes the same bytes as a build on one machine, by any number of workers', async () => {
    const inputs = await writeInputs()
    const here = await buildHere(inputs)
    for (const of of [1, 3, 20]) {
      await rm(storeDir, { recursive: true, force: true })
      const ledger = await begin(await plan(inputs))
      expect(ledger.plan.shards.length).toBeGreaterThan(5)
      const reports = []
      for (let index = of - 1; index >= 0; index--) {
        reports.push(await runStaticWorker(ledger, { ...resources(), index, of }))
      }
      expect(reports.flatMap(({ built }) => built).sort((a, b) => a - b)).toEqual([...ledger.plan.shards.keys()])
      expect(reports.at(-1)?.published).toMatchObject({ generation: '000001' })
      expect(await readIndexTree(storeDir)).toEqual(here)
    }
  })

  it('is the same for shards of one document, for one shard, and for no document at all', async () => {
    const inputs = await writeInputs()
    const empty = join(folder.dir, 'empty.jsonl')
    await writeFile(empty, '\n')
    for (const [given, from] of [
      [{ shardBytes: 2_000 }, inputs],
      [{ shardBytes: 2 ** 30 }, inputs],
      [{}, [empty]],
    ] as const) {
      await rm(storeDir, { recursive: true, force: true })
      await rm(join(folder.dir, 'here'), { recursive: true, force: true })
      const ledger = await begin(await plan([...from], given))
      await runStaticWorker(ledger, { ...resources(), index: 0, of: 1 })
      expect(await readIndexTree(storeDir)).toEqual(await buildHere([...from], given))
    }
  })

  it('is the same for ready token ids', async () => {
    const path = join(inputDir, 'ids.jsonl')
    await writeJsonl(
      path,
      Array.from({ length: 300 }, (_, at) => ({ id: `${at}`, ids: [at % 7, at % 11, at % 13, 1] })),
    )
    const given = {
      shardBytes: 1_000,
      tokens: { tokenizerPath: null, idsField: 'ids', vocabulary: null, idsType: null, documentSeparator: null },
    }
    const ledger = await begin(await plan([path], given))
    await runStaticWorker(ledger, { ...resources(), index: 0, of: 1 })
    expect(await readIndexTree(storeDir)).toEqual(await buildHere([path], given))
  })

  it('does nothing twice, and mends what is lost', async () => {
    const ledger = await begin(await plan(await writeInputs()))
    await runStaticWorker(ledger, { ...resources(), index: 0, of: 1 })
    const tree = await readIndexTree(storeDir)
    const again = await runStaticWorker(ledger, { ...resources(), index: 0, of: 1 })
    expect([again.built, again.present.length]).toEqual([[], ledger.plan.shards.length])
    const record = await ledger.read(2)
    await rm(join(storeDir, 'shards', record?.entry.name ?? ''))
    const mended = await runStaticWorker(ledger, { ...resources(), index: 0, of: 1 })
    expect(mended.built).toEqual([2])
    expect(await readIndexTree(storeDir)).toEqual(tree)
  })

  it('may be done by two workers at once: one record, both content', async () => {
    const ledger = await begin(await plan(await writeInputs()))
    const reports = await Promise.all(
      ['one', 'two'].map((name) => runStaticWorker(ledger, { ...resources(name), index: 0, of: 1 })),
    )
    expect(reports.map(({ failed }) => failed)).toEqual([[], []])
    expect(await readIndexTree(storeDir)).toEqual(await buildHere([inputDir]))
  })

  it('raises an alarm when two builds of a shard differ', async () => {
    const ledger = await begin(await plan(await writeInputs()))
    const other = { name: `${'0'.repeat(32)}.fm`, checksum: '0'.repeat(32), bytes: 1, documents: 0, textBytes: 0 }
    await ledger.write(0, other)
    expect((await failure(ledger.write(0, { ...other, bytes: 2 }))).code).toBe('nondeterministic-build')
  })

  it('tells which shards failed, builds the others, and goes on when that is mended', async () => {
    const inputs = await writeInputs()
    const path = join(inputDir, 'd.jsonl')
    const ledger = await begin(await plan(inputs))
    await copyFile(path, `${path}.away`)
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('corpus', 'CORPUS'))
    const failed = await failure(runStaticWorker(ledger, { ...resources(), index: 0, of: 1 }))
    expect([failed.code, failed.detail]).toEqual(['incomplete-build', expect.stringContaining('changed-input')])
    const listed = await ledger.listFailures()
    expect(listed.length).toBeGreaterThan(1)
    expect(listed.every(({ code }) => code === 'changed-input')).toBe(true)
    expect((await ledger.listDone()).size).toBe(ledger.plan.shards.length - listed.length)
    await copyFile(`${path}.away`, path)
    await rm(`${path}.away`)
    const mended = await runStaticWorker(ledger, { ...resources(), index: 0, of: 1 })
    expect(mended.built).toHaveLength(listed.length)
    expect(await ledger.listFailures()).toEqual([])
    expect(mended.published).not.toBeNull()
  })

  it('goes on with a shard that was built before a stop, and takes none that is cut', async () => {
    const ledger = await begin(await plan(await writeInputs()))
    const stop = new AbortController()
    const stopped = runStaticWorker(ledger, {
      ...resources(),
      index: 0,
      of: 1,
      signal: stop.signal,
      onShard: ({ done }) => done === 3 && stop.abort(),
    })
    expect((await failure(stopped)).code).toBe('cancelled')
    expect((await ledger.listDone()).size).toBe(3)
    const report = await runStaticWorker(ledger, { ...resources(), index: 0, of: 1 })
    expect(report.present).toEqual([0, 1, 2])
    expect(await readIndexTree(storeDir)).toEqual(await buildHere([inputDir]))
  })

  it('is refused by a store that holds another index', async () => {
    const inputs = await writeInputs()
    const first = await begin(await plan(inputs))
    await runStaticWorker(first, { ...resources(), index: 0, of: 1 })
    const second = await begin(await plan(inputs, { shardBytes: 8_192 }))
    const refused = await failure(runStaticWorker(second, { ...resources(), index: 0, of: 1 }))
    expect(refused.code).toBe('changed-input')
  })
})

describe('a plan', () => {
  it('is read as it was written, and refused when it is not one', async () => {
    const planned = await plan(await writeInputs())
    expect(parsePlan(formatPlan(planned), 'plan.json')).toEqual(planned)
    for (const text of [
      '',
      'null',
      '{}',
      formatPlan({ ...planned, shards: [] }),
      formatPlan({ ...planned, files: [] }),
    ]) {
      expect(() => parsePlan(text, 'plan.json')).toThrowError(expect.objectContaining({ code: 'bad-plan' }))
    }
  })

  it('cannot be made of standard input, nor of nothing readable', async () => {
    expect((await failure(plan(['-']))).code).toBe('bad-argument')
    await writeFile(join(inputDir, 'bad.jsonl'), 'not json\n')
    expect((await failure(plan([inputDir]))).code).toBe('bad-input')
  })
})
