import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openShard } from '#native'
import { parseManifest } from '../core/manifest.js'
import { buildIndex } from './build-index.js'
import type { BuildProgress } from './build-options.js'
import { localSeams } from './build-seams.js'
import { makeDocuments, makeFolder, readTree, testOptions, writeJsonl } from './testkit/small-corpus.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
let input: string
let indexDir: string
const documents = makeDocuments(80_000)
beforeEach(async () => {
  folder = await makeFolder()
  input = await writeJsonl(join(folder.dir, 'corpus.jsonl'), documents)
  indexDir = join(folder.dir, 'index')
})
afterEach(() => folder.remove())

async function readLiveManifest(generation: string) {
  const path = join(indexDir, 'generations', `${generation}.json`)
  return parseManifest(await readFile(path, 'utf8'), path)
}

/** Occurrences in all shards of a generation. */
async function countIn(generation: string, pattern: string): Promise<number> {
  const { shards } = await readLiveManifest(generation)
  const counts = shards.map(({ name }) =>
    openShard(join(indexDir, 'shards', name), 'mmap').count([Buffer.from(pattern)], 0),
  )
  return counts.reduce((sum, [count]) => sum + count, 0)
}

/** Overlapping occurrences in the texts. */
function countNaively(texts: readonly string[], pattern: string): number {
  let count = 0
  for (const text of texts) for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) count++
  return count
}

describe('a build', () => {
  it('makes CURRENT, a manifest and shards, and nothing else', async () => {
    const report = await buildIndex(testOptions([input], indexDir))
    const texts = documents.map(({ text }) => text)
    const textBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    const manifest = await readLiveManifest('000001')
    expect(report).toMatchObject({
      generation: '000001',
      indexDir,
      files: 1,
      documents: documents.length,
      textBytes,
      shards: manifest.shards.length,
      skipped: {},
      wasResumed: false,
    })
    expect(report.duplicateExternalIds).toBe(documents.length - new Set(documents.map(({ id }) => id)).size)
    expect(manifest.shards.length).toBeGreaterThan(3)
    expect(manifest.shards.every((shard) => shard.textBytes <= 16 * 1024)).toBe(true)
    expect(manifest.statistics).toEqual({ documents: documents.length, textBytes, replacedCharacters: 0, skipped: {} })
    const names = new Set(manifest.shards.map(({ name }) => `shards/${name}`))
    expect([...(await readTree(indexDir)).keys()]).toEqual(['CURRENT', 'generations/000001.json', ...[...names].sort()])
    for (const pattern of ['the', 'ana', 'größer', '\u0000', '日', 'absent']) {
      expect([pattern, await countIn('000001', pattern)]).toEqual([pattern, countNaively(texts, pattern)])
    }
  })

  it('makes the same bytes whatever memory and threads it has (F16)', async () => {
    await buildIndex(testOptions([input], indexDir, { threads: 1, memoryBytes: 2 ** 28 }))
    const other = join(folder.dir, 'other')
    await buildIndex(testOptions([input], other, { threads: 4, memoryBytes: 2 ** 33 }))
    expect(await readTree(other)).toEqual(await readTree(indexDir))
  })

  it('reports a text longer than a shard and indexes the others', async () => {
    await writeJsonl(input, [{ text: 'a'.repeat(101) }, { text: 'b'.repeat(100) }])
    const report = await buildIndex(testOptions([input], indexDir, { shardBytes: 100, idField: null }))
    expect(report).toMatchObject({ documents: 1, textBytes: 100, skipped: { 'too-long': 1 } })
    expect(report.problems[0]).toMatchObject({ kind: 'too-long', path: input, line: 1 })
    expect((await readLiveManifest('000001')).statistics.skipped).toEqual({ 'too-long': 1 })
  })

  it('makes an empty shard of an empty corpus', async () => {
    await writeFile(input, '\n\n')
    const report = await buildIndex(testOptions([input], indexDir))
    expect(report).toMatchObject({ documents: 0, textBytes: 0, ratio: null, shards: 1 })
    expect(await countIn('000001', 'a')).toBe(0)
  })

  it('refuses a folder that holds an index', async () => {
    await buildIndex(testOptions([input], indexDir))
    const before = await readTree(indexDir)
    await expect(buildIndex(testOptions([input], indexDir))).rejects.toMatchObject({
      code: 'bad-argument',
      detail: expect.stringContaining('holds an index already'),
    })
    expect(await readTree(indexDir)).toEqual(before)
  })

  it('leaves no folder behind when it cannot begin', async () => {
    const refusals = [
      [testOptions([join(folder.dir, 'absent.jsonl')], indexDir), 'bad-input'],
      [testOptions([], indexDir), 'bad-argument'],
      [testOptions([input], indexDir, { saRate: 3 }), 'bad-argument'],
      [testOptions([input], indexDir, { shardBytes: 0 }), 'bad-argument'],
      [testOptions([input], indexDir, { shardBytes: 2 ** 41 }), 'bad-argument'],
      [testOptions([input], indexDir, { threads: 0.5 }), 'bad-argument'],
      [testOptions([input], indexDir, { memoryBytes: Number.NaN }), 'bad-argument'],
      [testOptions([input], indexDir, { memoryBytes: 2 ** 20 }), 'no-memory'],
      [testOptions([input], indexDir, { facetFields: ['text'] }), 'bad-argument'],
    ] as const
    for (const [options, code] of refusals) await expect(buildIndex(options)).rejects.toMatchObject({ code })
    expect(existsSync(indexDir)).toBe(false)
  })

  it('stops at the first bad line when it is strict, and leaves no folder behind', async () => {
    await writeFile(input, '{"text":"a"}\n{"text":}\n')
    await expect(buildIndex(testOptions([input], indexDir, { isStrict: true }))).rejects.toMatchObject({
      code: 'bad-input',
      detail: expect.stringContaining(`${input}:2`),
    })
    expect(existsSync(indexDir)).toBe(false)
  })

  it('makes no index of input that holds not one document', async () => {
    const path = join(folder.dir, 'wrong-field.jsonl')
    await writeFile(path, '{"content":"a"}\n{"content":"b"}\n')
    await expect(buildIndex(testOptions([path], indexDir))).rejects.toMatchObject({
      code: 'bad-input',
      detail: expect.stringContaining(`${path}:1 there is no field "text"`),
    })
    expect(existsSync(indexDir)).toBe(false)
  })

  it('says how many bytes are missing on the disk, before it begins', async () => {
    const files = { ...localSeams.files, freeBytes: async () => 1_000 }
    await expect(buildIndex(testOptions([input], indexDir), { ...localSeams, files })).rejects.toMatchObject({
      code: 'no-disk',
      detail: expect.stringMatching(/has 1000 bytes left .* needs about \d+/),
    })
    expect(existsSync(indexDir)).toBe(false)
  })

  it('refuses while reading when what was compressed turns out too large for the memory', async () => {
    const native = { ...localSeams.native, estimateBuildBytes: (textBytes: number) => textBytes * 1_000_000 }
    const estimate = { ...localSeams, native }
    await writeJsonl(input, documents)
    const parts = { shardBytes: 60_000, memoryBytes: 2 ** 34 }
    await expect(buildIndex(testOptions([input], indexDir, parts), estimate)).rejects.toMatchObject({
      code: 'no-memory',
    })
  })

  it('publishes nothing when a shard does not hold the bytes of the input', async () => {
    const native = {
      ...localSeams.native,
      SpoolWriter: class extends localSeams.native.SpoolWriter {
        override seal() {
          const summary = super.seal()
          return { ...summary, byteCounts: summary.byteCounts.map((count, byte) => (byte === 32 ? count + 1 : count)) }
        }
      },
    }
    await expect(buildIndex(testOptions([input], indexDir), { ...localSeams, native })).rejects.toMatchObject({
      code: 'internal',
      detail: expect.stringContaining('byte 32 occurs'),
    })
    expect(existsSync(join(indexDir, 'CURRENT'))).toBe(false)
  })

  it('tells of its progress, never backwards', async () => {
    const heard: BuildProgress[] = []
    await buildIndex(testOptions([input], indexDir, { onProgress: (progress) => heard.push(progress) }))
    expect(heard.length).toBeGreaterThan(0)
    const shares = heard.map(({ share }) => share)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    for (const { share, etaMs, shardsDone, shardsPlanned } of heard) {
      expect(share >= 0 && share <= 1 && (etaMs === null || etaMs >= 0) && shardsDone <= shardsPlanned).toBe(true)
    }
  })
})

describe('an index that lost CURRENT', () => {
  it('is not built over', async () => {
    await buildIndex(testOptions([input], indexDir))
    await rm(join(indexDir, 'CURRENT'))
    const before = await readTree(indexDir)
    for (const options of [{}, { shouldResume: true }, { mode: 'append' as const }]) {
      await expect(buildIndex(testOptions([input], indexDir, options))).rejects.toMatchObject({
        code: 'damaged-index',
        detail: expect.stringContaining('generations/000001.json'),
      })
    }
    expect(await readTree(indexDir)).toEqual(before)
  })
})

describe('appending', () => {
  it('adds shards in a new generation and leaves the old one as it was', async () => {
    await buildIndex(testOptions([input], indexDir))
    const before = await readTree(indexDir)
    const more = makeDocuments(30_000, 7)
    const moreInput = await writeJsonl(join(folder.dir, 'more.jsonl'), [...more, { nothing: 1 }])
    const report = await buildIndex(testOptions([moreInput], indexDir, { mode: 'append' }))
    expect(report).toMatchObject({ generation: '000002', documents: more.length, skipped: { 'missing-text': 1 } })
    const [first, second] = [await readLiveManifest('000001'), await readLiveManifest('000002')]
    expect(second.shards.slice(0, first.shards.length)).toEqual(first.shards)
    expect(second.shards).toHaveLength(first.shards.length + report.shards)
    expect(second.statistics).toMatchObject({
      documents: documents.length + more.length,
      skipped: { 'missing-text': 1 },
    })
    const after = await readTree(indexDir)
    for (const [path, bytes] of before) if (path !== 'CURRENT') expect(after.get(path)).toBe(bytes)
    const texts = [...documents, ...more].map(({ text }) => text)
    expect(await countIn('000002', 'ana')).toBe(countNaively(texts, 'ana'))
  })

  it('shares a shard that holds the same documents', async () => {
    await buildIndex(testOptions([input], indexDir))
    const shardNames = await readdir(join(indexDir, 'shards'))
    await buildIndex(testOptions([input], indexDir, { mode: 'append' }))
    expect(await readdir(join(indexDir, 'shards'))).toEqual(shardNames)
    expect(await countIn('000002', 'ana')).toBe(
      2 *
        countNaively(
          documents.map(({ text }) => text),
          'ana',
        ),
    )
  })

  it('needs an index, and its options', async () => {
    const append = testOptions([input], indexDir, { mode: 'append' })
    await expect(buildIndex(append)).rejects.toMatchObject({ code: 'unknown-index' })
    await buildIndex(testOptions([input], indexDir))
    await expect(buildIndex({ ...append, saRate: 64 })).rejects.toMatchObject({
      code: 'bad-argument',
      detail: 'All shards of an index are built alike: saRate was 32 and is 64.',
    })
  })
})
