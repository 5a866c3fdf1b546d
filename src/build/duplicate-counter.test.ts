import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DuplicateCounter } from './duplicate-counter.js'
import { HashSet } from './hash-set.js'
import { makeFolder } from './testkit/small-corpus.js'

describe('DuplicateCounter', () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>
  beforeAll(async () => {
    folder = await makeFolder()
  })
  afterAll(() => folder.remove())

  it('counts what a set counts, whatever fits in a pass', async () => {
    const ids = fc.array(fc.option(fc.nat(40).map(String)), { maxLength: 120 })
    await fc.assert(
      fc.asyncProperty(ids, fc.integer({ min: 8, max: 50 }), async (externalIds, hashesPerPass) => {
        const counter = new DuplicateCounter(join(folder.dir, 'ids'), hashesPerPass, 16)
        await counter.add(externalIds)
        const named = externalIds.filter((id) => id !== null)
        expect(await counter.finish()).toBe(named.length - new Set(named).size)
        await counter.close()
      }),
    )
  })

  it('keeps a file only while it needs one', async () => {
    const path = join(folder.dir, 'many')
    const counter = new DuplicateCounter(path, 100, 10)
    await counter.add(Array.from({ length: 1_000 }, (_, i) => `id ${i % 999}`))
    expect(existsSync(path)).toBe(true)
    expect(await counter.finish()).toBe(1)
    await counter.close()
    expect(existsSync(path)).toBe(false)
  })

  it('says where it could not write', async () => {
    const counter = new DuplicateCounter(join(folder.dir, 'no', 'folder'), 100, 1)
    await expect(counter.add(['a'])).rejects.toMatchObject({ code: 'io-failure' })
    await expect(new DuplicateCounter('/dev/full', 100, 1).add(['a'])).rejects.toMatchObject({ code: 'no-disk' })
  })
})

describe('HashSet', () => {
  it('tells new hashes from old ones, zero included', () => {
    const set = new HashSet(8)
    const hashes = [
      [0, 0],
      [1, 1],
      [17, 1],
      [1, 17],
      [0, 5],
    ] as const
    expect(hashes.map(([low, high]) => set.add(low, high))).toEqual([true, true, true, true, true])
    expect(hashes.map(([low, high]) => set.add(low, high))).toEqual([false, false, false, false, false])
  })
})
