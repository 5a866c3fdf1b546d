import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { OmnigramError } from '../core/errors.js'
import { LiveIndex } from './live-index.js'
import { buildTestIndex, makeTestFolder } from './testkit/build-test-index.js'

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let live: LiveIndex
const failures: OmnigramError[] = []

beforeEach(async () => {
  folder = await makeTestFolder()
  await buildTestIndex(folder.path, { documents: [{ text: 'banana' }] })
  failures.length = 0
  live = await LiveIndex.open(folder.path, {
    workers: 2,
    pollMs: 0,
    lingerMs: 0,
    onFailure: (error) => failures.push(error),
  })
})

afterEach(async () => {
  await live.close()
  await folder.remove()
})

const publish = (texts: string[], generation: string) =>
  buildTestIndex(folder.path, { documents: texts.map((text) => ({ text })), shardCount: texts.length, generation })

it('stays with its generation while nothing is published', async () => {
  const reader = live.current()
  expect(await live.reload()).toBe(false)
  expect(live.current()).toBe(reader)
})

it('serves a new generation once it is published, and the old one to those who hold it', async () => {
  const before = live.current()
  await publish(['banana', 'bandana'], '000002')
  expect(await live.reload()).toBe(true)
  expect(live.current().generation).toMatch(/^000002-[0-9a-f]{8}$/)
  expect(await live.current().count(['ana'])).toEqual([{ count: 3 }])
  expect(await before.count(['ana'])).toEqual([{ count: 2 }])
})

it('tells a folder that was built anew from the one before', async () => {
  const match = await live.current().find('ana')
  await publish(['ananas'], '000001')
  expect(await live.reload()).toBe(true)
  await expect(live.current().countDocuments(match)).rejects.toMatchObject({ code: 'stale-cursor' })
})

it('goes on with the old generation when the new one is damaged, and says so once', async () => {
  await publish(['a', 'b'], '000002')
  await writeFile(join(folder.path, 'generations', '000002.json'), '{}')
  expect([await live.reload(), await live.reload()]).toEqual([false, false])
  expect(failures.map(({ code }) => code)).toEqual(['damaged-index'])
  expect(await live.current().count(['ana'])).toEqual([{ count: 2 }])
})

it('never mixes generations in an answer while they are swapped under load (F13)', async () => {
  const current = await readFile(join(folder.path, 'CURRENT'))
  await publish(['banana', 'bandana', 'x'], '000002')
  const later = await readFile(join(folder.path, 'CURRENT'))
  for (let round = 0; round < 60; round++) {
    await writeFile(join(folder.path, 'CURRENT'), round % 2 === 0 ? current : later)
    const reloaded = live.reload()
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const reader = live.current()
        const long = 'ana'.repeat(40)
        const [[short, missing], match] = await Promise.all([reader.count(['ana', long]), reader.find('ana')])
        const expected = reader.generation.startsWith('000001') ? 2 : 3
        expect([short.count, missing.count, match.count]).toEqual([expected, 0, expected])
        expect((await reader.countDocuments(match)).count).toBe(expected - 1)
      }),
    )
    await reloaded
  }
  expect(failures).toEqual([])
})

it('keeps answering when CURRENT is lost', async () => {
  await rm(join(folder.path, 'CURRENT'))
  expect(await live.reload()).toBe(false)
  expect(failures.map(({ code }) => code)).toEqual(['damaged-index'])
  expect(await live.current().count(['nan'])).toEqual([{ count: 1 }])
})

it('compares shards with their checksums that are too large for opening to do so', async () => {
  const large = await makeTestFolder()
  try {
    // What is kept as it is, beside a text that is sorted at once.
    const documents = Array.from({ length: 4 }, (_, at) => ({ text: 'banana', facets: [`${at}`.repeat(18 * 2 ** 20)] }))
    const { shards } = await buildTestIndex(large.path, { documents, facetFields: ['source'] })
    expect(shards[0].bytes).toBeGreaterThan(64 * 2 ** 20)

    const whole = await LiveIndex.open(large.path, { workers: 0, pollMs: 0 })
    expect(whole.current().isVerified).toBe(false)
    await expect.poll(() => whole.current().isVerified).toBe(true)
    expect(await whole.current().count(['ana'])).toEqual([{ count: 8 }])
    await whole.close()

    const file = await open(join(large.path, 'shards', shards[0].name), 'r+')
    await file.write(Buffer.from('damage'), 0, 6, shards[0].bytes / 2)
    await file.close()
    const damaged = await LiveIndex.open(large.path, { workers: 2, pollMs: 0 })
    const ask = () =>
      damaged
        .current()
        .count(['ana'])
        .then(() => 'answered')
        .catch(({ code }: OmnigramError) => code)
    await expect.poll(ask).toBe('damaged-index')
    expect(damaged.current().isVerified).toBe(false)
    await damaged.close()
  } finally {
    await large.remove()
  }
})
