import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type ClientRequest, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Express } from 'express'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from '../../build/build-index.js'
import { testOptions } from '../../build/testkit/small-corpus.js'
import { combineReaders } from '../../query/combine-readers.js'
import type { IndexReader } from '../../query/index-reader.js'
import { openIndex } from '../../query/open-index.js'
import { createNaiveReader } from '../../query/testkit/naive-reader.js'
import { createApp } from '../app.js'
import { allowLongRequest, answerClientError } from '../http/client-error.js'
import { IndexRegistry } from '../served-indexes.js'
import { startApp } from '../testkit/raw-client.js'
import { testIndexes } from '../testkit/test-app.js'

/** A small language in which contexts come back often. */
const documents = Array.from({ length: 12 }, (_, d) =>
  Array.from({ length: 40 }, (_, i) => (Math.imul((i >> 1) * 7 + (d % 3) * 5 + (i % 2), 2654435761) >>> 16) % 9),
)
let dir = ''
let readers: IndexReader[] = []
let app: Express
let server: Server

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'omnigram-stream-'))
  const input = join(dir, 'ids.jsonl')
  await writeFile(input, documents.map((ids) => `${JSON.stringify({ ids })}\n`).join(''))
  const tokens = { tokenizerPath: null, idsField: 'ids', vocabulary: 100, idsType: null, documentSeparator: null }
  await buildIndex(
    testOptions([input], join(dir, 'numbers'), { idField: null, facetFields: [], isStrict: true, tokens }),
  )
  readers = [await openIndex(join(dir, 'numbers'), { workers: 0 }), createNaiveReader(testIndexes[0])]
  const sources = readers.map((reader) => ({ name: reader.name, current: () => reader }))
  app = createApp(new IndexRegistry(sources, combineReaders), { rateLimit: null }).express
  server = await startApp(app)
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await Promise.all(readers.map((reader) => reader.close()))
  await rm(dir, { recursive: true })
})

interface Connection {
  readonly outgoing: ClientRequest
  send(line: unknown): void
  /** The next line, null at the end. Throws when the connection is cut. */
  read(): Promise<Record<string, unknown> | null>
}

async function connect(index = 'numbers', of: Server = server): Promise<Connection> {
  const { port } = of.address() as AddressInfo
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: `/v1/indexes/${index}/stream`,
    headers: { 'content-type': 'application/x-ndjson' },
    agent: false,
  })
  outgoing.flushHeaders()
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject)
  })
  outgoing.on('error', () => undefined)
  const lines = (async function* () {
    let rest = ''
    for await (const chunk of response) {
      rest += String(chunk)
      const whole = rest.split('\n')
      rest = whole.pop() ?? ''
      for (const line of whole) yield JSON.parse(line) as Record<string, unknown>
    }
  })()
  return {
    outgoing,
    send: (line) => outgoing.write(typeof line === 'string' ? line : `${JSON.stringify(line)}\n`),
    read: async () => {
      const { value, done } = await lines.next()
      return done ? null : value
    },
  }
}

describe('a stream of steps', () => {
  it('answers each as the resources do for the whole context', async () => {
    const text = [...(documents[3] ?? []).slice(5, 17), 8, 8, 1]
    for (const drafter of ['retrieval', 'suffix']) {
      const { outgoing, send, read } = await connect()
      send({ context: { ids: text.slice(0, 2) }, drafts: { drafter, nodes: 12, depth: 4 }, next: { limit: 50 } })
      for (let length = 2; length <= text.length; length++) {
        if (length > 2) send({ ids: [text[length - 1]] })
        const step = await read()
        const context = text.slice(0, length)
        const asked = { contexts: [{ context: { ids: context } }], drafter, nodes: 12, depth: 4 }
        const { body } = await supertest(app).post('/v1/indexes/numbers/drafts').send(asked)
        expect(step).toMatchObject({ contextTokens: length, drafts: body.drafts[0] })
        const next = step?.next as { suffixLength: number; count: number }
        const end = context.slice(-next.suffixLength)
        const whole = await supertest(app)
          .post('/v1/indexes/numbers/next')
          .send({ pattern: { ids: next.suffixLength > 0 ? end : [] } })
        expect(next).toMatchObject({ count: whole.body.count, next: whole.body.next, otherCount: 0 })
        // No longer end occurs.
        if (next.suffixLength < Math.min(length, 16)) {
          const longer = context.slice(-next.suffixLength - 1)
          const { body: none } = await supertest(app)
            .post('/v1/indexes/numbers/count')
            .send({ patterns: [{ ids: longer }] })
          expect(none.results[0].count).toBe(0)
        }
      }
      outgoing.end()
      expect(await read()).toBeNull()
    }
  })

  it('begins anew, asks for something else, and takes lines in any pieces', async () => {
    const { outgoing, send, read } = await connect()
    send('{"context":{"ids":[1,2]')
    send('},"next":{}}\n\n{"ids":[3]}\n{"context":{"ids":[5]},"next":null}\n')
    expect(await read()).toMatchObject({ contextTokens: 2, next: expect.anything() })
    expect(await read()).toMatchObject({ contextTokens: 3 })
    const last = await read()
    expect(last).toMatchObject({ contextTokens: 1 })
    expect(last).not.toHaveProperty('next')
    outgoing.end('{"ids":[4]}')
    expect(await read()).toMatchObject({ contextTokens: 2 })
    expect(await read()).toBeNull()
  })

  it.each([
    ['numbers', [{ ids: [1] }], 'bad-argument'],
    ['numbers', [{ context: { ids: [] } }], 'bad-argument'],
    ['numbers', [{ context: { ids: [1_000] } }], 'bad-pattern'],
    ['numbers', [{ context: { ids: [1] } }, { ids: [100] }], 'bad-pattern'],
    ['numbers', [{ context: { ids: [1] }, more: 1 }], 'bad-argument'],
    ['numbers', ['not JSON\n'], 'bad-argument'],
    ['numbers', [`"${'x'.repeat(600_000)}"\n`], 'too-large'],
    ['fruit', [{ context: 'a' }], 'bad-argument'],
  ])('of %s tells what is wrong in the last line: %j', async (index, lines, code) => {
    const { send, read } = await connect(index)
    for (const line of lines) send(line)
    let last: Record<string, unknown> | null = null
    const readAll = async () => {
      for (let line = await read(); line !== null; line = await read()) last = line
    }
    await readAll().catch(() => undefined)
    expect(last).toMatchObject({ problem: { code } })
  })

  it('is refused before it begins where nothing can be followed', async () => {
    const post = (path: string, type: string) =>
      supertest(app).post(path).set('content-type', type).send('{"context":{"ids":[1]}}\n')
    expect((await post('/v1/indexes/none/stream', 'application/x-ndjson')).body.code).toBe('unknown-index')
    expect((await post('/v1/indexes/numbers/stream', 'application/json')).body.code).toBe('unsupported-media-type')
    expect((await supertest(app).get('/v1/indexes/numbers/stream')).body.code).toBe('method-not-allowed')
  })

  it('ends when the share of the client is used up', async () => {
    const sources = readers.map((reader) => ({ name: reader.name, current: () => reader }))
    const registry = new IndexRegistry(sources, combineReaders)
    const poor = await startApp(createApp(registry, { rateLimit: { points: 10, windowSeconds: 60 } }).express)
    try {
      const { send, read } = await connect('numbers', poor)
      send({ context: { ids: [1] }, next: {} })
      for (let i = 0; i < 5; i++) send({ ids: [2] })
      const lines: unknown[] = []
      const readAll = async () => {
        for (let line = await read(); line !== null; line = await read()) lines.push(line)
      }
      await readAll().catch(() => undefined)
      expect(lines.length).toBeLessThan(6)
      expect(lines.at(-1)).toMatchObject({ problem: { code: 'rate-limited' } })
    } finally {
      poor.closeAllConnections()
      poor.close()
    }
  })

  it('may go on longer than other requests', () => {
    const timeout = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
    const [short, long] = [new PassThrough(), new PassThrough()]
    allowLongRequest(long)
    answerClientError(timeout, short)
    answerClientError(timeout, long)
    expect([short, long].map((socket) => socket.destroyed || socket.writableEnded)).toEqual([true, false])
    long.destroy()
  })
})
