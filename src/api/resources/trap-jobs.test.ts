import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../app.js'
import { openDesk } from '../contamination/contamination-desk.js'
import { ApiKeys, type KeyRecord, makeApiKey } from '../guards/api-keys.js'
import { expectDeclared } from '../testkit/expect-answer.js'
import { makeTestRegistry } from '../testkit/test-app.js'
import type { RunTrapJob } from '../traps/run-trap-job.js'
import { TrapDesk } from '../traps/trap-desk.js'
import type { TrapResult } from '../traps/trap-job.js'
import { trapJobRoute, trapResultRoute } from './trap-job.js'

const texts = ['velvet engines hum beneath the orchard', 'seven patient lanterns argue over rain']

const line = (id: string, text: string, role: 'trap' | 'control', repetitions: number) =>
  `${JSON.stringify({ id, text, tokens: [1, 2, 3], perplexity: 20, bucket: 1, seed: 1, role, repetitions })}\n`

const registry = [
  line('one', texts[0], 'trap', 2),
  line('two', texts[1], 'trap', 1),
  line('none', 'copper umbrellas vote', 'control', 0),
].join('')

const scores = ['one', 'two', 'none']
  .map((trap, at) => `${JSON.stringify({ trap, logProbabilities: [-1 - at, -2] })}\n`)
  .join('')

const indexes = makeTestRegistry([
  { name: 'before', documents: [{ text: `${texts[0]} ${texts[0]}`, externalId: 'a' }, { text: texts[1] }] },
  { name: 'after', documents: [{ text: texts[1] }] },
])

const rights = { indexes: ['*'], expires: null }
const makeKey = (id: string, more: Partial<KeyRecord>) =>
  makeApiKey({ ...rights, id, scopes: ['batch', 'documents'], ...more })
const keys = {
  owner: makeKey('owner', {}),
  other: makeKey('other', {}),
  batch: makeKey('batch', { scopes: ['batch'] }),
  narrow: makeKey('narrow', { indexes: ['after'] }),
}

const desk = new TrapDesk(indexes, { runner: { pollMs: 20 } })
const contamination = openDesk(indexes)
const app = createApp(indexes, { rateLimit: null }, contamination, undefined, desk).express
const guarded = createApp(
  indexes,
  { rateLimit: null, apiKeys: new ApiKeys(Object.values(keys).map(({ record }) => record)) },
  contamination,
  undefined,
  desk,
).express

afterAll(() => Promise.all([desk.close(), contamination.close()]))

function post(query: string, body: string | Buffer = registry, to = app) {
  return request(to).post(`/v1/traps/jobs?${query}`).set('content-type', 'application/x-ndjson').send(body)
}

async function waitUntilEnded(id: string) {
  for (;;) {
    const { body } = await request(app).get(`/v1/traps/jobs/${id}`).expect(200)
    expectDeclared(trapJobRoute, body)
    if (body.job.state !== 'queued' && body.job.state !== 'running') return body.job
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function ask(query: string, body = registry) {
  const { body: added } = await post(query, body).expect(202)
  expect(await waitUntilEnded(added.job.id)).toMatchObject({ state: 'done', problem: null })
  const answer = await request(app).get(`/v1/traps/jobs/${added.job.id}/result`).expect(200)
  expectDeclared(trapResultRoute, answer.body)
  // A result names traps by their ids.
  for (const text of texts) expect(answer.text).not.toContain(text)
  return answer.body.result
}

describe('a job', () => {
  it('counts traps beside the plan', async () => {
    const { presence } = await ask('task=presence&indexes=before,after')
    const rows = presence.map((row: Record<string, unknown>) => [row.trap, row.index, row.planned, row.found])
    expect(rows).toEqual([
      ['one', 'before', 2, 2],
      ['two', 'before', 1, 1],
      ['none', 'before', 0, 0],
      ['one', 'after', 2, 0],
      ['two', 'after', 1, 1],
      ['none', 'after', 0, 0],
    ])
    const { presence: leaks } = await ask('task=presence&indexes=after&leaks=true')
    expect(leaks.map(({ isAsPlanned }: { isAsPlanned: boolean }) => isAsPlanned)).toEqual([true, false, true])
  })

  it('finds near copies, and what a cleaning left', async () => {
    const { neighbours } = await ask('task=neighbours&indexes=before&replaced=1')
    expect(neighbours[0]).toMatchObject({ trap: 'one', histogram: [{ distance: 0, count: 2 }] })
    const { survival, survivalRates } = await ask('task=survival&indexes=before,after&length=20')
    expect(survival).toMatchObject([
      { trap: 'one', before: 2, after: 0, predicted: 0 },
      { trap: 'two', before: 1, after: 1, predicted: 1 },
    ])
    expect(survivalRates).toHaveLength(2)
  })

  it('compares scores, with numbers and intervals', async () => {
    const { detections } = await ask('task=detection&seed=3', registry + scores)
    expect(detections.map(({ score }: { score: string }) => score)).toEqual(['perplexity', 'min-k', 'zlib', 'ratio'])
    expect(detections[0].groups[0]).toMatchObject({ by: 'all', members: 2, nonMembers: 1, auc: 1 })
    expect(detections[0].roc).toHaveLength(101)
  })

  it('is followed by events up to its end', async () => {
    const { body } = await post('task=presence&indexes=before').expect(202)
    const events = await request(app)
      .get(`/v1/traps/jobs/${body.job.id}`)
      .set('accept', 'text/event-stream')
      .expect(200)
    const states = events.text.split('\n').filter((text) => text.startsWith('data: '))
    expect(JSON.parse(states.at(-1)?.slice(6) ?? '').job).toMatchObject({ id: body.job.id, state: 'done' })
  })

  it('is forgotten when it is cancelled', async () => {
    const { body } = await post('task=presence&indexes=before').expect(202)
    const path = `/v1/traps/jobs/${body.job.id}`
    expect((await request(app).delete(path).expect(200)).body.job.state).toBe('cancelled')
    await request(app).get(path).expect(404)
    expect((await request(app).get(`${path}/result`).expect(404)).body.code).toBe('unknown-job')
  })
})

describe('what is refused', () => {
  it.each([
    ['task=presence', registry, 'bad-argument'],
    ['task=presence&indexes=nowhere', registry, 'unknown-index'],
    ['task=presence&indexes=before,before', registry, 'bad-argument'],
    ['task=survival&indexes=before', registry, 'bad-argument'],
    ['task=detection&indexes=before', registry + scores, 'bad-argument'],
    ['task=detection', registry, 'bad-registry'],
    ['task=presence&indexes=before', registry + scores, 'bad-registry'],
    ['task=guess&indexes=before', registry, 'bad-argument'],
    ['task=neighbours&indexes=before&replaced=51', registry, 'bad-argument'],
    ['task=presence&indexes=before', 'nonsense\n', 'bad-registry'],
    ['task=presence&indexes=before', '\n\n', 'bad-registry'],
    ['task=presence&indexes=before', `${'['.repeat(200_000)}\n`, 'bad-registry'],
    ['task=presence&indexes=before', registry + registry, 'bad-registry'],
    ['task=presence&indexes=before', line('long', 'x'.repeat(10_001), 'trap', 1), 'bad-registry'],
    ['task=presence&indexes=before', line('x'.repeat(201), 'text', 'trap', 1), 'bad-registry'],
    ['task=presence&indexes=before', Buffer.from([0xff, 0xfe, 0x0a]), 'bad-registry'],
    ['task=presence&indexes=before', '{"__proto__":{"id":"a"}}\n', 'bad-registry'],
  ])('%s', async (query, body, code) => {
    const response = await post(query, body)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    expect(response.body.code).toBe(code)
  })

  it('more traps than one job may have', async () => {
    const many = Array.from({ length: 10_001 }, (_, at) => line(`t${at}`, `text ${at}`, 'trap', 1)).join('')
    const { body } = await post('task=presence&indexes=before', many).expect(400)
    expect(body.detail).toContain('10001 traps, the limit is 10000')
  })

  it('a result that is not there, and jobs that never were', async () => {
    expect((await request(app).get('/v1/traps/jobs/nobody').expect(404)).body.code).toBe('unknown-job')
    expect((await request(app).delete('/v1/traps/jobs/nobody').expect(404)).body.code).toBe('unknown-job')
  })
})

describe('with keys', () => {
  const bearer = ({ key }: { key: string }) => `Bearer ${key}`
  const job = { id: '' }
  beforeAll(async () => {
    const { body } = await post('task=presence&indexes=before', registry, guarded)
      .set('authorization', bearer(keys.owner))
      .expect(202)
    job.id = body.job.id
  })

  it.each([
    ['owner', 200],
    ['other', 404],
    ['batch', 404],
    ['narrow', 404],
  ] as const)('the job of a key is that key’s alone: %s is told %i', async (name, status) => {
    const response = await request(guarded).get(`/v1/traps/jobs/${job.id}`).set('authorization', bearer(keys[name]))
    expect(response.status).toBe(status)
  })

  it('documents are named to those who may read them, and hidden indexes do not exist', async () => {
    const ask = (query: string, who: { key: string }) =>
      post(query, registry, guarded).set('authorization', bearer(who))
    await ask('task=presence&indexes=before', keys.batch).expect(403)
    await ask('task=survival&indexes=before,after', keys.batch).expect(202)
    expect((await ask('task=presence&indexes=before', keys.narrow).expect(404)).body.code).toBe('unknown-index')
    await post('task=presence&indexes=before', registry, guarded).expect(401)
  })
})

describe('jobs that wait', () => {
  it('are few for each account, and a result comes when it is done', async () => {
    const ends: ((result: TrapResult) => void)[] = []
    const run: RunTrapJob = (_order, _file, signal) =>
      new Promise((resolve, reject) => {
        ends.push(resolve)
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const slow = new TrapDesk(indexes, { run, runner: { pollMs: 20 } })
    const busy = createApp(indexes, { rateLimit: null }, contamination, undefined, slow).express
    const add = () => post('task=presence&indexes=before', registry, busy)
    const { body: first } = await add().expect(202)
    const { body: second } = await add().expect(202)
    expect(second.job.waiting).toBe(1)
    expect((await add().expect(429)).body.code).toBe('rate-limited')
    const path = `/v1/traps/jobs/${first.job.id}/result`
    expect((await request(busy).get(path).expect(409)).body.code).toBe('unfinished-job')
    ends[0]({ task: 'presence', rows: [] })
    await expect.poll(async () => (await request(busy).get(path)).status).toBe(200)
    await slow.close()
  })
})
