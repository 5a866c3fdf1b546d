import { once } from 'node:events'
import { request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { OmnigramError } from '../../core/errors.js'
import { createNaiveReader } from '../../query/testkit/naive-reader.js'
import { createApp } from '../app.js'
import { IndexRegistry } from '../served-indexes.js'
import { makeTestApp } from '../testkit/test-app.js'

const app = makeTestApp()

/** 600 occurrences: three pages of an export. */
const manyDocuments = Array.from({ length: 300 }, (_, at) => ({ text: `line ${at}: an example, an export` }))

describe('exports', () => {
  it('stream every occurrence as a line of JSON', async () => {
    const many = makeTestApp({}, [{ name: 'many', documents: manyDocuments }])
    const response = await request(many)
      .get('/v1/indexes/many/documents?q=an&context=3')
      .set('Accept', 'application/x-ndjson')
      .expect(200)
      .expect('Content-Type', 'application/x-ndjson')
    const rows = response.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const places = new Set(rows.map(({ document, startOffset }) => `${document.document} ${startOffset}`))
    expect(rows).toHaveLength(600)
    expect(places.size).toBe(600)
  })

  it('quote CSV, and keep spreadsheets from computing it', async () => {
    const response = await request(app)
      .post('/v1/indexes/poems/documents')
      .set('Accept', 'text/csv')
      .send({ pattern: 'HYPERLINK', context: 25 })
      .expect(200)
    const [head, row] = response.text.split('\r\n')
    expect(response.headers['content-type']).toContain('text/csv')
    expect(head).toBe(
      'index,document,externalId,startOffset,endOffset,countInDocument,snippetStartOffset,snippet,metadata',
    )
    expect(row).toContain(`,"'=HYPERLINK(""https://example.org"")`)
  })

  it('refuse a cursor and a sample: they have all rows', async () => {
    await request(app).get('/v1/indexes/fruit/documents?q=a&sampleSeed=1').set('Accept', 'text/csv').expect(400)
  })

  it('say at the end what went wrong, and cut the connection', async () => {
    const reader = createNaiveReader({ name: 'many', documents: manyDocuments })
    const whole = reader.documents.bind(reader)
    reader.documents = async (match, page) => {
      if (page.position !== 0) throw new OmnigramError('damaged-index', 'A shard ends early.')
      return whole(match, page)
    }
    const { express } = createApp(new IndexRegistry([{ name: 'many', current: () => reader }], () => reader))
    const server = express.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { text, wasCut } = await readAll(server, '/v1/indexes/many/documents?q=an')
    server.close()
    expect(wasCut).toBe(true)
    expect(JSON.parse(text.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ problem: { code: 'damaged-index' } })
  })

  it('stop asking the index when the client has gone', async () => {
    const reader = createNaiveReader({ name: 'many', documents: manyDocuments })
    const asked: (AbortSignal | undefined)[] = []
    const whole = reader.documents.bind(reader)
    reader.documents = async (match, page) => {
      asked.push(page.signal)
      // The second page takes until somebody gives up.
      if (page.position !== 0 && page.signal) await once(page.signal, 'abort')
      return whole(match, page)
    }
    const { express } = createApp(new IndexRegistry([{ name: 'many', current: () => reader }], () => reader))
    const server = express.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const headers = { accept: 'application/x-ndjson' }
    const outgoing = httpRequest({ ...addressOf(server), path: '/v1/indexes/many/documents?q=an', headers })
    outgoing.on('error', () => {}).end()
    await expect.poll(() => asked.length).toBe(2)
    outgoing.destroy()
    await expect.poll(() => asked[1]?.aborted).toBe(true)
    server.close()
    expect(asked).toHaveLength(2)
  })
})

function addressOf(server: Server) {
  const { address, port } = server.address() as AddressInfo
  return { host: address, port }
}

function readAll(server: Server, path: string): Promise<{ text: string; wasCut: boolean }> {
  return new Promise((resolve, reject) => {
    httpRequest({ ...addressOf(server), path, headers: { accept: 'application/x-ndjson' } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      response.on('error', () => {}).on('close', () => resolve({ text, wasCut: !response.complete }))
    })
      .on('error', reject)
      .end()
  })
}
