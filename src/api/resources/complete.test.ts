import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from '../../build/build-index.js'
import { testOptions } from '../../build/testkit/small-corpus.js'
import type { CompletionEvent } from '../../drafting/complete/completion.js'
import { makeTableModel, type TableModel } from '../../models/testkit/table-model.js'
import { combineReaders } from '../../query/combine-readers.js'
import type { IndexReader } from '../../query/index-reader.js'
import { openIndex } from '../../query/open-index.js'
import { createNaiveReader } from '../../query/testkit/naive-reader.js'
import { writeTokenizer } from '../../tokenizer/testkit/test-tokenizer.js'
import { createApp } from '../app.js'
import { openDesk } from '../contamination/contamination-desk.js'
import { CompletionDesk } from '../drafting/completion-desk.js'
import type { ApiKeys } from '../guards/api-keys.js'
import { IndexRegistry } from '../served-indexes.js'
import { expectDeclared } from '../testkit/expect-answer.js'
import { startApp } from '../testkit/raw-client.js'
import { testIndexes } from '../testkit/test-app.js'
import { completeRoute } from './complete.js'
import { modelRoute } from './model.js'

const vocabulary = 300
const texts = ['the band of the banana', 'of the banana the band']
const path = '/v1/indexes/words/complete'
let dir = ''
let readers: IndexReader[] = []
const servers: Server[] = []

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'omnigram-complete-'))
  const tokenizerPath = await writeTokenizer(join(dir, 'tokenizer.json'))
  const input = join(dir, 'text.jsonl')
  await writeFile(input, texts.map((text) => `${JSON.stringify({ text })}\n`).join(''))
  const tokens = { tokenizerPath, idsField: null, vocabulary: null, idsType: null, documentSeparator: null }
  await buildIndex(testOptions([input], join(dir, 'words'), { idField: null, facetFields: [], isStrict: true, tokens }))
  readers = [await openIndex(join(dir, 'words'), { workers: 0 }), createNaiveReader(testIndexes[0])]
})
afterAll(async () => {
  for (const server of servers) server.close()
  await Promise.all(readers.map((reader) => reader.close()))
  await rm(dir, { recursive: true })
})

function makeApp(model: TableModel | null, options: Parameters<typeof createApp>[1] = {}) {
  const sources = readers.map((reader) => ({ name: reader.name, current: () => reader }))
  const registry = new IndexRegistry(sources, combineReaders)
  return createApp(registry, options, openDesk(registry), new CompletionDesk(model && { name: 'table.gguf', model }))
    .express
}

/** Waits until it is let go before each pass. */
function makeSlowModel(): { model: TableModel; goOn: () => void; waiting: () => number } {
  const waiting: (() => void)[] = []
  const model = makeTableModel(vocabulary, 299)
  const start = model.startSession.bind(model)
  model.startSession = () => {
    const session = start()
    const read = session.read.bind(session)
    session.read = async (tokens) => {
      await new Promise<void>((resolve) => waiting.push(resolve))
      return read(tokens)
    }
    return session
  }
  return { model, goOn: () => waiting.shift()?.(), waiting: () => waiting.length }
}

async function serve(model: TableModel, options: Parameters<typeof createApp>[1] = {}): Promise<string> {
  const server = await startApp(makeApp(model, options))
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
}

const post = (url: string, body: object, signal?: AbortSignal) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept': 'application/x-ndjson' },
    body: JSON.stringify(body),
    signal,
  })

async function* readLines(response: Response): AsyncGenerator<Record<string, unknown>> {
  let rest = ''
  for await (const piece of response.body ?? []) {
    rest += Buffer.from(piece).toString()
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}

describe('completing over HTTP', () => {
  it('answers all events at once as JSON, and one a line as they come', async () => {
    const app = makeApp(makeTableModel(vocabulary, 299))
    for (const mode of ['superposed', 'speculative', 'plain']) {
      const asked = { prompt: 'the band', mode, tokens: 6, origins: true }
      const { body } = await request(app).post(path).send(asked).expect(200)
      expectDeclared(completeRoute, body)
      const events: CompletionEvent[] = body.events
      expect(events[0]).toMatchObject({ kind: 'start', mode, prompt: expect.any(Array) })
      expect(events.at(-1)).toMatchObject({ kind: 'end', ids: expect.any(Array) })
      const lines = await request(app).post(path).set('accept', 'application/x-ndjson').send(asked).expect(200)
      const told = lines.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as CompletionEvent)
      const untimed = (event: CompletionEvent) => ({ ...event, tookMs: 0 })
      expect(told.map(untimed)).toEqual(events.map(untimed))
    }
  })

  it('sends each event when it is there', async () => {
    const { model, goOn } = makeSlowModel()
    const response = post(await serve(model), { prompt: 'the', mode: 'plain', tokens: 3 })
    const lines = readLines(await response)
    expect((await lines.next()).value).toMatchObject({ kind: 'start' })
    for (let pass = 1; pass <= 3; pass++) {
      goOn()
      expect((await lines.next()).value).toMatchObject({ kind: 'tokens', pass })
    }
    expect((await lines.next()).value).toMatchObject({ kind: 'end', passes: 3 })
  })

  it('tells the deadline in the last line, and ends when the client goes', async () => {
    const { model, goOn, waiting } = makeSlowModel()
    const url = await serve(model)
    const lines: Record<string, unknown>[] = []
    const read = async () => {
      // Long enough for the first event.
      const asked = { prompt: 'the', mode: 'plain', tokens: 3, deadlineMs: 1_000 }
      for await (const line of readLines(await post(url, asked))) lines.push(line)
    }
    await expect(read()).rejects.toThrow()
    expect(lines.map((line) => line.kind ?? line.problem)).toEqual([
      'start',
      expect.objectContaining({ code: 'deadline-exceeded' }),
    ])
    goOn()
    const controller = new AbortController()
    const gone = readLines(await post(url, { prompt: 'the', mode: 'plain', tokens: 200 }, controller.signal))
    await gone.next()
    controller.abort()
    await expect(gone.next()).rejects.toThrow()
    // Once the server has noticed, and the pass under way is over, nothing goes on reading.
    const countThenGoOn = () => {
      const count = waiting()
      goOn()
      return count
    }
    await expect.poll(countThenGoOn, { interval: 100 }).toBe(0)
  })

  it('takes a few at a time', async () => {
    const { model, goOn } = makeSlowModel()
    const url = await serve(model)
    const asked = { prompt: 'the', mode: 'plain', tokens: 1 }
    const running = [1, 2, 3, 4].map(() => post(url, asked))
    const streams = (await Promise.all(running)).map(readLines)
    for (const stream of streams) await stream.next()
    const refused = await post(url, asked)
    expect(refused.status).toBe(503)
    expect(((await refused.json()) as { code: string }).code).toBe('overloaded')
    for (const stream of streams) {
      goOn()
      for await (const _ of stream);
    }
    const again = readLines(await post(url, asked))
    expect((await again.next()).value).toMatchObject({ kind: 'start' })
    goOn()
    for await (const _ of again);
  })

  it('keeps to titles', async () => {
    const app = makeApp(makeTableModel(vocabulary, 299))
    const asked = { prompt: 'x', mode: 'speculative', within: 'titles', titles: [' of', ' the banana'] }
    const { body } = await request(app).post(path).send(asked).expect(200)
    expect([' of', ' the banana']).toContain(body.events.at(-1).text)
  })

  it('describes the model, and with which indexes it goes', async () => {
    const { body } = await request(makeApp(makeTableModel(vocabulary, 299)))
      .get('/v1/model')
      .expect(200)
    expectDeclared(modelRoute, body)
    expect(body.model).toEqual({ name: 'table.gguf', vocabulary, contextLength: 4096, canEnd: true })
    expect(body.indexes).toEqual([
      { name: 'words', lack: null },
      { name: 'fruit', lack: 'It holds bytes, not tokens.' },
    ])
    const small = await request(makeApp(makeTableModel(100))).get('/v1/model')
    expect(small.body.indexes[0].lack).toBe('It holds ids below 268; the model has 100.')
    const none = await request(makeApp(null)).get('/v1/model').expect(200)
    expect(none.body.model).toBeNull()
  })

  it('shows documents only to keys that may see them', async () => {
    const keys = {
      identify: () => ({ id: 'k', isKey: true, hasScope: (scope: string) => scope === 'count', mayRead: () => true }),
    }
    const app = makeApp(makeTableModel(vocabulary, 299), { apiKeys: keys as unknown as ApiKeys })
    const asked = { prompt: 'the', mode: 'speculative', tokens: 2 }
    await request(app).post(path).set('authorization', 'Bearer x').send(asked).expect(200)
    const { body } = await request(app)
      .post(path)
      .set('authorization', 'Bearer x')
      .send({ ...asked, origins: true })
    expect(body.code).toBe('forbidden')
  })

  it.each([
    [path, { prompt: 'the' }, null, 404, 'no-model'],
    ['/v1/indexes/fruit/complete', { prompt: 'the' }, 300, 400, 'bad-argument'],
    [path, { prompt: 'the' }, 100, 400, 'bad-argument'],
    [path, { prompt: '' }, 300, 400, 'bad-argument'],
    [path, { prompt: { ids: [1_000] } }, 300, 400, 'bad-pattern'],
    [path, { prompt: 'the', tokens: 513 }, 300, 400, 'bad-argument'],
    [path, { prompt: 'the', within: 'documents' }, 300, 400, 'bad-argument'],
    [path, { prompt: 'the', mode: 'plain', within: 'titles' }, 300, 400, 'bad-argument'],
    [path, { prompt: 'the', mode: 'plain', window: 2 }, 300, 400, 'bad-argument'],
    [path, { prompt: 'the', mode: 'plain', titles: ['a'] }, 300, 400, 'bad-argument'],
    [path, { prompt: 'the', mode: 'fast' }, 300, 400, 'bad-argument'],
  ])('refuses %s %j with a model of %s', async (address, body, size, status, code) => {
    const app = makeApp(size === null ? null : makeTableModel(size, size - 1))
    for (const accept of ['application/json', 'application/x-ndjson']) {
      const response = await request(app).post(address).set('accept', accept).send(body)
      expect([response.status, JSON.parse(response.text).code]).toEqual([status, code])
    }
  })
})
