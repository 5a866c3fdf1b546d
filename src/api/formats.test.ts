import type { Server } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { pack, unpack } from 'msgpackr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send, startApp } from './testkit/raw-client.js'
import { makeTestApp } from './testkit/test-app.js'

const state: { server: Server | null } = { server: null }
beforeAll(async () => {
  state.server = await startApp(makeTestApp())
})
afterAll(() => state.server?.close())

async function ask(path: string, headers: Record<string, string> = {}, body?: string | Uint8Array) {
  if (!state.server) throw new Error('The server did not start.')
  return send(state.server, { method: body === undefined ? 'GET' : 'POST', path, headers, body })
}

const json = 'application/json'
const msgpack = 'application/vnd.msgpack'

function timeless({ tookMs, ...rest }: { tookMs: number }) {
  expect(tookMs).toBeGreaterThanOrEqual(0)
  return rest
}

const questions: [string, object][] = [
  ['/v1/indexes/poems/count', { patterns: ['sun', 'café', '🌞', '\u0000', 'x'], documents: true, perShard: true }],
  ['/v1/indexes/fruit,poems/find', { pattern: 'an' }],
  ['/v1/indexes/poems/documents', { pattern: 'a', context: 3 }],
  ['/v1/indexes/poems/documents', { any: ['a'] }],
  ['/v1/indexes/poems/next', { pattern: 'a' }],
  ['/v1/indexes/poems/next', { pattern: '', unit: 'byte' }],
  ['/v1/indexes/poems/facets', { pattern: 'a', field: 'source' }],
  ['/v1/indexes/poems/trace', { text: 'and the sun 🌞 fell', minBytes: 3 }],
]

describe('JSON and MessagePack', () => {
  it.each(questions)('say the same at %s %j, in both directions', async (path, question) => {
    const answers = await Promise.all(
      [json, msgpack].flatMap((type) =>
        [json, msgpack].map(async (accept) => {
          const body = type === json ? JSON.stringify(question) : pack(question)
          const { status, headers, body: bytes } = await ask(path, { 'content-type': type, accept }, body)
          expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: accept })
          return timeless(accept === json ? JSON.parse(bytes.toString()) : unpack(bytes))
        }),
      ),
    )
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  it('MessagePack takes bytes as they are, and is known by its other names', async () => {
    const body = pack({ patterns: [Buffer.from('é'), Buffer.from([0])] })
    const { headers, body: bytes } = await ask(
      '/v1/indexes/poems/count',
      { 'content-type': 'application/msgpack', accept: 'application/x-msgpack' },
      body,
    )
    expect(headers['content-type']).toBe(msgpack)
    expect(unpack(bytes).results).toEqual([
      { pattern: { base64: 'w6k=' }, count: 1 },
      { pattern: { base64: 'AA==' }, count: 1 },
    ])
  })

  it.each([
    [`${msgpack};q=0.5, ${json}`, json],
    [`${json};q=0.5, ${msgpack}`, msgpack],
    ['text/html, */*;q=0.1', json],
    ['application/*', json],
  ])('of %s the better one is chosen', async (accept, chosen) => {
    expect((await ask('/v1/indexes', { accept })).headers['content-type']).toBe(chosen)
  })
})

describe('large answers', () => {
  it('are compressed for those who can read it', async () => {
    const path = '/v1/indexes/poems/count?documents=true&'.concat(
      Array.from({ length: 100 }, (_, at) => `q=a${at}`).join('&'),
    )
    const plain = await ask(path)
    const compressed = await ask(path, { 'accept-encoding': 'gzip' })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(compressed.headers['content-encoding']).toBe('gzip')
    expect(timeless(JSON.parse(gunzipSync(compressed.body).toString()))).toEqual(
      timeless(JSON.parse(plain.body.toString())),
    )
  })

  it('small ones are not', async () => {
    expect((await ask('/v1/indexes', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBeUndefined()
  })
})

describe('entity tags', () => {
  const path = '/v1/indexes/fruit/count?q=ana'

  it('let a client keep its answer while the index is the same', async () => {
    const { etag } = (await ask(path)).headers
    const again = await ask(path, { 'if-none-match': `"other", ${etag}` })
    expect({ status: again.status, bytes: again.body.length, etag: again.headers.etag }).toEqual({
      status: 304,
      bytes: 0,
      etag,
    })
  })

  it('differ by query, format and state, and not by the spelling of the address', async () => {
    const tagOf = async (address: string, headers = {}) => (await ask(address, headers)).headers.etag
    const tag = await tagOf(path)
    expect(await tagOf('/v1/indexes/fruit/count?q=%61na')).toBe(tag)
    expect(await tagOf('/v1/indexes/fruit/count?q=an')).not.toBe(tag)
    expect(await tagOf(path, { accept: msgpack })).not.toBe(tag)
    const changed = await startApp(makeTestApp({}, [{ name: 'fruit', documents: [{ text: 'bananas' }] }]))
    expect((await send(changed, { path })).headers.etag).not.toBe(tag)
    changed.close()
  })

  it('are for links only', async () => {
    const { headers } = await ask('/v1/indexes/fruit/count', { 'content-type': json }, '{"patterns":["a"]}')
    expect(headers.etag).toBeUndefined()
  })
})

describe('HEAD', () => {
  it('has the headers of GET and no body', async () => {
    if (!state.server) throw new Error('The server did not start.')
    const { status, headers, body } = await send(state.server, { method: 'HEAD', path: '/v1/indexes' })
    expect({ status, type: headers['content-type'], bytes: body.length }).toEqual({ status: 200, type: json, bytes: 0 })
  })
})
