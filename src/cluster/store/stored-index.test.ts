import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OmnigramError } from '../../core/errors.js'
import { openIndex } from '../../query/open-index.js'
import { buildTestIndex, makeTestFolder } from '../../query/testkit/build-test-index.js'
import { failure } from '../testkit/failure.js'
import { collectStoredGarbage } from './collect-stored-garbage.js'
import { FolderStore } from './folder-store.js'
import { findIndexes, listGenerations } from './list-generations.js'
import type { ObjectStore } from './object-store.js'
import { publishIndex } from './publish-index.js'
import { pullIndex } from './pull-index.js'
import { StoredLiveIndex } from './stored-live-index.js'
import { verifyStored } from './verify-stored.js'

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let indexDir: string
let store: ObjectStore

const documents = (texts: readonly string[]) => texts.map((text) => ({ text }))

beforeEach(async () => {
  folder = await makeTestFolder()
  indexDir = join(folder.path, 'index')
  store = new FolderStore(join(folder.path, 'store'))
  await buildTestIndex(indexDir, { documents: documents(['banana', 'bandana', 'ananas']), shardCount: 3 })
})

afterEach(() => folder.remove())

/** Every file of an index folder but for what the test kit leaves. */
async function readIndexFiles(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(dir.length + 1))
    .filter((name) => /^(CURRENT|(generations|shards|tokenizers)\/[^.]+\.[a-z]+)$/.test(name))
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await readFile(join(dir, name))).toString('hex')] as const)),
  )
}

describe('an index that is published and pulled', () => {
  it('is the same files in the store and in the folder', async () => {
    const published = await publishIndex(indexDir, store)
    expect(published).toMatchObject({ generation: '000001', shards: 3, sentShards: 3 })
    const pulledDir = join(folder.path, 'pulled')
    expect(await pullIndex(store, pulledDir)).toMatchObject({ generation: '000001', shards: 3, fetchedShards: 3 })
    const files = await readIndexFiles(indexDir)
    expect(await readIndexFiles(store.address)).toEqual(files)
    expect(await readIndexFiles(pulledDir)).toEqual(files)
    const reader = await openIndex(pulledDir, { workers: 0 })
    expect(await reader.count(['ana'])).toEqual([{ count: 5 }])
    await reader.close()
  })

  it('sends and fetches only what is not there', async () => {
    await publishIndex(indexDir, store)
    expect(await publishIndex(indexDir, store)).toMatchObject({ sentShards: 0, sentBytes: 0 })
    const pulledDir = join(folder.path, 'pulled')
    await pullIndex(store, pulledDir)
    await buildTestIndex(indexDir, {
      documents: documents(['banana', 'bandana', 'ananas', 'cabana']),
      shardCount: 4,
      generation: '000002',
    })
    expect(await publishIndex(indexDir, store)).toMatchObject({ generation: '000002', sentShards: 1 })
    expect(await pullIndex(store, pulledDir)).toMatchObject({ generation: '000002', fetchedShards: 1 })
    expect(await readIndexFiles(pulledDir)).toEqual(await readIndexFiles(indexDir))
  })

  it('can be pulled by several processes into one folder at a time', async () => {
    await publishIndex(indexDir, store)
    const pulledDir = join(folder.path, 'pulled')
    const reports = await Promise.all([1, 2, 3].map(() => pullIndex(store, pulledDir)))
    expect(reports.reduce((sum, { fetchedShards }) => sum + fetchedShards, 0)).toBe(3)
  })

  it('is not replaced by an older generation, nor by another index', async () => {
    await buildTestIndex(indexDir, { documents: documents(['a']), generation: '000003' })
    await publishIndex(indexDir, store)
    const otherDir = join(folder.path, 'other')
    await buildTestIndex(otherDir, { documents: documents(['b']), generation: '000002' })
    expect((await failure(publishIndex(otherDir, store))).code).toBe('changed-input')
    await buildTestIndex(otherDir, { documents: documents(['b']), generation: '000003' })
    expect((await failure(publishIndex(otherDir, store))).code).toBe('changed-input')
    expect((await listGenerations(store)).map(({ generation }) => generation)).toEqual(['000003'])
  })

  it('is left as it was when another publisher is faster', async () => {
    await publishIndex(indexDir, store)
    const [first, second] = await Promise.all(
      ['one', 'two'].map(async (text) => {
        const dir = join(folder.path, text)
        await buildTestIndex(dir, { documents: documents([text]), generation: text === 'one' ? '000002' : '000003' })
        return dir
      }),
    )
    const slow = new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (name !== 'put') return typeof value === 'function' ? value.bind(target) : value
        return async (...args: Parameters<ObjectStore['put']>) => {
          if (args[0] === 'CURRENT') await publishIndex(second, store)
          return target.put(...args)
        }
      },
    })
    expect((await failure(publishIndex(first, slow))).code).toBe('lock-held')
    const live = (await listGenerations(store)).find(({ isLive }) => isLive)
    expect(live?.generation).toBe('000003')
  })

  it('is refused where the folder or the store is damaged, naming what', async () => {
    await publishIndex(indexDir, store)
    const [shard] = (await readdir(join(store.address, 'shards'))).sort()
    const path = join(store.address, 'shards', shard)
    const content = await readFile(path)
    content[content.length >> 1] ^= 1
    await writeFile(path, content)
    const pulled = await failure(pullIndex(store, join(folder.path, 'pulled')))
    expect([pulled.code, pulled.detail]).toEqual([
      'damaged-index',
      expect.stringContaining(`shards/${shard} came 3 times`),
    ])
    expect(
      await readdir(join(folder.path, 'pulled', 'shards')).then((names) => names.filter((name) => name === shard)),
    ).toEqual([])
    const verified = await failure(verifyStored(store, folder.path))
    expect([verified.code, verified.detail]).toEqual([
      'damaged-index',
      expect.stringContaining(`store/shards/${shard}`),
    ])
    await rm(path)
    expect((await failure(verifyStored(store, folder.path))).detail).toContain(`${shard} is missing`)
    await rm(join(indexDir, 'shards', shard))
    expect((await failure(publishIndex(indexDir, store))).code).toBe('damaged-index')
  })

  it('is fetched again where the copy on this machine was cut', async () => {
    await publishIndex(indexDir, store)
    const pulledDir = join(folder.path, 'pulled')
    await pullIndex(store, pulledDir)
    const [cut, damaged] = (await readdir(join(pulledDir, 'shards'))).sort()
    await writeFile(join(pulledDir, 'shards', cut), 'x')
    const content = await readFile(join(pulledDir, 'shards', damaged))
    content[content.length >> 1] ^= 1
    await writeFile(join(pulledDir, 'shards', damaged), content)
    expect(await pullIndex(store, pulledDir)).toMatchObject({ fetchedShards: 2 })
    expect(await readIndexFiles(pulledDir)).toEqual(await readIndexFiles(indexDir))
  })

  it('leaves nothing where there is none', async () => {
    const pulledDir = join(folder.path, 'pulled')
    expect((await failure(pullIndex(store, pulledDir))).code).toBe('unknown-index')
    expect(await readdir(folder.path)).not.toContain('pulled')
    expect((await failure(verifyStored(store, folder.path))).code).toBe('unknown-index')
    expect((await failure(listGenerations(store))).code).toBe('unknown-index')
  })

  it('is verified byte by byte, leaving nothing behind', async () => {
    const { shards } = await publishIndex(indexDir, store)
    expect(await verifyStored(store, folder.path, { deep: true })).toMatchObject({ generation: '000001', shards })
    expect((await readdir(folder.path)).filter((name) => name.startsWith('verify-'))).toEqual([])
  })
})

describe('findIndexes', () => {
  it('finds every index below a prefix', async () => {
    await publishIndex(indexDir, new FolderStore(join(folder.path, 'root/a')))
    await publishIndex(indexDir, new FolderStore(join(folder.path, 'root/b/c')))
    const root = join(folder.path, 'root')
    expect(await findIndexes(new FolderStore(root))).toEqual([`${root}/a`, `${root}/b/c`])
  })
})

describe('collectStoredGarbage', () => {
  it('removes what no kept generation names, and nothing young', async () => {
    for (const [at, text] of ['one', 'two', 'three'].entries()) {
      await buildTestIndex(indexDir, { documents: documents([text]), generation: `00000${at + 1}` })
      await publishIndex(indexDir, store)
    }
    await store.put(`shards/${'0'.repeat(32)}.fm`, new Uint8Array(10))
    expect(await collectStoredGarbage(store, { keep: 2 })).toMatchObject({
      keptGenerations: ['000002', '000003'],
      removedGenerations: ['000001'],
      removedFiles: 1,
    })
    expect(await collectStoredGarbage(store, { keep: 2 }, 0)).toMatchObject({ removedFiles: 2 })
    expect(await verifyStored(store, folder.path)).toMatchObject({ generation: '000003' })
    expect((await listGenerations(store)).map(({ generation }) => generation)).toEqual(['000002', '000003'])
    expect((await failure(collectStoredGarbage(store, { keep: 0 }))).code).toBe('bad-argument')
  })
})

describe('StoredLiveIndex', () => {
  const options = () => ({ cacheDir: join(folder.path, 'cache'), workers: 0, pollMs: 0 })

  it('serves what is live in the store, and goes over to what becomes live', async () => {
    await publishIndex(indexDir, store)
    const index = await StoredLiveIndex.open(store, options())
    const before = index.current()
    expect([index.name, await before.count(['ana'])]).toEqual(['store', [{ count: 5 }]])
    expect(await index.reload()).toBe(false)
    await buildTestIndex(indexDir, { documents: documents(['ana']), generation: '000002' })
    await publishIndex(indexDir, store)
    expect(await index.reload()).toBe(true)
    expect(await index.current().count(['ana'])).toEqual([{ count: 1 }])
    expect(await before.count(['ana'])).toEqual([{ count: 5 }])
    await index.close()
  })

  it('goes on with the generation before while the store is gone, and says so once', async () => {
    await publishIndex(indexDir, store)
    const failures: OmnigramError[] = []
    const index = await StoredLiveIndex.open(store, { ...options(), onFailure: (error) => failures.push(error) })
    await cp(store.address, `${store.address}-away`, { recursive: true })
    await rm(store.address, { recursive: true })
    expect([await index.reload(), await index.reload()]).toEqual([false, false])
    expect(failures.map(({ code }) => code)).toEqual(['unknown-index'])
    expect(await index.current().count(['ana'])).toEqual([{ count: 5 }])
    await mkdir(store.address)
    await cp(`${store.address}-away`, store.address, { recursive: true })
    expect(await index.reload()).toBe(false)
    await index.close()
  })

  it('opens what the cache holds without fetching it again', async () => {
    await publishIndex(indexDir, store)
    await (await StoredLiveIndex.open(store, options())).close()
    const fetched: number[] = []
    const index = await StoredLiveIndex.open(store, {
      ...options(),
      onProgress: ({ totalBytes }) => fetched.push(totalBytes),
    })
    expect(fetched).toEqual([])
    await index.close()
  })
})
