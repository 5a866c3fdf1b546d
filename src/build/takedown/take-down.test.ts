import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OmnigramError } from '../../core/errors.js'
import type { IndexReader } from '../../query/index-reader.js'
import { openIndex } from '../../query/open-index.js'
import { readManifest } from '../../query/read-manifest.js'
import { buildIndex } from '../build-index.js'
import { collectGarbage } from '../collect-garbage.js'
import { inspectIndex } from '../inspect-index.js'
import { mergeIndex } from '../merging/merge-index.js'
import { countOperations } from '../testkit/counting-seams.js'
import { makeFolder, readTree, testOptions, writeJsonl } from '../testkit/small-corpus.js'
import { verifyIndex } from '../verify-index.js'
import { type TakedownOptions, takeDown } from './take-down.js'

const secret = 'a passage that its author wants back'
const texts = Array.from({ length: 300 }, (_, number) => ({
  id: `id-${number}`,
  text: `document ${number} of many. `.repeat(20) + (number % 100 === 17 ? secret : 'nothing of note'),
  source: number % 2 === 0 ? 'web' : 'books',
}))
const secretIds = ['id-17', 'id-117', 'id-217']

let folder: Awaited<ReturnType<typeof makeFolder>>
let fullDir: string
/** The same documents without those that are taken down. */
let cleanDir: string

beforeAll(async () => {
  folder = await makeFolder()
  ;[fullDir, cleanDir] = [join(folder.dir, 'full'), join(folder.dir, 'clean')]
  const options = { shardBytes: 50_000 }
  await buildIndex(testOptions([await writeJsonl(join(folder.dir, 'full.jsonl'), texts)], fullDir, options))
  const clean = texts.filter(({ id }) => !secretIds.includes(id))
  await buildIndex(
    testOptions([await writeJsonl(join(folder.dir, 'clean.jsonl'), clean)], cleanDir, { shardBytes: 2 ** 30 }),
  )
})
afterAll(() => folder.remove())

async function copyFull(name: string): Promise<string> {
  const indexDir = join(folder.dir, name)
  await cp(fullDir, indexDir, { recursive: true })
  return indexDir
}

function askFor(indexDir: string, given: Partial<TakedownOptions> = {}): TakedownOptions {
  return { indexDir, externalIds: secretIds, documents: [], skipsMissing: false, ...given }
}

async function withIndex<Value>(indexDir: string, ask: (reader: IndexReader) => Promise<Value>): Promise<Value> {
  const reader = await openIndex(indexDir, { workers: 0 })
  try {
    return await ask(reader)
  } finally {
    await reader.close()
  }
}

/** What can be told of an index without its documents' numbers. */
async function describeAnswers(reader: IndexReader) {
  const pattern = 'document 1'
  const match = await reader.find(pattern)
  return {
    counts: await reader.count([secret, pattern, 'note', 'its author', '']),
    next: await reader.next('a ', { unit: 'byte' }),
    begins: await reader.next('', { unit: 'character' }),
    documents: await reader.countDocuments(match, { exact: true }),
    facets: await reader.countFacets(match, 'source', { exact: true }),
    trace: await reader.trace(`${secret} and document 12 of many. `),
    statistics: reader.manifest.statistics,
  }
}

describe('documents that are taken down', () => {
  it('are gone at once from every answer, and after the merge from the bytes', async () => {
    const indexDir = await copyFull('gone')
    const report = await takeDown(askFor(indexDir))
    expect(report).toMatchObject({
      generation: '000002',
      hiddenNow: 3,
      hiddenBefore: 0,
      missing: 0,
      hiddenDocuments: 3,
    })
    const expected = await withIndex(cleanDir, describeAnswers)
    expect(expected.counts[0].count).toBe(0)
    expect(await withIndex(indexDir, describeAnswers)).toEqual(expected)
    await withIndex(indexDir, async (reader) => {
      for (const ask of [
        () => reader.document(17),
        () => reader.documentInfo(117),
        () => reader.extract(217, 0, 10),
        () => reader.findExternalId('id-17'),
      ]) {
        await expect(ask()).rejects.toMatchObject({ code: 'hidden-document' })
      }
      expect(await reader.findExternalId('id-18')).toBe(18)
      expect((await reader.document(18)).text).toContain('document 18 of many')
    })
    await expect(inspectIndex(indexDir)).resolves.toMatchObject({ documents: 297, hiddenDocuments: 3 })
    await expect(verifyIndex(indexDir, { deep: true })).resolves.toBeDefined()

    const merged = await mergeIndex({ indexDir, into: 1, memoryBytes: 2 ** 30, threads: 2 })
    expect(merged).toMatchObject({ generation: '000003', shards: 1, droppedDocuments: 3, documents: 297 })
    const { manifest } = await readManifest(indexDir)
    expect(manifest.shards).toEqual((await readManifest(cleanDir)).manifest.shards)
    expect(manifest.version).toBe(1)
    await collectGarbage(indexDir, { keep: 1 })
    expect([...(await readTree(indexDir)).keys()].filter((name) => name.startsWith('shards/'))).toHaveLength(1)
    expect(await withIndex(indexDir, describeAnswers)).toEqual(expected)
  })

  it('stay hidden when more are, when documents are added, and in the shards that are not merged', async () => {
    const indexDir = await copyFull('more')
    await takeDown(askFor(indexDir, { externalIds: ['id-17'], documents: [117] }))
    const more = await writeJsonl(join(folder.dir, 'more.jsonl'), [{ id: 'new', text: secret, source: 'web' }])
    await buildIndex(testOptions([more], indexDir, { shardBytes: 50_000, mode: 'append' }))
    expect((await withIndex(indexDir, (reader) => reader.count([secret])))[0].count).toBe(2)
    await expect(takeDown(askFor(indexDir))).resolves.toMatchObject({ hiddenNow: 1, hiddenBefore: 2 })
    await expect(takeDown(askFor(indexDir, { externalIds: ['new'] }))).resolves.toMatchObject({ hiddenDocuments: 4 })
    expect((await withIndex(indexDir, (reader) => reader.count([secret])))[0].count).toBe(0)
    // Of a shard that is large enough already what is hidden is dropped all the same.
    const { manifest } = await readManifest(indexDir)
    await mergeIndex({ indexDir, into: manifest.shards.length, memoryBytes: 2 ** 30, threads: 1 })
    const after = (await readManifest(indexDir)).manifest
    expect(after.shards.every(({ hidden }) => hidden === undefined)).toBe(true)
    expect(after.statistics.documents).toBe(297)
    expect((await withIndex(indexDir, (reader) => reader.count([secret])))[0].count).toBe(0)
  })

  it('make a generation that older programs refuse, and one that was hidden already makes none', async () => {
    const indexDir = await copyFull('version')
    await takeDown(askFor(indexDir))
    expect(JSON.parse(await readFile(join(indexDir, 'generations', '000002.json'), 'utf8')).version).toBe(2)
    await expect(takeDown(askFor(indexDir))).resolves.toMatchObject({
      generation: '000002',
      hiddenNow: 0,
      hiddenBefore: 3,
    })
  })
})

describe('a takedown of what is not there', () => {
  it('names it and hides nothing, unless it is to be passed over', async () => {
    const indexDir = await copyFull('missing')
    const tree = await readTree(indexDir)
    const externalIds = ['id-17', 'nobody', 'nowhere']
    await expect(takeDown(askFor(indexDir, { externalIds }))).rejects.toMatchObject({
      code: 'unknown-document',
      detail: expect.stringContaining('"nobody"'),
    })
    await expect(takeDown(askFor(indexDir, { externalIds: [], documents: [300] }))).rejects.toMatchObject({
      code: 'unknown-document',
    })
    expect(await readTree(indexDir)).toEqual(tree)
    const report = await takeDown(askFor(indexDir, { externalIds, documents: [300, 17], skipsMissing: true }))
    expect(report).toMatchObject({ hiddenNow: 1, missing: 3 })
  })
})

describe('a takedown whose k-th operation fails, for every k (F2)', () => {
  it('hides all or nothing', async () => {
    const undisturbed = await copyFull('undisturbed')
    let operations = 0
    await takeDown(
      askFor(undisturbed),
      countOperations((number) => {
        operations = number
      }),
    )
    const expected = await readTree(undisturbed)
    for (let k = 1; k <= operations; k++) {
      const indexDir = await copyFull('failing')
      const seams = countOperations((number, name) => {
        if (number === k) throw new OmnigramError('io-failure', `${name}: EIO.`)
      })
      await takeDown(askFor(indexDir), seams).catch((error: OmnigramError) => {
        expect(error.code, `operation ${k}`).toBe('io-failure')
      })
      expect([0, 3], `operation ${k}`).toContain((await inspectIndex(indexDir)).hiddenDocuments)
      await takeDown(askFor(indexDir))
      const tree = await readTree(indexDir)
      for (const name of tree.keys()) if (name.startsWith('build/')) tree.delete(name)
      expect(tree, `operation ${k}`).toEqual(expected)
      await rm(indexDir, { recursive: true })
    }
    expect(operations).toBeGreaterThan(10)
  })
})
