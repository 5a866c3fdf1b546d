/** Are counts and next-token distributions of a real corpus, with a real tokenizer, those that reading every token gives? */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../src/api/server.js'
import { buildIndex } from '../../src/build/build-index.js'
import type { BuildOptions, TokenBuildOptions } from '../../src/build/build-options.js'
import { makeFolder, makeRandom, testOptions } from '../../src/build/testkit/small-corpus.js'
import { openIndex } from '../../src/query/open-index.js'
import { readTokenizerFile } from '../../src/tokenizer/tokenizer-file.js'
import { splitAt } from '../../src/tokenizer/tokenizer-message.js'
import { TokenizerPool } from '../../src/tokenizer/tokenizer-pool.js'
import { NaiveTokenText } from '../support/naive-token-text.js'
import { readTexts, smallCorpusLack, smallCorpusPath } from '../support/small-corpus.js'
import { tokenizerLack, tokenizerPath } from '../support/small-model.js'

const lack = smallCorpusLack ?? tokenizerLack
const random = makeRandom(1_851)
const pick = (limit: number) => Math.floor(random() * limit)

/** Texts that are tokenised in one message. */
const batchTexts = 64

let folder: Awaited<ReturnType<typeof makeFolder>>
let naive: NaiveTokenText
let server: RunningServer | undefined

beforeAll(async () => {
  folder = await makeFolder()
  if (lack !== null) return
  const documents = await tokenize(readTexts(smallCorpusPath))
  naive = new NaiveTokenText(documents)
  const lines = documents.map((ids) => `{"ids":[${ids.join()}]}\n`)
  await writeFile(join(folder.dir, 'ids.jsonl'), lines.join(''))
  await build('one', 1_000_000_000)
  await build('parts', 1_500_000)
})
afterAll(async () => {
  await server?.stop()
  await folder.remove()
})
beforeEach((context) => {
  if (lack !== null) context.skip(lack)
})

async function tokenize(texts: readonly string[]): Promise<Uint32Array[]> {
  const pool = new TokenizerPool((await readTokenizerFile(tokenizerPath)).json, tokenizerPath, { threads: 2 })
  try {
    const starts = Array.from({ length: Math.ceil(texts.length / batchTexts) }, (_, at) => at * batchTexts)
    const batches = await Promise.all(
      starts.map((start) => pool.encode(texts.slice(start, start + batchTexts).map((text) => Buffer.from(text)))),
    )
    return batches.flatMap(({ ids, ends }) => [...splitAt(ids, ends)])
  } finally {
    await pool.close()
  }
}

async function build(name: string, shardBytes: number, given: Partial<BuildOptions> = {}): Promise<void> {
  const tokens: TokenBuildOptions = {
    tokenizerPath,
    idsField: 'ids',
    vocabulary: null,
    idsType: null,
    documentSeparator: null,
  }
  const options = { tokens, shardBytes, idField: null, facetFields: [], isStrict: true, saRate: 128, isaRate: 512 }
  const inputs = given.inputs ?? [join(folder.dir, 'ids.jsonl')]
  await buildIndex(testOptions(inputs, join(folder.dir, name), { ...options, ...given }))
}

/** A stretch of the corpus, of so many tokens or fewer; every fourth has a token changed, so that most of those are nowhere. */
function cutContext(at: number, maxTokens: number): Uint32Array {
  const tokens = naive.documents[pick(naive.documents.length)]
  const start = pick(tokens.length)
  const length = pick(maxTokens + 1)
  // A few of the empty context are enough: all tokens follow it.
  const context = tokens.slice(start, start + (length === 0 && at % 10 !== 0 ? 1 : length))
  if (at % 4 === 3 && context.length > 0) context[pick(context.length)] = pick(49_152)
  return context
}

/** Lists of ten thousands of entries take the matchers of the test seconds each. */
function expectSame(found: unknown, expected: unknown): void {
  const [text, wanted] = [JSON.stringify(found), JSON.stringify(expected)]
  if (text !== wanted) expect(text.slice(0, 2_000)).toBe(wanted.slice(0, 2_000))
  expect(text === wanted).toBe(true)
}

describe.each(['one', 'parts'])('the token index in shards: %s', (name) => {
  it('counts 2,000 random patterns of ids, with their documents', async () => {
    const patterns = Array.from({ length: 2_000 }, (_, at) => cutContext(at, 12))
    const reader = await openIndex(join(folder.dir, name), { workers: 2 })
    try {
      const counts = await reader.count(patterns)
      const expected = patterns.map((pattern) => naive.count(pattern))
      expect(counts.map(({ count }) => count)).toEqual(expected.map(({ count }) => count))
      expect(expected.filter(({ count }) => count === 0).length).toBeGreaterThan(200)
      for (const [at, pattern] of patterns.slice(0, 200).entries()) {
        if (pattern.length === 0) continue
        const found = await reader.countDocuments(await reader.find(pattern), { exact: true })
        expect(found.count).toBe(expected[at].documents)
      }
    } finally {
      await reader.close()
    }
  })

  it('says what follows 500 random contexts of 0 to 8 tokens, and the ten likeliest', async () => {
    const reader = await openIndex(join(folder.dir, name), { workers: 2 })
    try {
      for (let at = 0; at < 500; at++) {
        const context = cutContext(at, 8)
        const expected = naive.next(context)
        const { count, next } = await reader.next(context)
        expectSame(
          next.map((entry) => [entry.token, entry.count]),
          expected,
        )
        expect(next.reduce((sum, entry) => sum + entry.count, 0)).toBe(count)
        const top = await reader.next(context, { limit: 10 })
        expectSame([top.count, top.next], [count, next.slice(0, 10)])
      }
    } finally {
      await reader.close()
    }
  })
})

it('says the same over HTTP', async () => {
  const indexDirs = [join(folder.dir, 'one'), join(folder.dir, 'parts')]
  server = await startServer({ indexDirs, host: '127.0.0.1', port: 0, isQuiet: true })
  const { url } = server
  for (let at = 0; at < 500; at++) {
    const context = cutContext(at, 8)
    const expected = naive.next(context)
    const response = await fetch(`${url}/v1/indexes/${at % 2 === 0 ? 'one' : 'parts'}/next`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pattern: { ids: [...context] } }),
    })
    const answer = (await response.json()) as { count: number; next: { id?: number; end?: true; count: number }[] }
    expectSame(
      answer.next.map((entry) => [entry.end ? null : entry.id, entry.count]),
      expected,
    )
    expect(answer.count).toBe(expected.reduce((sum, [, count]) => sum + count, 0))
  }
})

it('has the same shard of a text as of its ids', async () => {
  const texts = readTexts(smallCorpusPath)
    .filter((text) => text.length < 4_000)
    .slice(0, 300)
  const ids = await tokenize(texts)
  await writeFile(join(folder.dir, 'a.jsonl'), texts.map((text) => `${JSON.stringify({ text })}\n`).join(''))
  await writeFile(join(folder.dir, 'b.jsonl'), ids.map((tokens) => `{"ids":[${tokens.join()}]}\n`).join(''))
  const tokens = { tokenizerPath, idsField: null, vocabulary: null, idsType: null, documentSeparator: null }
  await build('text', 1_000_000_000, { inputs: [join(folder.dir, 'a.jsonl')], tokens })
  await build('ids', 1_000_000_000, { inputs: [join(folder.dir, 'b.jsonl')] })
  const [text, ready] = await Promise.all(
    ['text', 'ids'].map((name) => openIndex(join(folder.dir, name), { workers: 0 })),
  )
  expect(text.manifest.shards[0].name).toBe(ready.manifest.shards[0].name)
  expect((await text.document(7)).text).toBe(texts[7])
  await Promise.all([text.close(), ready.close()])
})
