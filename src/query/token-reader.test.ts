import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from '../build/build-index.js'
import type { TokenBuildOptions } from '../build/build-options.js'
import { testOptions, writeJsonl } from '../build/testkit/small-corpus.js'
import { writeTokenizer } from '../tokenizer/testkit/test-tokenizer.js'
import { combineReaders } from './combine-readers.js'
import { type OpenIndexOptions, openIndex } from './open-index.js'
import { makeTestFolder } from './testkit/build-test-index.js'
import type { TokenDocument } from './testkit/naive-tokens.js'
import { describeTokenReader } from './testkit/token-conformance.js'
import type { TokenCorpus } from './testkit/token-corpora.js'
import { WorkerPool } from './worker-pool.js'

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let pool: WorkerPool
let built = 0

beforeAll(async () => {
  folder = await makeTestFolder()
  pool = new WorkerPool({ workers: 2 })
})

afterAll(async () => {
  await pool.close()
  await folder.remove()
})

const ready: TokenBuildOptions = {
  tokenizerPath: null,
  idsField: 'ids',
  vocabulary: null,
  idsType: null,
  documentSeparator: null,
}

/** An index of ready ids, a shard for so many bytes of them. */
async function build(documents: readonly TokenDocument[], tokens: Partial<TokenBuildOptions>, shardBytes: number) {
  const indexDir = join(folder.path, `index-${built++}`)
  const rows = documents.map(({ tokens: ids, externalId, source }) => ({ id: externalId, source, ids }))
  const input = await writeJsonl(`${indexDir}.jsonl`, rows)
  const options = { tokens: { ...ready, ...tokens }, shardBytes, isStrict: true, saRate: 8, isaRate: 16 }
  await buildIndex(testOptions([input], indexDir, options))
  return indexDir
}

async function open({ documents, vocabulary }: TokenCorpus, shardCount: number, options: OpenIndexOptions) {
  const size = documents.reduce((sum, { tokens }) => sum + 4 * tokens.length, 0)
  const longest = Math.max(...documents.map(({ tokens }) => 4 * tokens.length))
  const shardBytes = Math.max(1, longest, Math.ceil(size / shardCount))
  return openIndex(await build(documents, { vocabulary }, shardBytes), options)
}

for (const shardCount of [1, 4]) {
  describeTokenReader(`a pool on ${shardCount} shards`, (corpus) => open(corpus, shardCount, { pool, name: 'pool' }))
}

describeTokenReader('one thread on shards in memory', (corpus) => open(corpus, 2, { workers: 0, residency: 'ram' }))

describeTokenReader('two folders together', async (corpus) => {
  const half = Math.ceil(corpus.documents.length / 2)
  const halves = [corpus.documents.slice(0, half), corpus.documents.slice(half)]
  return combineReaders(await Promise.all(halves.map((documents) => open({ ...corpus, documents }, 2, { pool }))))
})

describe('an index with a tokenizer', () => {
  const texts = ['the banana of the band', 'naïve 日本 the end', 'an anaconda\n']
  let indexDir = ''

  beforeAll(async () => {
    const tokenizerPath = await writeTokenizer(join(folder.path, 'tokenizer.json'))
    const input = join(folder.path, 'texts.jsonl')
    await writeFile(input, texts.map((text) => `${JSON.stringify({ text })}\n`).join(''))
    indexDir = join(folder.path, 'tokenised')
    const tokens = { ...ready, idsField: null, tokenizerPath }
    await buildIndex(testOptions([input], indexDir, { tokens, isStrict: true, idField: null, facetFields: [] }))
  })

  it('takes text, and says which tokens it searched', async () => {
    const reader = await openIndex(indexDir, { workers: 0 })
    const [ids] = await reader.encode([' the'])
    expect([...ids]).toEqual([259])
    expect(await reader.count([' the', ids, 'the', 'zz', ''])).toMatchObject([
      { count: 2 },
      { count: 2 },
      { count: 1 },
      { count: 0 },
      { count: reader.manifest.statistics.symbolCount },
    ])
    await reader.close()
  })

  it('tells what tokens say: documents, parts, snippets, what comes next', async () => {
    const reader = await openIndex(indexDir, { workers: 0 })
    for (const [document, text] of texts.entries()) expect((await reader.document(document)).text).toBe(text)
    const part = await reader.extract(0, 0, 1)
    expect(Buffer.from(part.bytes ?? []).toString()).toBe('the')
    const match = await reader.find(' the end')
    const { snippet } = await reader.occurrence(match, 0, { context: 4 })
    expect(snippet.text?.slice(snippet.matchStart, snippet.matchEnd)).toBe(' the end')
    expect(snippet.text).toMatch(/^[^\ufffd]*本 the end$/)
    const { next } = await reader.next('an')
    const told = await reader.decodeAlone(Uint32Array.from(next.flatMap(({ token }) => token ?? [])))
    expect(told).toContain(' ')
    await reader.close()
  })

  it('shows the whole character of a match that is a piece of one', async () => {
    const reader = await openIndex(indexDir, { workers: 0 })
    const [ids] = await reader.encode(['日'])
    const match = await reader.find((ids as Uint32Array).subarray(1, 2))
    const { snippet } = await reader.occurrence(match, 0, { context: 3 })
    expect(snippet.text?.slice(snippet.matchStart, snippet.matchEnd)).toBe('日')
    await reader.close()
  })

  it('is damaged where its tokenizer is gone, but answers by ids', async () => {
    const reader = await openIndex(indexDir, { workers: 0 })
    const { name } = reader.manifest.options.tokens?.tokenizer ?? { name: '' }
    const path = join(indexDir, 'tokenizers', name)
    await writeFile(path, '{}')
    await expect(reader.count(['the'])).rejects.toMatchObject({
      code: 'damaged-index',
      detail: expect.stringContaining(path),
    })
    expect(await reader.count([Uint32Array.of(259)])).toEqual([{ count: 2 }])
    await reader.close()
  })
})

it('does not read indexes of other symbols or tokenizers together', async () => {
  const tokenizerPath = await writeTokenizer(join(folder.path, 'other.json'))
  const documents = [{ tokens: [1, 2] }]
  const readers = await Promise.all(
    [{}, { tokenizerPath }].map(async (tokens) => openIndex(await build(documents, tokens, 1_000), { workers: 0 })),
  )
  expect(() => combineReaders(readers)).toThrow(/different tokenizers/)
  await Promise.all(readers.map((reader) => reader.close()))
})
