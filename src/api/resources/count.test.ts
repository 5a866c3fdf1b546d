import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { expectDeclared } from '../testkit/expect-answer.js'
import { makeTestApp } from '../testkit/test-app.js'
import { countRoute } from './count.js'

const app = makeTestApp()

async function count(names: string, body: object) {
  const response = await request(app).post(`/v1/indexes/${names}/count`).send(body).expect(200)
  expectDeclared(countRoute, response.body)
  return response.body
}

describe('POST /v1/indexes/{names}/count', () => {
  it('counts overlapping occurrences, in the order of the patterns', async () => {
    const body = await count('fruit', { patterns: ['ana', 'ban', 'nan', 'ab', 'a', 'Ban', ''] })
    expect(body.results.map((result: { count: number }) => result.count)).toEqual([3, 2, 1, 0, 6, 0, 13])
    expect(body).toMatchObject({ generation: '000001', indexes: [{ name: 'fruit', generation: '000001' }] })
    expect(body.results[0]).toEqual({ pattern: 'ana', count: 3 })
  })

  it('takes bytes as base64 and names them so', async () => {
    const body = await count('poems', { patterns: [{ base64: 'w6k=' }, { base64: 'AA==' }] })
    expect(body.results).toEqual([
      { pattern: { base64: 'w6k=' }, count: 1 },
      { pattern: { base64: 'AA==' }, count: 1 },
    ])
  })

  it('says the count of each index where several are named, and of each shard when asked', async () => {
    const body = await count('fruit,poems', { patterns: ['a'], perShard: true })
    expect(body.results).toEqual([
      {
        pattern: 'a',
        count: 11,
        indexes: [
          { index: 'fruit', count: 6 },
          { index: 'poems', count: 5 },
        ],
        shards: [6, 3, 2],
      },
    ])
  })

  it('says in how many documents, with the interval of what is exact', async () => {
    const body = await count('fruit', { patterns: ['ana', 'x'], exact: true })
    expect(body.results.map((result: { documents: object }) => result.documents)).toEqual([
      { count: 2, exact: true, lowerBound: 2, interval: [2, 2] },
      { count: 0, exact: true, lowerBound: 0, interval: [0, 0] },
    ])
  })

  it('matches without case and over white space when asked', async () => {
    const matching = { ignoreCase: true, flexibleSpace: true }
    expect((await count('poems', { patterns: ['THE SUN'], matching })).results[0].count).toBe(2)
    expect((await count('poems', { patterns: ['sun and'], matching })).results[0].count).toBe(1)
    expect((await count('poems', { patterns: ['sun and'] })).results[0].count).toBe(0)
  })

  it('says which of many patterns cannot be searched', async () => {
    const { body } = await request(app)
      .post('/v1/indexes/fruit/count')
      .send({ patterns: ['a', 'b', '\ud800'] })
      .expect(400)
    expect(body).toMatchObject({ code: 'bad-pattern', detail: expect.stringContaining('/patterns/2') })
  })
})

describe('GET /v1/indexes/{names}/count', () => {
  it('takes patterns as text and as base64', async () => {
    const { body } = await request(app).get('/v1/indexes/poems/count?q=sun&q=caf%C3%A9&q64=AA').expect(200)
    expectDeclared(countRoute, body)
    expect(body.results).toEqual([
      { pattern: 'sun', count: 1 },
      { pattern: 'café', count: 1 },
      { pattern: { base64: 'AA' }, count: 1 },
    ])
  })

  it('reads + as a space and %2B as a plus', async () => {
    const { body } = await request(app).get('/v1/indexes/poems/count?q=the+sun&q=%2B').expect(200)
    expect(body.results).toEqual([
      { pattern: 'the sun', count: 1 },
      { pattern: '+', count: 0 },
    ])
  })
})
