import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OmnigramError } from '../core/errors.js'
import { buildIndex } from './build-index.js'
import type { BuildOptions } from './build-options.js'
import { localFileSystem } from './file-system.js'
import { inspectIndex } from './inspect-index.js'
import { countOperations } from './testkit/counting-seams.js'
import { makeDocuments, makeFolder, readTree, testOptions, writeJsonl } from './testkit/small-corpus.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
let input: string
/** An index that the builds of these tests add to. */
let baseDir: string
let undisturbed: Map<string, string>

beforeAll(async () => {
  folder = await makeFolder()
  baseDir = join(folder.dir, 'base')
  await buildIndex(testOptions([await writeJsonl(join(folder.dir, 'old.jsonl'), makeDocuments(10_000, 3))], baseDir))
  input = await writeJsonl(join(folder.dir, 'new.jsonl'), makeDocuments(40_000))
  undisturbed = await readTree(await copyBase('undisturbed', (options) => buildIndex(options)))
})
afterAll(() => folder.remove())

async function copyBase(name: string, build: (options: BuildOptions) => Promise<unknown>): Promise<string> {
  const indexDir = join(folder.dir, name)
  await cp(baseDir, indexDir, { recursive: true })
  await build(testOptions([input], indexDir, { mode: 'append', threads: 1 }))
  return indexDir
}

async function countAll(): Promise<number> {
  let operations = 0
  await copyBase('counted', (options) => {
    return buildIndex(
      options,
      countOperations((number) => {
        operations = number
      }),
    )
  })
  return operations
}

describe('a build whose k-th operation fails, for every k (F2)', () => {
  it('throws a typed error, shows no half of a generation, and goes on to the same bytes', async () => {
    const operations = await countAll()
    expect(operations).toBeGreaterThan(40)
    const oldCurrent = await readFile(join(baseDir, 'CURRENT'), 'utf8')
    const newCurrent = undisturbed.get('CURRENT')
    let published = 0
    for (let k = 1; k <= operations; k++) {
      const seams = countOperations((number, name) => {
        if (number === k) throw new OmnigramError('io-failure', `${name}: EIO.`)
      })
      const indexDir = await copyBase(`failed-${k}`, async (options) => {
        await expect(buildIndex(options, seams), `operation ${k}`).rejects.toMatchObject({ code: 'io-failure' })
        const current = await readFile(join(options.indexDir, 'CURRENT'), 'utf8')
        if (current === newCurrent) published += 1
        else expect(current).toBe(oldCurrent)
        await expect(inspectIndex(options.indexDir)).resolves.toBeDefined()
        const isState = (await localFileSystem.readText(join(options.indexDir, 'build', 'state.json'))) !== null
        // Failed before it had begun: then there is nothing to go on with, and it is begun again.
        await buildIndex({ ...options, shouldResume: isState })
      })
      expect(await readTree(indexDir), `operation ${k}`).toEqual(undisturbed)
      await localFileSystem.remove(indexDir)
    }
    // Only what comes after the rename of CURRENT can fail with the new generation live.
    expect(published).toBeLessThan(operations / 3)
  })
})

describe('the file system', () => {
  it('names the path and the amount when the disk is full (F4)', async () => {
    await expect(localFileSystem.writeFile('/dev/full', 'x')).rejects.toMatchObject({
      code: 'no-disk',
      detail: expect.stringContaining('/dev/full'),
    })
  })

  it('names the path that it could not read or write', async () => {
    const path = join(folder.dir, 'absent', 'file')
    for (const operation of [
      () => localFileSystem.writeFile(path, ''),
      () => localFileSystem.rename(path, `${path}2`),
      () => localFileSystem.syncFolder(path),
      () => localFileSystem.freeBytes(path),
    ]) {
      await expect(operation()).rejects.toMatchObject({ code: 'io-failure', detail: expect.stringContaining(path) })
    }
    expect(await localFileSystem.readText(path)).toBeNull()
    expect(await localFileSystem.listFolder(path)).toEqual([])
    await localFileSystem.remove(path)
  })
})
