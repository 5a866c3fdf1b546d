import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeNpy, packIds } from '../corpus/testkit/id-arrays.js'
import { openIndex } from '../query/open-index.js'
import { readManifest } from '../query/read-manifest.js'
import { writeTokenizer } from '../tokenizer/testkit/test-tokenizer.js'
import { buildIndex } from './build-index.js'
import type { BuildOptions, TokenBuildOptions } from './build-options.js'
import { collectGarbage } from './collect-garbage.js'
import { IndexFolder } from './index-folder.js'
import { inspectIndex } from './inspect-index.js'
import { countOperations } from './testkit/counting-seams.js'
import { makeDocuments, makeFolder, readTree, testOptions, writeJsonl } from './testkit/small-corpus.js'
import { tokensOfIndex } from './token-input.js'
import { verifyIndex } from './verify-index.js'

let folder: Awaited<ReturnType<typeof makeFolder>>

beforeEach(async () => {
  folder = await makeFolder()
})
afterEach(() => folder.remove())

const ready: TokenBuildOptions = {
  tokenizerPath: null,
  idsField: 'ids',
  vocabulary: null,
  idsType: null,
  documentSeparator: null,
}
const rows = Array.from({ length: 40 }, (_, row) => Array.from({ length: 25 }, (__, at) => 1 + ((row * at) % 300)))

const at = (name: string) => join(folder.dir, name)
const writeRows = (name: string) =>
  writeJsonl(
    at(name),
    rows.map((ids) => ({ ids })),
  )

function options(input: string, index: string, tokens: Partial<TokenBuildOptions>, given: Partial<BuildOptions> = {}) {
  return testOptions([input], at(index), {
    tokens: { ...ready, ...tokens },
    idField: null,
    facetFields: [],
    shardBytes: 1_000,
    isStrict: true,
    ...given,
  })
}

/** The shards by name, so by content, and their number. */
const listShards = (index: string) => readdir(at(`${index}/shards`))

describe('ready token ids', () => {
  it('give the same shards from JSON lines, .npy and .bin', async () => {
    const report = await buildIndex(options(await writeRows('a.jsonl'), 'jsonl', {}))
    expect(report).toMatchObject({
      documents: 40,
      textBytes: 0,
      tokens: 1_000,
      ratio: null,
      lossyDocuments: 0,
      shards: 4,
    })
    await writeFile(at('a.npy'), makeNpy('<u2', [40, 25], rows.flat()))
    await writeFile(
      at('a.bin'),
      packIds(
        'u32',
        rows.flatMap((row) => [...row, 0]),
      ),
    )
    await buildIndex(options(at('a.npy'), 'npy', {}))
    await buildIndex(options(at('a.bin'), 'bin', { idsType: 'u32', documentSeparator: 0 }))
    const shards = await listShards('jsonl')
    expect(shards).toHaveLength(4)
    expect(await listShards('npy')).toEqual(shards)
    expect(await listShards('bin')).toEqual(shards)
  })

  it('are left out with file and line where they are past the vocabulary', async () => {
    const input = await writeJsonl(at('a.jsonl'), [{ ids: [1, 2] }, { ids: [1, 50] }, { ids: [49] }])
    const report = await buildIndex(options(input, 'a', { vocabulary: 50 }, { isStrict: false }))
    expect(report).toMatchObject({ documents: 2, skipped: { 'bad-token': 1 }, problems: [{ line: 2 }] })
    await expect(buildIndex(options(input, 'b', { vocabulary: 50 }))).rejects.toMatchObject({
      code: 'bad-input',
      detail: expect.stringContaining(`${input}:2 `),
    })
  })
})

describe('text through a tokenizer', () => {
  it('gives the shards that its ids give, and takes the tokenizer into the index', async () => {
    const tokenizerPath = await writeTokenizer(at('tokenizer.json'))
    const documents = makeDocuments(60_000)
    const text = await writeJsonl(at('text.jsonl'), documents)
    const given = { shardBytes: 40_000, idField: 'id', facetFields: ['source'] }
    const report = await buildIndex(options(text, 'text', { tokenizerPath, idsField: null }, given))
    expect(report.textBytes).toBe(documents.reduce((sum, document) => sum + Buffer.byteLength(document.text), 0))
    const reader = await openIndex(at('text'), { workers: 0 })
    const ids = await reader.encode(documents.map((document) => document.text))
    await reader.close()
    const ready = documents.map(({ id, source }, document) => ({ id, ids: [...ids[document]], source }))
    await buildIndex(options(await writeJsonl(at('ids.jsonl'), ready), 'ids', { tokenizerPath }, given))
    expect(await listShards('ids')).toEqual(await listShards('text'))
    const { manifest } = await readManifest(at('text'))
    expect(manifest).toMatchObject({ symbols: 'tokens', options: { tokens: { vocabulary: 268, idsField: null } } })
    const [name] = await readdir(at('text/tokenizers'))
    expect(await readFile(at(`text/tokenizers/${name}`))).toEqual(await readFile(tokenizerPath))
  })

  it('counts the documents with text that has no tokens', async () => {
    const tokenizerPath = await writeTokenizer(at('tokenizer.json'), { withoutBytes: [7] })
    const input = await writeJsonl(at('a.jsonl'), [{ text: 'the' }, { text: 'a\u0007b' }])
    const report = await buildIndex(options(input, 'a', { tokenizerPath, idsField: null }))
    expect(report).toMatchObject({ documents: 2, tokens: 3, lossyDocuments: 1 })
    const reader = await openIndex(at('a'), { workers: 0 })
    await expect(reader.count(['\u0007'])).rejects.toMatchObject({ code: 'bad-pattern' })
    await reader.close()
  })
})

describe('a token index', () => {
  it('is built on after a stop, to the same bytes', async () => {
    const tokenizerPath = await writeTokenizer(at('tokenizer.json'))
    const input = await writeJsonl(at('a.jsonl'), makeDocuments(30_000))
    const tokens = { tokenizerPath, idsField: null }
    await buildIndex(options(input, 'whole', tokens, { shardBytes: 20_000 }))
    let opened = 0
    const seams = countOperations((_, name) => {
      if (name === 'openShard' && ++opened === 3) throw new Error('stopped')
    })
    const stopped = options(input, 'stopped', tokens, { shardBytes: 20_000 })
    await expect(buildIndex(stopped, seams)).rejects.toMatchObject({ code: 'internal' })
    const report = await buildIndex({ ...stopped, shouldResume: true })
    expect(report.wasResumed).toBe(true)
    expect(await readTree(at('stopped'))).toEqual(await readTree(at('whole')))
    const again = { ...options(await writeRows('b.jsonl'), 'whole', {}), shouldResume: true }
    await expect(buildIndex(again)).rejects.toMatchObject({ code: 'changed-input' })
  })

  it('takes more documents of its own kind, tokenizer and vocabulary alone', async () => {
    const tokenizerPath = await writeTokenizer(at('tokenizer.json'))
    const text = await writeJsonl(at('a.jsonl'), [{ text: 'the band' }])
    await buildIndex(options(text, 'a', { tokenizerPath, idsField: null }))
    const { manifest } = await readManifest(at('a'))
    const known = tokensOfIndex(manifest, new IndexFolder(at('a')), { idsType: null, documentSeparator: null })
    const append = (tokens: TokenBuildOptions | undefined) =>
      buildIndex({ ...options(text, 'a', {}), tokens, mode: 'append' })
    expect(await append(known)).toMatchObject({ generation: '000002', documents: 1 })
    const other = await writeTokenizer(at('other.json'), { withoutBytes: [7] })
    for (const tokens of [undefined, ready, known && { ...known, tokenizerPath: other }]) {
      await expect(append(tokens)).rejects.toMatchObject({ code: 'bad-argument' })
    }
    const reader = await openIndex(at('a'), { workers: 0 })
    expect(await reader.count(['the'])).toEqual([{ count: 2 }])
    expect(reader.manifest.statistics).toMatchObject({ documents: 2, symbolCount: 6 })
    await reader.close()
    const { keptGenerations, removedFiles } = await collectGarbage(at('a'), { keep: 1 })
    expect([keptGenerations, removedFiles]).toEqual([['000002'], 1])
    expect(await readdir(at('a/tokenizers'))).toHaveLength(1)
  })

  it('is inspected and verified with its tokenizer', async () => {
    const tokenizerPath = await writeTokenizer(at('tokenizer.json'))
    await buildIndex(options(await writeRows('a.jsonl'), 'a', { tokenizerPath, vocabulary: 500 }))
    expect(await inspectIndex(at('a'))).toMatchObject({
      symbols: 'tokens',
      symbolCount: 1_000,
      textBytes: 0,
      ratio: null,
      options: { tokens: { vocabulary: 500 } },
    })
    await verifyIndex(at('a'), { deep: true })
    const [name] = await readdir(at('a/tokenizers'))
    await writeFile(at(`a/tokenizers/${name}`), 'x'.repeat((await readFile(tokenizerPath)).length))
    await expect(verifyIndex(at('a'))).rejects.toMatchObject({
      code: 'damaged-index',
      detail: expect.stringContaining(name),
    })
    await rm(at(`a/tokenizers/${name}`))
    await expect(verifyIndex(at('a'))).rejects.toMatchObject({ code: 'damaged-index' })
  })

  it('is not built with options that do not go together', async () => {
    const input = await writeRows('a.jsonl')
    const tokenizerPath = await writeTokenizer(at('tokenizer.json'))
    await writeFile(at('no-tokenizer.json'), '{}')
    const refusals: [string, Partial<TokenBuildOptions>, Partial<BuildOptions>][] = [
      ['bad-argument', { idsField: null }, {}],
      ['bad-argument', { idsField: null, tokenizerPath, idsType: 'u16' }, {}],
      ['bad-argument', { vocabulary: 2 ** 20 + 1 }, {}],
      ['bad-argument', { vocabulary: 10, tokenizerPath }, {}],
      ['bad-argument', {}, { profile: 'fast' }],
      ['bad-argument', {}, { textStore: true }],
      ['bad-argument', {}, { format: 'parquet' }],
      ['bad-input', { tokenizerPath: at('absent.json') }, {}],
      ['bad-input', { tokenizerPath: at('no-tokenizer.json') }, {}],
    ]
    for (const [code, tokens, given] of refusals) {
      await expect(buildIndex(options(input, 'a', tokens, given))).rejects.toMatchObject({ code })
    }
    expect(await readdir(folder.dir)).not.toContain('a')
  })
})
