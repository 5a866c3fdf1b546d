import { setTimeout as wait } from 'node:timers/promises'
import type { Express } from 'express'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { limits } from '../../core/limits.js'
import { createApp } from '../app.js'
import { ContaminationDesk, openDesk } from '../contamination/contamination-desk.js'
import type { RunCheck } from '../contamination/run-check.js'
import { ApiKeys, makeApiKey, type Scope } from '../guards/api-keys.js'
import { listen } from '../listen.js'
import { corpora, makeTestShelf, questions, writeBenchmark } from '../testkit/contamination-corpus.js'
import { expectDeclared } from '../testkit/expect-answer.js'
import { makeTestRegistry } from '../testkit/test-app.js'
import { contaminationCellsRoute } from './contamination-cells.js'
import { checkRoute } from './contamination-check.js'
import { addCheckRoute } from './contamination-checks.js'
import { contaminationEvidenceRoute } from './contamination-evidence.js'
import { contaminationItemsRoute } from './contamination-items.js'
import { contaminationReportRoute, contaminationReportsRoute } from './contamination-reports.js'

const root = '/v1/contamination'
const registry = makeTestRegistry(corpora)

const shelf = await makeTestShelf(registry)
const desk = openDesk(registry, { shelf, runner: { pollMs: 50 } })
const { express: app } = createApp(registry, { rateLimit: null }, desk)
afterAll(() => desk.close())

const [{ id }] = shelf.list()

describe('the table', () => {
  it('holds the cells of the core reports, and histograms that give any threshold', async () => {
    const { body } = await request(app).get(`${root}/cells`).expect(200)
    expectDeclared(contaminationCellsRoute, body)
    expect(body.reports).toMatchObject([{ id, table: 'core', indexes: [{ name: 'web', corpusDate: '2025-05' }, {}] }])
    const [web] = body.cells
    expect(web).toMatchObject({
      report: id,
      benchmark: 'quiz',
      index: 'web',
      views: [{ dirty: 1, suspicious: 1, clean: 2 }],
    })
    const { histogram } = web.views[0]
    expect(histogram[0]).toEqual([0, 2])
    expect(histogram.at(-1)).toEqual([100, 1])
    expect(histogram.reduce((sum: number, [, items]: [number, number]) => sum + items, 0)).toBe(4)
  })

  it('comes as CSV and as lines of JSON', async () => {
    const csv = await request(app).get(`${root}/cells`).set('Accept', 'text/csv').expect(200)
    const [head, first] = csv.text.split('\r\n')
    expect(head).toMatch(/^benchmark,category,index,/)
    expect(first).toMatch(/^quiz,Knowledge,web,/)
    expect(csv.headers['content-disposition']).toContain('contamination-core.csv')
    const lines = await request(app).get(`${root}/cells`).set('Accept', 'application/x-ndjson').expect(200)
    expect(lines.text.trim().split('\n')).toHaveLength(2)
  })

  it('is not sent twice to a client that has it', async () => {
    const { headers } = await request(app).get(`${root}/cells`).expect(200)
    await request(app).get(`${root}/cells`).set('If-None-Match', headers.etag).expect(304)
  })

  it('of the community is empty at first', async () => {
    const { body } = await request(app).get(`${root}/cells?table=community`).expect(200)
    expect(body).toMatchObject({ reports: [], cells: [] })
  })

  it('stands in the page of the bulletin, for who has no script', async () => {
    const { text } = await request(app).get('/bulletin').expect(200)
    expect(text).toContain('<th scope="row">quiz</th><td>4</td>')
    expect(text).toMatch(/25\.0 % <span class="matrix-detail">1 of 4, 25\.0–25\.0 %, \d{4}-\d\d-\d\d<\/span>/)
  })
})

describe('reports', () => {
  it('are listed and read without their items', async () => {
    const listed = await request(app).get(`${root}/reports?table=core`).expect(200)
    expectDeclared(contaminationReportsRoute, listed.body)
    const { body } = await request(app).get(`${root}/reports/${id}`).expect(200)
    expectDeclared(contaminationReportRoute, body)
    expect(body.cells).toHaveLength(2)
    await request(app).get(`${root}/reports/absent`).expect(404)
  })

  it('tell their items, those found most first', async () => {
    const path = `${root}/reports/${id}/items?benchmark=quiz&index=web`
    const { body } = await request(app).get(path).expect(200)
    expectDeclared(contaminationItemsRoute, body)
    expect(body.items.map((item: { id: string }) => item.id)).toEqual(['q1', 'q2', 'q3', 'q4'])
    expect(body.items[0]).toMatchObject({ text: questions[0], views: [{ eta: 1, class: 'dirty' }], answer: 'found' })
    const count = async (query: string) => (await request(app).get(`${path}&${query}`).expect(200)).body.count
    expect(await count('class=suspicious')).toBe(1)
    expect(await count('fromPercent=20&belowPercent=80')).toBe(1)
    expect(await count('fromPercent=100')).toBe(1)
    expect(await count('belowPercent=20')).toBe(2)
    expect((await request(app).get(`${path}&offset=1&limit=1`).expect(200)).body.items[0].id).toBe('q2')
    const csv = await request(app).get(path).set('Accept', 'text/csv').expect(200)
    expect(csv.text.split('\r\n')).toHaveLength(6)
  })

  it('tell the evidence of an item', async () => {
    const path = `${root}/reports/${id}/evidence?benchmark=quiz&index=web`
    const { body } = await request(app).get(`${path}&line=1`).expect(200)
    expectDeclared(contaminationEvidenceRoute, body)
    expect(body).toMatchObject({ isServed: true, item: { id: 'q1', evidence: { category: { number: 1 } } } })
    const { passage } = body.item.evidence.bestDocument
    expect(passage.document).toMatchObject({ index: 'web', externalId: 'page/1' })
    const [[start, end]] = passage.matches
    expect(passage.text.slice(start, end)).toBe(questions[0].slice(0, end - start))
    expect(end - start).toBeGreaterThan(100)
    await request(app).get(`${path}&line=99`).expect(404)
    await request(app).get(`${root}/reports/${id}/evidence?benchmark=other&index=web&line=1`).expect(404)
  })
})

const query = 'name=mine&indexes=web'

function upload(to: Express, body: string | Buffer, asked = query) {
  return request(to).post(`${root}/checks?${asked}`).set('Content-Type', 'application/x-ndjson').send(body)
}

async function waitFor(to: Express, check: string, key?: string) {
  for (;;) {
    const asked = request(to).get(`${root}/checks/${check}`)
    const { body } = await (key === undefined ? asked : asked.set('Authorization', `Bearer ${key}`)).expect(200)
    if (body.check.state !== 'queued' && body.check.state !== 'running') return body.check
    await wait(20)
  }
}

describe('a check', () => {
  it('is taken, done, and read under its id', async () => {
    const { body } = await upload(app, writeBenchmark(), `${query}&category=Mine&views=exact,ignore-case`).expect(202)
    expectDeclared(addCheckRoute, body)
    expect(body.check).toMatchObject({ name: 'mine', indexes: ['web'], itemsInFile: 4, report: null })
    const done = await waitFor(app, body.check.id)
    expect(done).toMatchObject({ state: 'done', report: body.check.id, problem: null, publishedAt: null })
    expectDeclared(checkRoute, (await request(app).get(`${root}/checks/${body.check.id}`).expect(200)).body)
    const report = await request(app).get(`${root}/reports/${done.report}`).expect(200)
    expect(report.body).toMatchObject({
      report: { table: null, benchmarks: [{ name: 'mine', category: 'Mine' }] },
      cells: [
        {
          views: [
            { view: 'exact', dirty: 1 },
            { view: 'ignore-case', dirty: 1 },
          ],
        },
      ],
    })
    const items = `${root}/reports/${done.report}/items?benchmark=mine&index=web&view=ignore-case`
    expect((await request(app).get(items).expect(200)).body.count).toBe(4)
    expect((await request(app).get(`${root}/cells?table=community`)).body.cells).toEqual([])
  })

  it('takes CSV by its name of fields', async () => {
    const csv = `nr,frage\n1,"${questions[0]}"\n`
    const { body } = await request(app)
      .post(`${root}/checks?${query}&format=csv&field=frage`)
      .set('Content-Type', 'text/csv')
      .send(csv)
      .expect(202)
    expect(await waitFor(app, body.check.id)).toMatchObject({ state: 'done', itemsInFile: 1 })
  })

  it('tells each of its states as an event', async () => {
    const { body } = await upload(app, writeBenchmark()).expect(202)
    const events = await request(app).get(`${root}/checks/${body.check.id}`).set('Accept', 'text/event-stream')
    expect(events.headers['content-type']).toContain('text/event-stream')
    const states = [...events.text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data).check.state)
    expect(states.at(-1)).toBe('done')
    expect(events.text).toMatch(/^retry: 1000\n\nevent: state\n/)
    const absent = await request(app).get(`${root}/checks/absent`).set('Accept', 'text/event-stream')
    expect([absent.status, absent.body.code]).toEqual([404, 'unknown-check'])
  })

  it('is forgotten when it is cancelled', async () => {
    const { body } = await upload(app, writeBenchmark()).expect(202)
    const cancelled = await request(app).delete(`${root}/checks/${body.check.id}`).expect(200)
    expect(cancelled.body.check.state).toBe('cancelled')
    await request(app).get(`${root}/checks/${body.check.id}`).expect(404)
    await request(app).get(`${root}/reports/${body.check.id}`).expect(404)
    await request(app).delete(`${root}/checks/${body.check.id}`).expect(404)
  })

  it('needs a key of its own to be published', async () => {
    const { body } = await upload(app, writeBenchmark()).expect(202)
    const refused = await request(app).put(`${root}/checks/${body.check.id}/publication`).expect(403)
    expect(refused.body.detail).toContain('publish')
  })
})

describe('an upload is refused', () => {
  const long = `${JSON.stringify({ question: 'word '.repeat(20) })}\n`
  const cases: readonly [string, string | Buffer, string, number, string, RegExp][] = [
    ['when it is empty', '', query, 400, 'bad-argument', /empty/],
    ['when it holds no items', '\n\n', query, 400, 'bad-benchmark', /upload\.jsonl/],
    ['when it is not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), query, 400, 'bad-benchmark', /UTF-8/],
    ['when a line is no JSON', `${long}{"question": \n`, query, 400, 'bad-benchmark', /upload\.jsonl:2/],
    ['when it lacks the field', long, `${query}&field=frage`, 400, 'bad-benchmark', /frage/],
    ['when it has no field to look for', '{"x": 1}\n', query, 400, 'bad-benchmark', /upload\.jsonl/],
    [
      'when an item is deep',
      `{"question":${'['.repeat(10_000)}${']'.repeat(10_000)}}\n`,
      query,
      400,
      'bad-benchmark',
      /upload\.jsonl:1/,
    ],
    ['with 10^6 items', '{"question":"a"}\n'.repeat(1_000_000), query, 400, 'bad-benchmark', /item/],
    ['for an index that is not served', long, 'name=mine&indexes=nowhere', 404, 'unknown-index', /nowhere/],
    ['for an index that is named twice', long, 'name=mine&indexes=web,web', 400, 'bad-argument', /twice/],
    ['without a name', long, 'indexes=web', 400, 'bad-argument', /name/],
    ['with a link that is none', long, `${query}&link=javascript:alert(1)`, 400, 'bad-argument', /link/],
    ['with a view that is none', long, `${query}&views=fuzzy`, 400, 'bad-argument', /views/],
    ['with a view twice', long, `${query}&views=exact,exact`, 400, 'bad-argument', /twice/],
  ]
  it.each(cases)('%s', async (_name, body, asked, status, code, detail) => {
    const answer = await upload(app, body, asked)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(answer.body.detail).toMatch(detail)
  })

  it('for an index of tokens, whose words have other borders', async () => {
    const reader = registry.open('web')
    const tokens = Object.create(reader, { manifest: { value: { ...reader.manifest, symbols: 'tokens' } } })
    const open = vi.spyOn(registry, 'open').mockReturnValue(tokens)
    const answer = await upload(app, '{"question":"Which gas?"}\n')
    open.mockRestore()
    expect([answer.status, answer.body.code]).toEqual([400, 'bad-argument'])
    expect(answer.body.detail).toMatch(/web is an index of tokens/)
  })

  it('when it is of another media type', async () => {
    const path = `${root}/checks?${query}`
    const answer = await request(app).post(path).set('Content-Type', 'text/html').send('<p>').expect(415)
    expect(answer.body.detail).toContain('application/x-ndjson')
    await request(app).post(path).set('Content-Type', 'text/csv').set('Content-Encoding', 'gzip').send('x').expect(415)
  })
})

describe('a stream that does not end', () => {
  const state: { url?: string; stop?: () => Promise<void> } = {}
  beforeAll(async () => {
    const listener = await listen(createApp(registry, { rateLimit: null }), { host: '127.0.0.1', port: 0 })
    Object.assign(state, { url: listener.url, stop: () => listener.stop() })
  })
  afterAll(() => state.stop?.())

  it('is cut where the limit is, whatever it announces', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x')
    let sentBytes = 0
    const gigabyte = new ReadableStream({
      pull(controller) {
        sentBytes += piece.length
        if (sentBytes > 1024 ** 3) controller.close()
        else controller.enqueue(piece)
      },
    })
    const init = { method: 'POST', body: gigabyte, duplex: 'half', headers: { 'Content-Type': 'text/csv' } }
    const outcome = await fetch(`${state.url}${root}/checks?${query}`, init as RequestInit).then(
      async (response) => [response.status, ((await response.json()) as { code: string }).code],
      () => 'cut',
    )
    // The answer may be lost with the connection that it ends.
    expect(['cut', [413, 'too-large']]).toContainEqual(outcome)
    expect(sentBytes).toBeLessThan(4 * limits.benchmarkUploadBytes)
    const announced = await request(state.url ?? '')
      .post(`${root}/checks?${query}`)
      .set({ 'Content-Type': 'text/csv', 'Content-Length': String(1024 ** 3) })
      .send('x')
      .catch(() => ({ status: 413 }))
    expect(announced.status).toBe(413)
  })
})

const runForEver: RunCheck = (_order, _file, signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

describe('with keys', () => {
  const make = (name: string, scopes: Scope[], indexes = ['*']) =>
    makeApiKey({ id: name, scopes, indexes, expires: null })
  const reading: Scope[] = ['count', 'documents', 'batch']
  const [alice, bob, editor] = [
    make('alice', reading),
    make('bob', reading, ['web']),
    make('editor', [...reading, 'publish']),
  ]
  const keyed = openDesk(registry, { shelf, runner: { pollMs: 50 } })
  const options = { rateLimit: null, apiKeys: new ApiKeys([alice.record, bob.record, editor.record]) }
  const { express: keyApp } = createApp(registry, { ...options, publicScopes: ['count'] }, keyed)
  const { express: closedApp } = createApp(registry, options, keyed)
  afterAll(() => keyed.close())
  const as = ({ key }: { key: string }) => ['Authorization', `Bearer ${key}`] as const

  it('hides indexes that a key may not read, in tables, reports, items and checks', async () => {
    const table = await request(keyApp)
      .get(`${root}/cells`)
      .set(...as(bob))
      .expect(200)
    expect(JSON.stringify(table.body)).not.toContain('secret')
    const report = await request(keyApp)
      .get(`${root}/reports/${id}`)
      .set(...as(bob))
      .expect(200)
    expect(JSON.stringify(report.body)).not.toContain('secret')
    const items = `${root}/reports/${id}/items?benchmark=quiz&index=secret`
    await request(keyApp)
      .get(items)
      .set(...as(bob))
      .expect(404)
    await request(keyApp)
      .get(items)
      .set(...as(alice))
      .expect(200)
    await upload(keyApp, writeBenchmark(), 'name=mine&indexes=secret')
      .set(...as(bob))
      .expect(404)
    const own = await upload(keyApp, writeBenchmark(), 'name=mine&indexes=secret')
      .set(...as(alice))
      .expect(202)
    await request(keyApp)
      .get(`${root}/checks/${own.body.check.id}`)
      .set(...as(bob))
      .expect(404)
  })

  it('lets only the owner cancel, and only `publish` publish and withdraw', async () => {
    const { body } = await upload(keyApp, writeBenchmark())
      .set(...as(alice))
      .expect(202)
    const path = `${root}/checks/${body.check.id}`
    await request(keyApp)
      .delete(path)
      .set(...as(bob))
      .expect(403)
    await waitFor(keyApp, body.check.id, alice.key)
    await request(keyApp)
      .put(`${path}/publication`)
      .set(...as(alice))
      .expect(403)
    const published = await request(keyApp)
      .put(`${path}/publication`)
      .set(...as(editor))
      .expect(200)
    expect(published.body.check).toMatchObject({ expiresAt: null, publishedAt: expect.any(String) })
    expect(published.body.check.report).not.toBe(body.check.id)
    const community = await request(keyApp).get(`${root}/cells?table=community`).expect(200)
    expect(community.body.reports).toMatchObject([{ id: published.body.check.report, table: 'community' }])
    expect(community.body.cells).toHaveLength(1)
    await request(keyApp)
      .delete(path)
      .set(...as(alice))
      .expect(403)
    await request(keyApp)
      .delete(`${path}/publication`)
      .set(...as(editor))
      .expect(200)
    expect((await request(keyApp).get(`${root}/cells?table=community`)).body.cells).toEqual([])
    await request(keyApp)
      .delete(path)
      .set(...as(alice))
      .expect(200)
  })

  it('lets who has no key read what is public, and no more', async () => {
    await request(keyApp).get(`${root}/cells`).expect(200)
    await request(keyApp).get(`${root}/reports/${id}/items?benchmark=quiz&index=web`).expect(403)
    await upload(keyApp, writeBenchmark()).expect(403)
    expect((await request(keyApp).get('/bulletin')).text).toContain('<th scope="row">quiz</th>')
    await request(closedApp).get(`${root}/cells`).expect(401)
    const closed = (await request(closedApp).get('/bulletin')).text
    expect(closed).toContain('API key')
    expect(closed).not.toContain('quiz')
  })

  it('bounds the checks of one key', async () => {
    const stuck = new ContaminationDesk({ hasIndex: () => true, run: runForEver })
    const { express: slow } = createApp(registry, options, stuck)
    const statuses: number[] = []
    for (let at = 0; at < 5; at++) {
      const { status } = await upload(slow, writeBenchmark()).set(...as(alice))
      statuses.push(status)
    }
    expect(statuses).toEqual([202, 202, 202, 202, 429])
    await stuck.close()
  })
})
