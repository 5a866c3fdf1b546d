import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { expectDeclared } from '../testkit/expect-answer.js'
import { makeTestApp } from '../testkit/test-app.js'
import { documentsRoute } from './documents.js'

const app = makeTestApp()

async function list(names: string, body: object) {
  const response = await request(app).post(`/v1/indexes/${names}/documents`).send(body).expect(200)
  expectDeclared(documentsRoute, response.body)
  return response.body
}

interface Place {
  document: { index: string; document: number }
  startOffset: number
}
const placesOf = (body: { occurrences: Place[] }) =>
  body.occurrences.map(({ document, startOffset }) => `${document.index} ${document.document} ${startOffset}`)

describe('POST /v1/indexes/{names}/documents', () => {
  it('lists where a pattern stands, with the match marked in the snippet', async () => {
    const body = await list('fruit', { pattern: 'nan', context: 1 })
    expect(body).toMatchObject({ count: 1, exact: true, nextCursor: null })
    expect(body.occurrences).toEqual([
      {
        document: {
          index: 'fruit',
          document: 0,
          externalId: null,
          metadata: null,
          facets: {},
          textBytes: 6,
          symbolCount: 6,
        },
        startOffset: 2,
        endOffset: 5,
        snippet: { text: 'anana', startOffset: 1, matchStart: 1, matchEnd: 4, isCutBefore: true, isCutAfter: false },
      },
    ])
  })

  it('gives all occurrences once over its pages, of several indexes too', async () => {
    const whole = placesOf(await list('fruit,poems', { pattern: 'a', limit: 100 }))
    const paged: string[] = []
    let cursor: string | null | undefined
    while (cursor !== null) {
      const body = await list('fruit,poems', { pattern: 'a', limit: 3, ...(cursor && { cursor }) })
      paged.push(...placesOf(body))
      cursor = body.nextCursor
    }
    expect(paged).toEqual(whole)
    expect(new Set(paged).size).toBe(11)
    // Documents are numbered in their own index.
    expect(paged).toContain('poems 0 1')
  })

  it('lists documents with their first occurrence and how many more there are', async () => {
    const body = await list('fruit', { pattern: 'an', by: 'document' })
    expect(body.occurrences.map((occurrence: { countInDocument: number }) => occurrence.countInDocument)).toEqual([
      2, 2,
    ])
  })

  it('keeps metadata as it stood: long numbers and odd keys', async () => {
    const body = await list('poems', { pattern: 'café' })
    expect(body.occurrences[0].document).toMatchObject({
      externalId: 'cafe/1',
      metadata: '{"year":9007199254740993}',
      facets: { source: 'web' },
    })
  })

  it('says offsets in UTF-16 units of the document when asked', async () => {
    const body = await list('poems', { pattern: 'shone', utf16Offsets: true })
    const text = 'The Sun\n\tand the sun 🌞 shone'
    expect(body.occurrences[0]).toMatchObject({
      startOffset: Buffer.byteLength(text) - 5,
      startUtf16Offset: text.length - 5,
      endUtf16Offset: text.length,
    })
  })

  it('takes the same sample for the same seed', async () => {
    const sample = async (sampleSeed: number) => placesOf(await list('fruit', { pattern: 'a', limit: 3, sampleSeed }))
    expect(await sample(7)).toEqual(await sample(7))
    expect(new Set(await sample(7)).size).toBe(3)
  })

  it('finds documents by all, any and none', async () => {
    const body = await list('fruit', { all: ['an'], none: ['d'] })
    expect(body).toMatchObject({ count: 1, exact: true, documents: [{ document: 0 }], nextCursor: null })
    const paged = await list('poems', { any: ['a', 'x'], limit: 1 })
    expect(paged).toMatchObject({ count: 3, documents: [{ document: 0 }] })
    expect((await list('poems', { any: ['a', 'x'], limit: 1, cursor: paged.nextCursor })).documents[0].document).toBe(1)
  })

  it.each([
    ['neither a pattern nor terms', {}],
    ['a pattern and terms', { pattern: 'a', all: ['b'] }],
    ['only what must not be there', { none: ['a'] }],
    ['a sample with a cursor', { pattern: 'a', sampleSeed: 1, cursor: 'x' }],
    ['a sample of documents', { pattern: 'a', sampleSeed: 1, by: 'document' }],
  ])('refuses %s', async (_, body) => {
    const response = await request(app).post('/v1/indexes/fruit/documents').send(body).expect(400)
    expect(response.body.code).toBe('bad-argument')
  })
})

describe('cursors', () => {
  const firstCursor = async () => (await list('fruit', { pattern: 'a', limit: 2 })).nextCursor as string
  const refuse = async (names: string, body: object) =>
    (await request(app).post(`/v1/indexes/${names}/documents`).send(body)).body

  it('continue only the query they came from', async () => {
    const cursor = await firstCursor()
    expect(await refuse('fruit', { pattern: 'an', cursor })).toMatchObject({ status: 400, code: 'bad-cursor' })
    expect(await refuse('poems', { pattern: 'a', cursor })).toMatchObject({ status: 400, code: 'bad-cursor' })
    expect(await refuse('fruit', { pattern: 'a', by: 'document', cursor })).toMatchObject({
      status: 400,
      code: 'bad-cursor',
    })
  })

  it('cannot be made up: no change of one letter passes', async () => {
    const cursor = await firstCursor()
    for (let at = 0; at < cursor.length; at++) {
      const forged = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1)
      expect(await refuse('fruit', { pattern: 'a', cursor: forged })).toMatchObject({ status: 400, code: 'bad-cursor' })
    }
  })

  it('of another server are refused, unless both have the key', async () => {
    const cursor = await firstCursor()
    const other = await request(makeTestApp()).post('/v1/indexes/fruit/documents').send({ pattern: 'a', cursor })
    expect(other.body.code).toBe('bad-cursor')
    const cursorKey = Buffer.alloc(32, 7)
    const first = await request(makeTestApp({ cursorKey }))
      .post('/v1/indexes/fruit/documents')
      .send({ pattern: 'a', limit: 2 })
    await request(makeTestApp({ cursorKey }))
      .post('/v1/indexes/fruit/documents')
      .send({ pattern: 'a', cursor: first.body.nextCursor })
      .expect(200)
  })

  it('of another state of the index are stale', async () => {
    const cursorKey = Buffer.alloc(32, 7)
    const first = await request(makeTestApp({ cursorKey }))
      .post('/v1/indexes/fruit/documents')
      .send({ pattern: 'a', limit: 2 })
    const changed = makeTestApp({ cursorKey }, [
      { name: 'fruit', documents: [{ text: 'banana' }, { text: 'bandanas' }] },
    ])
    const response = await request(changed)
      .post('/v1/indexes/fruit/documents')
      .send({ pattern: 'a', cursor: first.body.nextCursor })
    expect(response.body).toMatchObject({ status: 410, code: 'stale-cursor' })
  })
})
