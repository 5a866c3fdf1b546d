import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express } from 'express'
import { pack, unpack } from 'msgpackr'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from '../../build/build-index.js'
import { testOptions } from '../../build/testkit/small-corpus.js'
import { combineReaders } from '../../query/combine-readers.js'
import type { IndexReader } from '../../query/index-reader.js'
import { openIndex } from '../../query/open-index.js'
import { createNaiveReader } from '../../query/testkit/naive-reader.js'
import { writeTokenizer } from '../../tokenizer/testkit/test-tokenizer.js'
import { createApp } from '../app.js'
import type { Route } from '../route.js'
import { IndexRegistry } from '../served-indexes.js'
import { expectDeclared } from '../testkit/expect-answer.js'
import { testIndexes } from '../testkit/test-app.js'
import { countRoute } from './count.js'
import { documentRoute } from './document.js'
import { documentsRoute } from './documents.js'
import { findRoute } from './find.js'
import { indexRoute } from './indexes.js'
import { nextRoute } from './next.js'
import { traceRoute } from './trace.js'

const texts = ['the banana of the band', 'of the banana']
let dir = ''
let readers: IndexReader[] = []
let app: Express

/** `words` has a tokenizer, `numbers` only ids; `fruit` is of bytes. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'omnigram-tokens-'))
  const tokenizerPath = await writeTokenizer(join(dir, 'tokenizer.json'))
  const [text, ids] = [join(dir, 'text.jsonl'), join(dir, 'ids.jsonl')]
  await writeFile(text, texts.map((line) => `${JSON.stringify({ text: line })}\n`).join(''))
  await writeFile(ids, '{"ids":[7,8,7,8,9]}\n')
  const common = { idsType: null, documentSeparator: null }
  const plain = { idField: null, facetFields: [], isStrict: true }
  const tokenised = { ...common, tokenizerPath, idsField: null, vocabulary: null }
  const ready = { ...common, tokenizerPath: null, idsField: 'ids', vocabulary: 100 }
  await buildIndex(testOptions([text], join(dir, 'words'), { ...plain, tokens: tokenised }))
  await buildIndex(testOptions([ids], join(dir, 'numbers'), { ...plain, tokens: ready }))
  const opened = ['words', 'numbers'].map((name) => openIndex(join(dir, name), { workers: 0 }))
  readers = [...(await Promise.all(opened)), createNaiveReader(testIndexes[0])]
  const sources = readers.map((reader) => ({ name: reader.name, current: () => reader }))
  app = createApp(new IndexRegistry(sources, combineReaders), {}).express
})

afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()))
  await rm(dir, { recursive: true })
})

async function ask(path: string, body: object, route: Route) {
  const response = await request(app).post(`/v1/indexes/${path}`).send(body)
  expect(response.body).toMatchObject({ tookMs: expect.any(Number) })
  expectDeclared(route, response.body)
  return response.body
}

async function follow(path: string, route: Route) {
  const response = await request(app).get(`/v1/indexes/${path}`).expect(200)
  expectDeclared(route, response.body)
  return response.body
}

describe('an index of tokens over HTTP', () => {
  it('says what it is', async () => {
    const { indexes } = await follow('words', indexRoute)
    expect(indexes[0]).toMatchObject({ symbols: 'tokens', vocabulary: 268, hasTokenizer: true, symbolCount: 12 })
    const [numbers] = (await follow('numbers', indexRoute)).indexes
    expect(numbers).toMatchObject({ vocabulary: 100, hasTokenizer: false, textBytes: 0, symbolCount: 5, ratio: null })
  })

  it('counts text and ids, and says which ids it searched', async () => {
    const { results } = await ask(
      'words/count',
      { patterns: [' the', { ids: [259] }, { ids: [] }], documents: true },
      countRoute,
    )
    expect(results).toMatchObject([
      { pattern: ' the', ids: [259], count: 2, documents: { count: 2 } },
      { pattern: { ids: [259] }, ids: [259], count: 2 },
      { pattern: { ids: [] }, ids: [], count: 12 },
    ])
    const linked = await follow('numbers/count?ids=7,8&ids=9&ids=', countRoute)
    expect(linked.results.map(({ count }: { count: number }) => count)).toEqual([2, 1, 5])
  })

  it('finds and lists occurrences, with what tokens say where that is known', async () => {
    expect(await ask('words/find', { pattern: ' banana' }, findRoute)).toMatchObject({
      count: 2,
      ids: expect.any(Array),
    })
    const { occurrences, ids } = await ask('words/documents', { pattern: ' of', context: 1 }, documentsRoute)
    expect(ids).toHaveLength(1)
    const [{ snippet, document }] = occurrences
    expect(snippet.text.slice(snippet.matchStart, snippet.matchEnd)).toBe(' of')
    expect(snippet.ids).toHaveLength(3)
    expect(document).toMatchObject({ textBytes: null, symbolCount: expect.any(Number) })
    const bare = await ask('numbers/documents', { pattern: { ids: [9] }, context: 1 }, documentsRoute)
    expect(bare.occurrences[0]).toMatchObject({ startOffset: 4, endOffset: 5, snippet: { text: null, ids: [8, 9] } })
    expect(await ask('words/documents', { all: [' of', 'zz'] }, documentsRoute)).toMatchObject({ count: 0 })
  })

  it('reads documents', async () => {
    const whole = await follow('words/documents/1', documentRoute)
    expect(whole).toMatchObject({ text: texts[1], startOffset: 0, startUtf16Offset: null })
    const part = await follow('numbers/documents/0?start=1&end=3', documentRoute)
    expect(part).toMatchObject({ text: null, ids: [8, 7], startOffset: 1, endOffset: 3 })
  })

  it('says what comes next, in JSON and MessagePack', async () => {
    const body = await ask('words/next', { pattern: ' the' }, nextRoute)
    expect(body).toMatchObject({ count: 2, unit: 'token', ids: [259], otherCount: 0 })
    expect(body.next).toEqual([{ id: expect.any(Number), text: ' ban', count: 2 }])
    const linked = await follow('numbers/next?ids=8&limit=1', nextRoute)
    expect(linked).toMatchObject({ count: 2, next: [{ id: 7, text: null, count: 1 }], otherCount: 1 })
    expect((await follow('numbers/next?ids=9', nextRoute)).next).toEqual([{ end: true, count: 1 }])
    const packed = await request(app)
      .post('/v1/indexes/numbers/next')
      .set('content-type', 'application/vnd.msgpack')
      .set('accept', 'application/vnd.msgpack')
      .send(pack({ pattern: { ids: [] } }))
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => done(null, Buffer.concat(chunks)))
      })
    expect(unpack(packed.body)).toMatchObject({ count: 6, next: { length: 4 } })
  })

  it('traces a text', async () => {
    const { ids, spans } = await ask('words/trace', { text: 'of the banana zz', minBytes: 3 }, traceRoute)
    expect(spans).toMatchObject([{ startOffset: 0, count: 1 }])
    expect(ids.length).toBeGreaterThan(spans[0].endOffset)
  })

  it.each([
    ['words/count', { patterns: [{ base64: 'YQ==' }] }, 'bad-pattern'],
    ['words/count', { patterns: [{ ids: [1_000] }] }, 'bad-pattern'],
    ['words/count', { patterns: [{ ids: [2 ** 20] }] }, 'bad-argument'],
    ['words/count', { patterns: [{ ids: [-1] }] }, 'bad-argument'],
    ['words/count', { patterns: [{ ids: ['1'] }] }, 'bad-argument'],
    ['words/count', { patterns: [{ ids: [1], more: 1 }] }, 'bad-argument'],
    ['words/count', { patterns: ['a'], matching: { ignoreCase: true } }, 'bad-pattern'],
    ['words/next', { pattern: 'a', unit: 'character' }, 'bad-argument'],
    ['words/documents', { pattern: 'a', unit: 'byte' }, 'bad-argument'],
    ['words/documents', { pattern: ' of', utf16Offsets: true }, 'bad-argument'],
    ['numbers/count', { patterns: ['text'] }, 'bad-pattern'],
    ['fruit/count', { patterns: [{ ids: [1] }] }, 'bad-pattern'],
    ['fruit/next', { pattern: 'a', unit: 'token' }, 'bad-argument'],
    ['words,numbers/count', { patterns: [{ ids: [1] }] }, 'bad-argument'],
    ['words,fruit/count', { patterns: ['a'] }, 'bad-argument'],
  ])('refuses %s %j', async (path, body, code) => {
    const response = await request(app).post(`/v1/indexes/${path}`).send(body).expect(400)
    expect(response.body.code).toBe(code)
  })

  it('names the pattern that is none', async () => {
    const response = await request(app)
      .post('/v1/indexes/words/count')
      .send({ patterns: ['the', { ids: [1_000] }] })
    expect(response.body.detail).toContain('/patterns/1')
  })
})
