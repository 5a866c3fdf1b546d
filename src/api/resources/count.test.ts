import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { makeTestApp } from '../testkit/test-app.js'

const app = makeTestApp()
const ask = (names: string, body: object) => request(app).post(`/v1/indexes/${names}/count`).send(body)

describe('POST /v1/indexes/{names}/count', () => {
  it('counts overlapping occurrences, in the order of the patterns', async () => {
    const { status, body } = await ask('fruit', { patterns: ['ana', 'ban', 'nan', 'ab', 'a', 'Ban', ''] })
    expect(status).toBe(200)
    expect(body.results.map(({ count }: { count: number }) => count)).toEqual([3, 2, 1, 0, 6, 0, 13])
    expect(body).toMatchObject({ generation: '000001', indexes: [{ name: 'fruit', generation: '000001' }] })
    expect(body.results[0]).toEqual({ pattern: 'ana', count: 3 })
  })

  it('takes bytes as base64 and names them so', async () => {
    const { body } = await ask('poems', { patterns: [{ base64: Buffer.from('é').toString('base64') }] })
    expect(body.results).toEqual([{ pattern: { base64: 'w6k=' }, count: 1 }])
  })

  it('says the count of each index where several are named', async () => {
    const { body } = await ask('fruit,poems', { patterns: ['a'], perShard: true })
    expect(body.results).toEqual([
      { pattern: 'a', count: 11, indexes: [{ index: 'fruit', count: 6 }, { index: 'poems', count: 5 }], shards: [6, 3, 2] },
    ])
  })
})
