import { copyFile, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Manifest } from '../core/manifest.js'
import { openIndex } from './open-index.js'
import { buildTestIndex, makeTestFolder } from './testkit/build-test-index.js'

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let manifest: Manifest

beforeEach(async () => {
  folder = await makeTestFolder()
  manifest = await buildTestIndex(folder.path, {
    documents: [{ text: 'banana' }, { text: 'bandana' }, { text: 'havana' }],
    shardCount: 2,
  })
})

afterEach(() => folder.remove())

const open = (path = folder.path) => openIndex(path, { workers: 0 })
const shardPath = () => join(folder.path, 'shards', manifest.shards[1].name)

describe('an index that is whole', () => {
  it('opens under its base name, or the one given', async () => {
    expect((await open()).name).toBe(folder.path.split('/').at(-1))
    expect((await openIndex(folder.path, { workers: 0, name: 'fruit' })).name).toBe('fruit')
  })

  it('opens from memory as from a mapping', async () => {
    const reader = await openIndex(folder.path, { workers: 0, residency: 'ram' })
    expect(await reader.count(['ana'])).toEqual([{ count: 4 }])
  })

  it('opens one shard file as an index of its own', async () => {
    const single = join(folder.path, 'part.fm')
    await copyFile(shardPath(), single)
    const reader = await open(single)
    expect(reader.name).toBe('part')
    expect(reader.manifest.statistics).toMatchObject({ documents: 1, textBytes: 6 })
    expect(await reader.count(['ana'])).toEqual([{ count: 1 }])
  })
})

describe('what is not an index', () => {
  it('a path with nothing there says how to build one', async () => {
    await expect(open(join(folder.path, 'nowhere'))).rejects.toMatchObject({
      code: 'unknown-index',
      detail: expect.stringMatching(/nowhere.*omnigram build/),
    })
  })

  it('a folder without CURRENT says how to build one', async () => {
    await mkdir(join(folder.path, 'empty'))
    await expect(open(join(folder.path, 'empty'))).rejects.toMatchObject({
      code: 'unknown-index',
      detail: expect.stringMatching(/empty.*omnigram build/),
    })
  })

  it('a file that is no shard is named', async () => {
    const path = join(folder.path, 'text.fm')
    await writeFile(path, 'no shard at all '.repeat(20))
    await expect(open(path)).rejects.toMatchObject({
      code: 'damaged-index',
      detail: expect.stringContaining('text.fm'),
    })
  })
})

describe('a damaged index names the file', () => {
  const damages: [string, string, () => Promise<unknown>][] = [
    ['CURRENT holds something else', 'CURRENT', () => writeFile(join(folder.path, 'CURRENT'), 'x\n')],
    ['CURRENT is empty', 'CURRENT', () => writeFile(join(folder.path, 'CURRENT'), '')],
    ['the manifest is gone', '000001.json', () => rm(join(folder.path, 'generations/000001.json'))],
    ['the manifest was cut short', '000001.json', () => truncate(join(folder.path, 'generations/000001.json'), 40)],
    [
      'the manifest was changed',
      '000001.json',
      async () => {
        const path = join(folder.path, 'generations/000001.json')
        await writeFile(path, (await readFile(path, 'utf8')).replace('"documents": 3', '"documents": 4'))
      },
    ],
    ['a shard is gone', '.fm', () => rm(shardPath())],
    ['a shard was cut short', '.fm', () => truncate(shardPath(), 100)],
    ['a shard is empty', '.fm', () => truncate(shardPath(), 0)],
    [
      'a shard has a bad head',
      '.fm',
      async () => {
        const bytes = await readFile(shardPath())
        bytes.fill(0xaa, 0, 64)
        await writeFile(shardPath(), bytes)
      },
    ],
    ['a shard is another one', '.fm', () => rename(join(folder.path, 'shards', manifest.shards[0].name), shardPath())],
  ]

  it.each(damages)('%s', async (_, name, damage) => {
    await damage()
    await expect(open()).rejects.toMatchObject({ code: 'damaged-index', detail: expect.stringContaining(name) })
  })
})
