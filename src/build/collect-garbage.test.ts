import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildIndex } from './build-index.js'
import { acquireLock } from './build-lock.js'
import { collectGarbage } from './collect-garbage.js'
import { makeDocuments, makeFolder, readTree, testOptions, writeJsonl } from './testkit/small-corpus.js'
import { verifyIndex } from './verify-index.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
let indexDir: string
beforeEach(async () => {
  folder = await makeFolder()
  indexDir = join(folder.dir, 'index')
  for (const seed of [1, 2, 3]) {
    const input = await writeJsonl(join(folder.dir, `${seed}.jsonl`), makeDocuments(5_000, seed))
    await buildIndex(testOptions([input], indexDir, { mode: seed === 1 ? 'create' : 'append' }))
  }
})
afterEach(() => folder.remove())

describe('collectGarbage', () => {
  it('keeps the newest generations and every shard they name', async () => {
    const before = await readTree(indexDir)
    const unnamed = `shards/${'0'.repeat(32)}.fm`
    await writeJsonl(join(indexDir, unnamed), [{}])
    const report = await collectGarbage(indexDir, { keep: 2 })
    expect(report).toEqual({
      keptGenerations: ['000002', '000003'],
      removedGenerations: ['000001'],
      removedFiles: 2,
      removedBytes: (before.get('generations/000001.json')?.length ?? 0) + 3,
    })
    before.delete('generations/000001.json')
    expect(await readTree(indexDir)).toEqual(before)
    await verifyIndex(indexDir, { deep: true })
  })

  it('never removes the live generation, and removes those that were never live', async () => {
    await writeJsonl(join(indexDir, 'generations', '000009.json'), [{}])
    expect(await collectGarbage(indexDir, { keep: 1 })).toMatchObject({
      keptGenerations: ['000003'],
      removedGenerations: ['000001', '000002', '000009'],
    })
    await verifyIndex(indexDir)
  })

  it('keeps all when more are kept than there are', async () => {
    const before = await readTree(indexDir)
    expect(await collectGarbage(indexDir, { keep: 9 })).toMatchObject({ removedFiles: 0, removedBytes: 0 })
    expect(await readTree(indexDir)).toEqual(before)
  })

  it('removes nothing while another process builds, or when a kept manifest is damaged', async () => {
    const lock = await acquireLock(join(indexDir, 'build'))
    await expect(collectGarbage(indexDir, { keep: 1 })).rejects.toMatchObject({ code: 'lock-held' })
    await lock.release()
    await writeJsonl(join(indexDir, 'generations', '000002.json'), [{}])
    const before = await readTree(indexDir)
    await expect(collectGarbage(indexDir, { keep: 2 })).rejects.toMatchObject({ code: 'damaged-index' })
    expect(await readTree(indexDir)).toEqual(before)
  })

  it('refuses a number that would remove the live generation, and a folder without index', async () => {
    for (const keep of [0, -1, 1.5]) {
      await expect(collectGarbage(indexDir, { keep })).rejects.toMatchObject({ code: 'bad-argument' })
    }
    await rm(join(indexDir, 'CURRENT'))
    await expect(collectGarbage(indexDir, { keep: 1 })).rejects.toMatchObject({ code: 'damaged-index' })
    await rm(join(indexDir, 'generations'), { recursive: true })
    await expect(collectGarbage(indexDir, { keep: 1 })).rejects.toMatchObject({ code: 'unknown-index' })
  })
})
