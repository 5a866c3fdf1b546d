import { pino } from 'pino'
import request from 'supertest'
import { expect, it } from 'vitest'
import { createNaiveReader } from '../query/testkit/naive-reader.js'
import { createApp } from './app.js'
import type { ApiOptions } from './options.js'
import { IndexRegistry } from './served-indexes.js'

/** An app whose log lines are kept, over an index that breaks when asked for `break`. */
function makeLoggedApp(options: Partial<ApiOptions> = {}) {
  const lines: string[] = []
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) })
  const reader = createNaiveReader({ name: 'fruit', documents: [{ text: 'a secret banana' }] })
  const count = reader.count.bind(reader)
  reader.count = async (patterns, callOptions) => {
    if (patterns.includes('break')) throw new Error('The index of fruit broke in two.')
    return count(patterns, callOptions)
  }
  const registry = new IndexRegistry([{ name: 'fruit', current: () => reader }], () => reader)
  return { app: createApp(registry, { ...options, log }).express, lines }
}

async function ask(options: Partial<ApiOptions>, pattern = 'secret'): Promise<string[]> {
  const { app, lines } = makeLoggedApp(options)
  await request(app).get(`/v1/indexes/fruit/count?q=${pattern}`).set('X-Request-Id', 'asked')
  await request(app)
    .post('/v1/indexes/fruit/count')
    .send({ patterns: [pattern] })
  await request(app).post('/').send({ index: 'fruit', query_type: 'count', query: pattern })
  await request(app).get(`/nowhere/${pattern}?q=${pattern}`)
  await expect.poll(() => lines.filter((line) => line.includes('tookMs')).length).toBe(4)
  return lines
}

it('says of each request what, how it ended and how long it took, but not what was looked for', async () => {
  const lines = await ask({})
  expect(lines.join()).not.toContain('secret')
  expect(JSON.parse(lines[0])).toMatchObject({
    requestId: 'asked',
    method: 'GET',
    route: '/v1/indexes/:names/count',
    status: 200,
    tookMs: expect.any(Number),
  })
  expect(JSON.parse(lines[3])).toMatchObject({ route: 'none', status: 404 })
})

it('shows which queries are equal, when hashes are asked for', async () => {
  const lines = await ask({ logQueries: 'hash' })
  const [first, second] = lines.map((line) => JSON.parse(line).query)
  expect(lines.join()).not.toContain('secret')
  expect(first).toMatch(/^[\w-]{16}$/)
  expect(first).toBe(second)
})

it('has the text when that is asked for', async () => {
  expect((await ask({ logQueries: 'text' }))[0]).toContain('secret')
})

it('keeps what went wrong inside for the log, under the request id that the client gets', async () => {
  const { app, lines } = makeLoggedApp()
  const { body } = await request(app).get('/v1/indexes/fruit/count?q=break').expect(500)
  expect(body).toMatchObject({ code: 'internal', detail: 'The log of the server has it under the request id.' })
  const [failure] = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 50)
  expect(failure.requestId).toBe(body.requestId)
  expect(JSON.stringify(failure)).toContain('broke in two')
  const door = await request(app).post('/').send({ index: 'fruit', query_type: 'count', query: 'break' }).expect(500)
  expect(door.body.error).toBe('[Flask] Internal server error: Something went wrong in omnigram itself.')
})
