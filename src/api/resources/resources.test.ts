import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { errorKinds } from '../../core/errors.js'
import { expectDeclared } from '../testkit/expect-answer.js'
import { makeTestApp } from '../testkit/test-app.js'
import { documentRoute } from './document.js'
import { facetsRoute } from './facets.js'
import { findRoute } from './find.js'
import { indexesRoute, indexRoute } from './indexes.js'
import { nextRoute } from './next.js'
import { traceRoute } from './trace.js'

const app = makeTestApp()

describe('GET /v1/indexes', () => {
  it('lists what is served', async () => {
    const { body } = await request(app).get('/v1/indexes').expect(200)
    expectDeclared(indexesRoute, body)
    expect(body.indexes).toMatchObject([
      { name: 'fruit', documents: 2, textBytes: 13, facetFields: [] },
      { name: 'poems', documents: 4, facetFields: ['source'] },
    ])
  })

  it('describes one or several, with their shards', async () => {
    const { body } = await request(app).get('/v1/indexes/poems,fruit').expect(200)
    expectDeclared(indexRoute, body)
    expect(body.indexes.map(({ name, shards }: { name: string; shards: object[] }) => [name, shards.length])).toEqual([
      ['poems', 2],
      ['fruit', 1],
    ])
  })
})

describe('POST /v1/indexes/{names}/find', () => {
  it('gives ranges that hold the count', async () => {
    const { body } = await request(app).post('/v1/indexes/fruit,poems/find').send({ pattern: 'an' }).expect(200)
    expectDeclared(findRoute, body)
    const rows = body.ranges.reduce((sum: number, { lo, hi }: { lo: number; hi: number }) => sum + hi - lo, 0)
    expect([body.count, rows]).toEqual([5, 5])
  })
})

describe('next', () => {
  it('sums to the count, the end of a document included', async () => {
    const { body } = await request(app).get('/v1/indexes/fruit/next?q=an').expect(200)
    expectDeclared(nextRoute, body)
    expect(body).toMatchObject({
      count: 4,
      next: [
        { id: 97, text: 'a', count: 3 },
        { id: 100, text: 'd', count: 1 },
      ],
      otherCount: 0,
    })
    const last = await request(app).get('/v1/indexes/fruit/next?q=na').expect(200)
    expect(last.body.next).toContainEqual({ end: true, count: 2 })
  })

  it('says how many occurrences a limit leaves out', async () => {
    const { body } = await request(app).post('/v1/indexes/fruit/next').send({ pattern: '', limit: 2 }).expect(200)
    expect(body).toMatchObject({
      count: 15,
      next: [
        { text: 'a', count: 6 },
        { text: 'n', count: 4 },
      ],
      otherCount: 5,
    })
  })

  it('goes by bytes when asked: a piece of a character has no text', async () => {
    const { body } = await request(app)
      .post('/v1/indexes/poems/next')
      .send({ pattern: 'caf', unit: 'byte' })
      .expect(200)
    expect(body.next).toEqual([{ id: 0xc3, text: null, count: 1 }])
    const whole = await request(app).post('/v1/indexes/poems/next').send({ pattern: 'caf' }).expect(200)
    expect(whole.body.next).toEqual([{ id: 0xe9, text: 'é', count: 1 }])
  })
})

describe('facets', () => {
  it('counts occurrences and documents by value', async () => {
    const { body } = await request(app).get('/v1/indexes/poems/facets?q=a&field=source').expect(200)
    expectDeclared(facetsRoute, body)
    expect(body).toMatchObject({
      field: 'source',
      exact: true,
      valueCount: 2,
      values: [
        { value: 'web', occurrences: 4, documents: 2 },
        { value: 'book', occurrences: 1, documents: 1 },
      ],
    })
  })

  it('shows as many values as asked for', async () => {
    const { body } = await request(app).get('/v1/indexes/poems/facets?q=a&field=source&limit=1').expect(200)
    expect([body.values.length, body.valueCount]).toEqual([1, 2])
  })
})

describe('trace', () => {
  it('gives the longest parts of a text that stand in the index', async () => {
    const { body } = await request(app)
      .post('/v1/indexes/fruit/trace')
      .send({ text: 'a banana band', minBytes: 4 })
      .expect(200)
    expectDeclared(traceRoute, body)
    expect(body.spans).toEqual([
      { startOffset: 2, endOffset: 8, count: 1 },
      { startOffset: 9, endOffset: 13, count: 1 },
    ])
  })
})

describe('GET /v1/indexes/{name}/documents/{id}', () => {
  const read = async (path: string) => {
    const { body } = await request(app).get(path).expect(200)
    expectDeclared(documentRoute, body)
    return body
  }

  it('gives the whole text and what is known of it', async () => {
    expect(await read('/v1/indexes/poems/documents/0')).toMatchObject({
      document: { document: 0, externalId: 'cafe/1', textBytes: 12, metadata: '{"year":9007199254740993}' },
      text: 'naïve café',
      startOffset: 0,
      endOffset: 12,
      startUtf16Offset: 0,
      startCharacterOffset: 0,
    })
    expect(await read('/v1/indexes/poems/documents/3')).toMatchObject({ text: '', startOffset: 0, endOffset: 0 })
  })

  it('is found by its external id, whatever signs that holds', async () => {
    expect((await read('/v1/indexes/poems/documents/id:cafe%2F1')).document.document).toBe(0)
    expect((await read('/v1/indexes/poems/documents/id:sun')).document.document).toBe(1)
  })

  it('gives a part, cut at whole characters, with its place in bytes, UTF-16 and characters', async () => {
    expect(await read('/v1/indexes/poems/documents/0?start=3&end=12')).toMatchObject({
      text: 've café',
      startOffset: 4,
      endOffset: 12,
      startUtf16Offset: 3,
      startCharacterOffset: 3,
    })
    const text = 'The Sun\n\tand the sun 🌞 shone'
    const start = Buffer.byteLength(text) - 5
    expect(await read(`/v1/indexes/poems/documents/1?start=${start}&end=99999`)).toMatchObject({
      text: 'shone',
      startUtf16Offset: text.length - 5,
      startCharacterOffset: text.length - 6,
    })
  })
})

describe('operation', () => {
  it('tells that it lives, is ready, and how it does', async () => {
    const open = makeTestApp({ hasOpenMetrics: true })
    await request(open).get('/livez').expect(200)
    await request(open).get('/readyz').expect(200)
    await request(open).get('/v1/indexes/fruit/count?q=a').expect(200)
    const { text } = await request(open).get('/metrics').expect(200)
    expect(text).toContain(
      'omnigram_http_request_seconds_count{method="GET",route="/v1/indexes/:names/count",status="200"} 1',
    )
    expect(text).toContain('omnigram_index_documents{index="poems"} 4')
    expect(text).not.toContain('q=a')
  })

  it('does not show its metrics to everybody', async () => {
    expect((await request(app).get('/metrics').expect(403)).body.code).toBe('forbidden')
  })

  it('explains each kind of problem', async () => {
    for (const [code, { title, hint }] of Object.entries(errorKinds)) {
      expect((await request(app).get(`/problems/${code}`).expect(200)).body).toMatchObject({ code, title, hint })
    }
  })
})
