import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OmnigramError } from '../../core/errors.js'
import { openIndex } from '../../query/open-index.js'
import { readManifest } from '../../query/read-manifest.js'
import { buildIndex } from '../build-index.js'
import { collectGarbage } from '../collect-garbage.js'
import { countOperations } from '../testkit/counting-seams.js'
import { makeDocuments, makeFolder, readTree, testOptions, writeJsonl } from '../testkit/small-corpus.js'
import { verifyIndex } from '../verify-index.js'
import { mergeIndex } from './merge-index.js'
import type { MergeOptions, MergeProgress } from './merge-options.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
let input: string
/** Some ten shards. */
let smallDir: string
/** The same documents in one. */
let wholeDir: string

beforeAll(async () => {
  folder = await makeFolder()
  input = await writeJsonl(join(folder.dir, 'input.jsonl'), makeDocuments(150_000))
  ;[smallDir, wholeDir] = [join(folder.dir, 'small'), join(folder.dir, 'whole')]
  await buildIndex(testOptions([input], smallDir))
  await buildIndex(testOptions([input], wholeDir, { shardBytes: 2 ** 30 }))
})
afterAll(() => folder.remove())

async function copySmall(name: string): Promise<string> {
  const indexDir = join(folder.dir, name)
  await cp(smallDir, indexDir, { recursive: true })
  return indexDir
}

function mergeOptions(indexDir: string, given: Partial<MergeOptions> = {}): MergeOptions {
  return { indexDir, into: 1, memoryBytes: 2 ** 30, threads: 2, ...given }
}

describe('a merged index', () => {
  it('has the shard that a build of all documents has, and answers as before', async () => {
    const indexDir = await copySmall('one')
    const before = await readManifest(indexDir)
    expect(before.manifest.shards.length).toBeGreaterThan(8)
    const report = await mergeIndex(mergeOptions(indexDir))
    expect(report).toMatchObject({
      generation: '000002',
      shardsBefore: before.manifest.shards.length,
      shards: 1,
      shardsWritten: 1,
      droppedDocuments: 0,
      documents: before.manifest.statistics.documents,
    })
    const [whole, merged] = [await readManifest(wholeDir), await readManifest(indexDir)]
    expect(merged.manifest.shards).toEqual(whole.manifest.shards)
    expect(merged.manifest.statistics).toEqual(before.manifest.statistics)
    const name = join('shards', merged.manifest.shards[0].name)
    expect((await readFile(join(indexDir, name))).equals(await readFile(join(wholeDir, name)))).toBe(true)
    expect(await readdir(indexDir)).not.toContain('build')
    await expect(verifyIndex(indexDir, { deep: true })).resolves.toMatchObject({ shards: 1 })
    const [one, many] = [await openIndex(indexDir, { workers: 0 }), await openIndex(smallDir, { workers: 0 })]
    const patterns = ['ana', 'the corpus', 'größer', '🙂 index', 'nothing of it', '']
    expect(await one.count(patterns)).toEqual(await many.count(patterns))
    await Promise.all([one.close(), many.close()])
    const { removedFiles } = await collectGarbage(indexDir, { keep: 1 })
    expect(removedFiles).toBe(1 + before.manifest.shards.length)
  })

  it('has as many shards as asked for, in the order of the documents, and tells how far it is', async () => {
    const indexDir = await copySmall('three')
    const progress: MergeProgress[] = []
    const report = await mergeIndex(
      mergeOptions(indexDir, { into: 3, threads: 1, onProgress: (report) => progress.push(report) }),
    )
    expect(report).toMatchObject({ shards: 3, shardsWritten: 3 })
    expect(progress.at(-1)).toMatchObject({ phase: 'publish', share: 1, shardsDone: 3, shardsPlanned: 3 })
    expect(progress.every(({ share }) => share >= 0 && share <= 1)).toBe(true)
    const [reader, whole] = [await openIndex(indexDir, { workers: 0 }), await openIndex(wholeDir, { workers: 0 })]
    for (const document of [0, 1, report.documents >> 1, report.documents - 1]) {
      const found = await reader.document(document)
      expect(found).toEqual({ ...(await whole.document(document)), index: 'three' })
      expect(await reader.findExternalId(found.externalId ?? '')).toBeLessThanOrEqual(document)
    }
    await Promise.all([reader.close(), whole.close()])
  })

  it('grows by appends and stays of a few shards, whatever their text store', async () => {
    const indexDir = join(folder.dir, 'growing')
    const [first, ...rest] = Array.from({ length: 9 }, (_, seed) => seed)
    const part = async (seed: number) =>
      writeJsonl(join(folder.dir, `part-${seed}.jsonl`), makeDocuments(8_000, seed + 50))
    const options = { shardBytes: 2 ** 20, textStore: true }
    await buildIndex(testOptions([await part(first)], indexDir, options))
    for (const seed of rest) {
      await buildIndex(testOptions([await part(seed)], indexDir, { ...options, mode: 'append' }))
      const { shards } = await mergeIndex(mergeOptions(indexDir, { into: null }))
      expect(shards).toBeLessThan(4)
    }
    const inputs = Array.from({ length: 9 }, (_, seed) => join(folder.dir, `part-${seed}.jsonl`))
    const direct = join(folder.dir, 'grown')
    await buildIndex(testOptions(inputs, direct, options))
    await mergeIndex(mergeOptions(indexDir))
    expect((await readManifest(indexDir)).manifest.shards).toEqual((await readManifest(direct)).manifest.shards)
  })

  it('stays as it is where there is nothing to merge', async () => {
    const report = await mergeIndex(mergeOptions(wholeDir))
    expect(report).toMatchObject({ generation: '000001', shards: 1, shardsWritten: 0 })
  })
})

describe('a merge that cannot be', () => {
  it('is refused before anything is written', async () => {
    const indexDir = await copySmall('refused')
    const tree = await readTree(indexDir)
    const cases: [Partial<MergeOptions>, string][] = [
      [{ memoryBytes: 2 ** 20 }, 'no-memory'],
      [{ into: 0 }, 'bad-argument'],
      [{ threads: 0.5 }, 'bad-argument'],
      [{ signal: AbortSignal.abort() }, 'cancelled'],
    ]
    for (const [given, code] of cases) {
      await expect(mergeIndex(mergeOptions(indexDir, given))).rejects.toMatchObject({ code })
    }
    await expect(mergeIndex(mergeOptions(join(folder.dir, 'absent')))).rejects.toMatchObject({ code: 'unknown-index' })
    expect(await readTree(indexDir)).toEqual(tree)
  })

  it('finds a damaged shard, names it and leaves the index as it was', async () => {
    const indexDir = await copySmall('damaged')
    const { manifest } = await readManifest(indexDir)
    const path = join(indexDir, 'shards', manifest.shards[3].name)
    const bytes = await readFile(path)
    bytes[bytes.length >> 1] ^= 4
    await writeFile(path, bytes)
    const tree = await readTree(indexDir)
    await expect(mergeIndex(mergeOptions(indexDir))).rejects.toMatchObject({ code: 'damaged-index' })
    expect(await readTree(indexDir)).toEqual(tree)
  })
})

describe('a merge whose k-th operation fails, for every k (F2)', () => {
  it('throws a typed error, changes nothing that can be seen, and succeeds when it is begun again', async () => {
    const undisturbed = await copySmall('undisturbed')
    let operations = 0
    await mergeIndex(
      mergeOptions(undisturbed, { into: 2 }),
      countOperations((number) => {
        operations = number
      }),
    )
    const expected = await readTree(undisturbed)
    const oldCurrent = await readFile(join(smallDir, 'CURRENT'), 'utf8')
    for (let k = 1; k <= operations; k++) {
      const indexDir = await copySmall('failing')
      const seams = countOperations((number, name) => {
        if (number === k) throw new OmnigramError('io-failure', `${name}: EIO.`)
      })
      const outcome = await mergeIndex(mergeOptions(indexDir, { into: 2 }), seams).then(
        () => 'done',
        (error: OmnigramError) => error.code,
      )
      const current = await readFile(join(indexDir, 'CURRENT'), 'utf8')
      // What is left to be tidied up after publishing is no reason to fail.
      if (outcome === 'done') expect(current).toBe(expected.get('CURRENT'))
      else expect(outcome, `operation ${k}`).toBe('io-failure')
      if (current === oldCurrent) await mergeIndex(mergeOptions(indexDir, { into: 2 }))
      else expect(current, `operation ${k}`).toBe(expected.get('CURRENT'))
      const tree = await readTree(indexDir)
      for (const name of tree.keys()) if (name.startsWith('build/merge')) tree.delete(name)
      expect(tree, `operation ${k}`).toEqual(expected)
      await rm(indexDir, { recursive: true })
    }
    expect(operations).toBeGreaterThan(15)
  })
})
