/** Does a store keep what the interface promises? The same battery for every implementation. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ListedObject, type ObjectStore, writeOnce } from '../object-store.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (content: Uint8Array | undefined) => new TextDecoder().decode(content)

/** The least that S3 takes as a part of an upload. */
export const partBytes = 5 * 2 ** 20

/** `makeStore` gives an empty store. `lack` says why there is none. */
export function describeStore(name: string, lack: string | null, makeStore: () => Promise<ObjectStore>): void {
  describe(`the store, ${name}`, () => {
    let store: ObjectStore
    let dir: string

    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'omnigram-store-'))
      if (lack === null) store = await makeStore()
    })
    afterAll(() => rm(dir, { recursive: true, force: true }))

    const test = (promise: string, work: () => Promise<void>) =>
      it(promise, async (context) => {
        if (lack !== null) context.skip(lack)
        await work()
      })

    test('has nothing where nothing was put', async () => {
      expect(await store.head('absent/a')).toBeNull()
      expect(await store.get('absent/a')).toBeNull()
      await store.remove('absent/a')
      expect(await collect(store, 'absent/')).toEqual([])
    })

    test('gives back what was put, with one etag for one content', async () => {
      const etag = await store.put('small/a', bytes('first'))
      expect(await store.head('small/a')).toEqual({ bytes: 5, etag })
      const found = await store.get('small/a')
      expect([text(found?.content), found?.etag]).toEqual(['first', etag])
      await store.put('small/a', bytes('second'))
      expect(text((await store.get('small/a'))?.content)).toBe('second')
      expect((await store.head('small/a'))?.etag).not.toBe(etag)
    })

    test('keeps an object without a byte', async () => {
      await store.put('small/empty', new Uint8Array())
      expect((await store.get('small/empty'))?.content.length).toBe(0)
      expect((await store.head('small/empty'))?.bytes).toBe(0)
    })

    test('puts only where there is none, when asked to', async () => {
      expect(await store.put('once/a', bytes('first'), { ifAbsent: true })).not.toBeNull()
      expect(await store.put('once/a', bytes('second'), { ifAbsent: true })).toBeNull()
      expect(text((await store.get('once/a'))?.content)).toBe('first')
    })

    test('replaces only what was meant, when asked to', async () => {
      const first = (await store.put('swap/a', bytes('first'))) ?? ''
      expect(await store.put('swap/a', bytes('second'), { ifMatch: first })).not.toBeNull()
      expect(await store.put('swap/a', bytes('third'), { ifMatch: first })).toBeNull()
      expect(text((await store.get('swap/a'))?.content)).toBe('second')
      expect(await store.put('swap/gone', bytes('fourth'), { ifMatch: first })).toBeNull()
      expect(await store.get('swap/gone')).toBeNull()
    })

    test('lets one of many win who write at once', async () => {
      for (let round = 0; round < 5; round++) {
        const etags = await Promise.all(
          Array.from({ length: 8 }, (_, at) => store.put(`race/${round}`, bytes(`writer ${at}`), { ifAbsent: true })),
        )
        expect(etags.filter((etag) => etag !== null)).toHaveLength(1)
        const winner = etags.findIndex((etag) => etag !== null)
        expect(text((await store.get(`race/${round}`))?.content)).toBe(`writer ${winner}`)
      }
    })

    test('lets one of many win who replace at once', async () => {
      let etag = (await store.put('race/swap', bytes('start'))) ?? ''
      for (let round = 0; round < 5; round++) {
        const ifMatch = etag
        const etags = await Promise.all(
          Array.from({ length: 8 }, (_, at) => store.put('race/swap', bytes(`round ${round}, ${at}`), { ifMatch })),
        )
        expect(etags.filter((each) => each !== null)).toHaveLength(1)
        etag = etags.find((each) => each !== null) ?? ''
      }
    })

    test('holds what was written once, whoever else wrote the same, and nothing else', async () => {
      expect(await writeOnce(store, 'once/b', bytes('content'))).toBe(true)
      expect(await writeOnce(store, 'once/b', bytes('content'))).toBe(true)
      expect(await writeOnce(store, 'once/b', bytes('contents'))).toBe(false)
      expect(text((await store.get('once/b'))?.content)).toBe('content')
    })

    test('lists keys under a prefix in their order, with their sizes', async () => {
      const keys = ['list/b', 'list/a/2', 'list/a/1', 'list/a-1', 'list/A', 'listing']
      for (const key of keys) await store.put(key, bytes(key))
      const listed = await collect(store, 'list/')
      expect(listed.map(({ key }) => key)).toEqual(['list/A', 'list/a-1', 'list/a/1', 'list/a/2', 'list/b'])
      expect(listed.map((object) => object.bytes)).toEqual([6, 8, 8, 8, 6])
      expect(listed.every(({ modifiedAtMs }) => modifiedAtMs > 0)).toBe(true)
      await store.remove('list/b')
      expect((await collect(store, 'list/b')).length).toBe(0)
    })

    test('sends and fetches files of any size, empty, one byte, and around the borders of parts', async () => {
      for (const size of [0, 1, partBytes - 1, partBytes, partBytes + 1, 2 * partBytes + 77]) {
        const content = Buffer.from(new Uint8Array(size).map((_, at) => (at * 31) >> 3))
        const [from, to] = [join(dir, 'from'), join(dir, 'to')]
        await writeFile(from, content)
        let [sent, fetched] = [0, 0]
        await store.uploadFile(`files/${size}`, from, { onBytes: (count) => (sent += count) })
        await store.downloadFile(`files/${size}`, to, { onBytes: (count) => (fetched += count) })
        expect(Buffer.compare(await readFile(to), content)).toBe(0)
        expect([sent, fetched]).toEqual([size, size])
      }
    })

    test('says that there is nothing to fetch', async () => {
      const failed = store.downloadFile('files/absent', join(dir, 'absent'))
      await expect(failed).rejects.toMatchObject({ code: 'damaged-index' })
    })

    test('stops a transfer', async () => {
      const path = join(dir, 'stopped')
      await writeFile(path, 'content')
      const signal = AbortSignal.abort()
      await expect(store.uploadFile('files/stopped', path, { signal })).rejects.toMatchObject({ code: 'cancelled' })
      expect(await store.head('files/stopped')).toBeNull()
    })
  })
}

async function collect(store: ObjectStore, prefix: string): Promise<ListedObject[]> {
  const found: ListedObject[] = []
  for await (const object of store.list(prefix)) found.push(object)
  return found
}
