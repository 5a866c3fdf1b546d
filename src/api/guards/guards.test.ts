import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OmnigramError } from '../../core/errors.js'
import type { IndexReader } from '../../query/index-reader.js'
import { createNaiveReader } from '../../query/testkit/naive-reader.js'
import { createApp } from '../app.js'
import type { ApiOptions } from '../options.js'
import { IndexRegistry } from '../served-indexes.js'
import { send, startApp } from '../testkit/raw-client.js'
import { makeTestApp } from '../testkit/test-app.js'
import { ApiKeys, type KeyRecord, makeApiKey } from './api-keys.js'
import { addApiKey, readApiKeys, revokeApiKey } from './key-file.js'
import { groupAddress } from './rate-limit.js'

const countPath = '/v1/indexes/fruit/count?q=a'

describe('rate limits', () => {
  it('tell what is left, and refuse with the time to wait', async () => {
    const app = makeTestApp({ rateLimit: { points: 2, windowSeconds: 60 } })
    const first = await request(app).get(countPath).expect(200)
    expect(first.headers['ratelimit-policy']).toBe('"points";q=2;w=60')
    expect(first.headers.ratelimit).toMatch(/^"points";r=1;t=\d+$/)
    await request(app).get(countPath).expect(200)
    const refused = await request(app).get(countPath).expect(429)
    expect(refused.body).toMatchObject({ code: 'rate-limited', retryable: true })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  })

  it('weigh requests by what they cost', async () => {
    const app = makeTestApp({ rateLimit: { points: 100, windowSeconds: 60 } })
    const { headers } = await request(app)
      .post('/v1/indexes/fruit/count')
      .send({ patterns: ['a', 'b', 'c'] })
      .expect(200)
    expect(headers.ratelimit).toContain(';r=97;')
    const costly = await request(app)
      .post('/v1/indexes/fruit/count')
      .send({ patterns: ['a'], documents: true })
      .expect(200)
    expect(costly.headers.ratelimit).toContain(';r=47;')
  })

  it('lets in what costs more than a window, once a window', async () => {
    const app = makeTestApp({ rateLimit: { points: 10, windowSeconds: 60 } })
    const ask = () =>
      request(app)
        .post('/v1/indexes/fruit/count')
        .send({ patterns: ['a'], documents: true })
    await ask().expect(200)
    await ask().expect(429)
  })

  it('count requests that are refused, too', async () => {
    const app = makeTestApp({ rateLimit: { points: 1, windowSeconds: 60 } })
    await request(app).get('/v1/indexes/absent').expect(404)
    await request(app).get('/v1/indexes/absent').expect(429)
  })

  it('hold for the compatible door', async () => {
    const app = makeTestApp({ rateLimit: { points: 1, windowSeconds: 60 } })
    const ask = () => request(app).post('/').send({ index: 'fruit', query_type: 'count', query: 'a' })
    await ask().expect(200)
    expect((await ask().expect(429)).body.error).toContain('[Flask] Web request error')
  })

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:10.0.0.9', '10.0.0.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    [undefined, 'unknown'],
  ])('know %s as %s', (address, group) => expect(groupAddress(address)).toBe(group))
})

describe('API keys', () => {
  const rights = { id: 'reader', scopes: ['count' as const], indexes: ['fruit'], expires: null }
  const { key, record } = makeApiKey(rights)
  const other = makeApiKey({
    ...rights,
    id: 'all',
    scopes: ['count', 'search', 'documents', 'batch', 'admin'],
    indexes: ['*'],
  })
  const past = makeApiKey({ ...rights, id: 'past', expires: '2020-01-01T00:00:00Z' })
  const app = makeTestApp({ apiKeys: new ApiKeys([record, other.record, past.record]) })
  const ask = (path: string, value?: string) => {
    const asked = request(app).get(path)
    return value === undefined ? asked : asked.set('Authorization', `Bearer ${value}`)
  }

  it('open what they are made for', async () => {
    await ask(countPath, key).expect(200)
    await ask('/v1/indexes/fruit,poems/documents?q=a', other.key).expect(200)
    await ask('/metrics', other.key).expect(200)
  })

  it.each([
    ['none', undefined],
    ['nonsense', 'nonsense'],
    ['one letter off', `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`],
    ['of another prefix', key.replace(/_[0-9a-f]{8}_/, '_00000000_')],
    ['over', past.key],
    ['the hash itself', record.sha256],
  ])('that are %s are refused, all in the same words', async (_, value) => {
    const { body, headers } = await ask(countPath, value).expect(401)
    expect(body.code).toBe('unauthorized')
    expect(headers['www-authenticate']).toContain('Bearer')
  })

  it('do not work from the address', async () => {
    await ask(`${countPath}&key=${key}`).expect(401)
  })

  it('do not open other scopes', async () => {
    expect((await ask('/v1/indexes/fruit/documents?q=a', key).expect(403)).body.code).toBe('forbidden')
    await ask('/metrics', key).expect(403)
    const patterns = new Array(101).fill('a')
    await request(app)
      .post('/v1/indexes/fruit/count')
      .set('Authorization', `Bearer ${key}`)
      .send({ patterns })
      .expect(403)
    const door = { index: 'fruit', query_type: 'find', query: 'a' }
    await request(app).post('/').set('Authorization', `Bearer ${key}`).send(door).expect(403)
  })

  it('do not even show other indexes', async () => {
    expect((await ask('/v1/indexes', key).expect(200)).body.indexes).toMatchObject([{ name: 'fruit' }])
    expect((await ask('/v1/indexes/poems/count?q=a', key).expect(404)).body.code).toBe('unknown-index')
    await ask('/v1/indexes/fruit,poems/count?q=a', key).expect(404)
    const door = { index: 'poems', query_type: 'count', query: 'a' }
    const { body } = await request(app).post('/').set('Authorization', `Bearer ${key}`).send(door).expect(400)
    expect(body.error).toBe('[Flask] Invalid index: poems')
  })

  it('cannot be tried out in numbers', async () => {
    const fresh = makeTestApp({ apiKeys: new ApiKeys([record]) })
    const guess = () => request(fresh).get(countPath).set('Authorization', 'Bearer omg_guess')
    for (let tries = 0; tries < 20; tries++) await guess().expect(401)
    await guess().expect(429)
  })

  it('health and the description need none', async () => {
    await ask('/livez').expect(200)
    const { body } = await ask('/openapi.json').expect(200)
    expect(body.security).toEqual([{ key: [] }])
  })
})

describe('the key file', () => {
  const folder = { path: '' }
  beforeAll(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'omnigram-keys-'))
  })
  afterAll(() => rm(folder.path, { recursive: true }))
  const { key, record } = makeApiKey({ id: 'a', scopes: ['count'], indexes: ['*'], expires: null })

  async function write(text: string, mode = 0o600): Promise<string> {
    const path = join(folder.path, 'keys.json')
    await writeFile(path, text)
    await chmod(path, mode)
    return path
  }

  it('holds hashes, and they open', async () => {
    const text = JSON.stringify({ keys: [record] })
    expect(text).not.toContain(key.slice('omg_01234567_'.length))
    const keys = await readApiKeys(await write(text))
    expect(keys.identify(`Bearer ${key}`).id).toBe('a')
  })

  it.each<[string, string, number]>([
    ['open to others', JSON.stringify({ keys: [record] }), 0o644],
    ['not JSON', '{', 0o600],
    ['of another form', JSON.stringify({ keys: [{ ...record, sha256: 'x' }] }), 0o600],
    [
      'with an unknown scope',
      JSON.stringify({ keys: [{ ...record, scopes: ['all'] as unknown as KeyRecord['scopes'] }] }),
      0o600,
    ],
    ['with a prefix twice', JSON.stringify({ keys: [record, record] }), 0o600],
  ])('that is %s is refused', async (_, text, mode) => {
    await expect(readApiKeys(await write(text, mode))).rejects.toMatchObject({ code: 'bad-argument' })
  })

  it('takes keys in and out, shows each once, and stays closed to others', async () => {
    const path = join(folder.path, 'grown.json')
    const rights = { scopes: ['count' as const], indexes: ['*'], expires: null }
    const first = await addApiKey(path, { ...rights, id: 'first' })
    const second = await addApiKey(path, { ...rights, id: 'second' })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).not.toContain(first.slice(-43))
    await expect(addApiKey(path, { ...rights, id: 'first' })).rejects.toMatchObject({ code: 'bad-argument' })
    await revokeApiKey(path, 'first')
    await expect(revokeApiKey(path, 'first')).rejects.toMatchObject({ code: 'bad-argument' })
    const keys = await readApiKeys(path)
    expect(keys.identify(`Bearer ${second}`).id).toBe('second')
    expect(() => keys.identify(`Bearer ${first}`)).toThrow(OmnigramError)
  })

  it('that is missing is refused', async () => {
    await expect(readApiKeys(join(folder.path, 'absent.json'))).rejects.toMatchObject({ code: 'bad-argument' })
  })
})

/** An app whose counts end only when their signal does. */
function makeSlowApp(options: Partial<ApiOptions> = {}) {
  const reader: IndexReader = createNaiveReader({ name: 'slow', documents: [{ text: 'banana' }] })
  const signals: AbortSignal[] = []
  reader.count = (_, callOptions) =>
    new Promise((_resolve, reject) => {
      const signal = callOptions?.signal
      if (!signal) throw new Error('A count came without a signal.')
      signals.push(signal)
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  return {
    app: createApp(new IndexRegistry([{ name: 'slow', current: () => reader }], () => reader), options).express,
    signals,
  }
}

describe('deadlines', () => {
  it('end the work, by the body and by Prefer', async () => {
    const { app, signals } = makeSlowApp()
    const { body } = await request(app)
      .post('/v1/indexes/slow/count')
      // Long enough for the work to begin, which then waits for nothing else.
      .send({ patterns: ['a'], deadlineMs: 500 })
      .expect(504)
    expect(body).toMatchObject({
      code: 'deadline-exceeded',
      retryable: true,
      detail: expect.stringContaining('500 ms'),
    })
    expect(signals[0].aborted).toBe(true)
    const preferred = await request(app)
      .get('/v1/indexes/slow/count?q=a')
      .set('Prefer', 'respond-async, wait=1')
      .expect(504)
    expect(preferred.body.detail).toContain('1000 ms')
  })

  it('cannot be longer than the operator lets them', async () => {
    const { app } = makeSlowApp({ maxDeadlineMs: 5 })
    const { body } = await request(app)
      .post('/v1/indexes/slow/count')
      .send({ patterns: ['a'], deadlineMs: 300_000 })
      .expect(504)
    expect(body.detail).toContain('5 ms')
  })

  it('are told by the door in its own words', async () => {
    const { app } = makeSlowApp({ maxDeadlineMs: 5 })
    const { body } = await request(app).post('/').send({ index: 'slow', query_type: 'count', query: 'a' }).expect(500)
    expect(body).toEqual({ error: '[Flask] Web request timed out. Please try again later.' })
  })
})

describe('a client that goes away', () => {
  it('ends the work done for it', async () => {
    const { app, signals } = makeSlowApp()
    const server = await startApp(app)
    const { port } = server.address() as AddressInfo
    const outgoing = httpRequest({ host: '127.0.0.1', port, path: '/v1/indexes/slow/count?q=a' })
    outgoing.on('error', () => {}).end()
    await expect.poll(() => signals.length).toBe(1)
    outgoing.destroy()
    if (!signals[0].aborted) await once(signals[0], 'abort')
    expect(signals[0].reason).toMatchObject({ code: 'cancelled' })
    server.close()
  })
})

describe('more requests than can be worked on', () => {
  it('are told to come back, while those under way go on', async () => {
    const { app, signals } = makeSlowApp({ maxInFlight: 2 })
    const server = await startApp(app)
    const ask = (deadlineMs: number) => send(server, { path: `/v1/indexes/slow/count?q=a&deadlineMs=${deadlineMs}` })
    const first = Promise.allSettled([ask(300_000), ask(300_000)])
    await expect.poll(() => signals.length).toBe(2)
    const refused = await ask(1)
    expect(refused.status).toBe(503)
    expect(JSON.parse(refused.body.toString())).toMatchObject({ code: 'overloaded', retryable: true })
    expect(refused.headers['retry-after']).toBeDefined()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
    // Their clients go, and there is room again.
    server.closeAllConnections()
    await first
    await expect.poll(async () => (await ask(1)).status).toBe(504)
    server.close()
  })
})

describe('other sites', () => {
  it('may not ask, unless they are named', async () => {
    const closed = await request(makeTestApp()).get(countPath).set('Origin', 'https://a.example').expect(200)
    expect(closed.headers['access-control-allow-origin']).toBeUndefined()
    const app = makeTestApp({ corsOrigins: ['https://a.example'] })
    const named = await request(app).get(countPath).set('Origin', 'https://a.example').expect(200)
    expect(named.headers['access-control-allow-origin']).toBe('https://a.example')
    expect(named.headers['access-control-allow-credentials']).toBeUndefined()
    for (const origin of ['https://b.example', 'null', 'https://a.example.org']) {
      const { headers } = await request(app).get(countPath).set('Origin', origin)
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })
})

describe('browsers', () => {
  it('are told to run and to load nothing of others', async () => {
    const { headers } = await request(makeTestApp()).get('/v1/indexes').expect(200)
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining(
        "default-src 'none';script-src 'self' 'wasm-unsafe-eval';style-src 'self';",
      ),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(headers['x-powered-by']).toBeUndefined()
  })
})
