/** Does the server keep what its OpenAPI document promises, whatever is sent? Asked by schemathesis. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../src/api/app.js'
import { type ContaminationDesk, openDesk } from '../../src/api/contamination/contamination-desk.js'
import { type Listener, listen } from '../../src/api/listen.js'
import { corpora, makeTestShelf, writeBenchmark } from '../../src/api/testkit/contamination-corpus.js'
import { makeTestRegistry, testIndexes } from '../../src/api/testkit/test-app.js'

const program = fileURLToPath(new URL('../../.omnigram/venv/bin/schemathesis', import.meta.url))

/** Values that exist, so that more than the refusals is tried. */
const knownEverywhere: Readonly<Record<string, readonly (string | number)[]>> = {
  names: ['fruit', 'poems', 'fruit,poems'],
  id: ['0', '1', 'id:sun'],
  code: ['bad-argument', 'internal'],
  field: ['source'],
  index: ['fruit', 'poems'],
  start: [0, 1],
  end: [3, 99],
}

/** The same for single operations, where a name means something else. */
const knownByOperation: Record<string, Readonly<Record<string, readonly (string | number)[]>>> = {}

/** What needs a key, which there is none of here; the tests of the resource have them. */
const needKeys = ['/v1/contamination/checks/{id}/publication']

/** What needs an index of tokens, likewise. */
const needTokens = ['filter', 'drafts', 'allowed', 'stream', 'complete'].map((name) => `/v1/indexes/{names}/${name}`)

/** A list with too many members may also be refused for its size, before anybody has counted them. */
const settings = `[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]
`

const folder = { path: '' }
const state: { server: Listener | null; desk: ContaminationDesk | null } = { server: null, desk: null }

beforeAll(async () => {
  folder.path = await mkdtemp(join(tmpdir(), 'omnigram-schemathesis-'))
  const indexes = testIndexes.map((index) => ({ ...index, facetFields: ['source'] }))
  const registry = makeTestRegistry([...indexes, ...corpora])
  const shelf = await makeTestShelf(registry)
  const desk = openDesk(registry, { shelf })
  const app = createApp(registry, { rateLimit: null, hasOpenMetrics: true }, desk)
  state.server = await listen(app, { host: '127.0.0.1', port: 0 })
  state.desk = desk
  const [{ id }] = shelf.list()
  const [toRead, ...toCancel] = await addChecks(state.server.url, 4)
  const cell = { id: [id], benchmark: ['quiz'], index: ['web'], class: ['dirty'], view: ['exact'] }
  Object.assign(knownByOperation, {
    readContaminationReport: { id: [id] },
    listContaminationItems: cell,
    readContaminationEvidence: { ...cell, line: [1, 2] },
    addCheck: { indexes: ['web', 'fruit,poems'], format: ['jsonl'], field: ['question'], answerField: ['answer'] },
    readCheck: { id: [toRead] },
    cancelCheck: { id: toCancel },
    publishCheck: { id: [toRead] },
    withdrawCheck: { id: [toRead] },
  })
  const jobs = await addTrapJobs(state.server.url, 3)
  const names = { indexes: ['fruit', 'fruit,poems'], method: ['line'], length: [20], replaced: [2], seed: [1] }
  Object.assign(knownByOperation, {
    addTrapJob: { task: ['presence', 'neighbours', 'survival'], ...names },
    readTrapJob: { id: jobs.slice(0, 1) },
    readTrapResult: { id: jobs.slice(0, 1) },
    cancelTrapJob: { id: jobs.slice(1) },
  })
})

/** Jobs on traps that are done; their ids. */
async function addTrapJobs(url: string, count: number): Promise<string[]> {
  const trap = {
    id: 'a',
    text: 'zebra quartz',
    tokens: [1],
    perplexity: 2,
    bucket: 0,
    seed: 1,
    role: 'trap',
    repetitions: 1,
  }
  const init = {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: `${JSON.stringify(trap)}\n`,
  }
  const ids: string[] = []
  while (ids.length < count) {
    const response = await fetch(`${url}/v1/traps/jobs?task=presence&indexes=fruit`, init)
    const { job } = (await response.json()) as { job: { id: string } }
    ids.push(job.id)
    // A client may have two jobs at a time.
    while ((await fetch(`${url}/v1/traps/jobs/${job.id}/result`)).status !== 200) await sleep(50)
  }
  return ids
}

/** Checks that somebody has begun; their ids. */
async function addChecks(url: string, count: number): Promise<string[]> {
  const path = `${url}/v1/contamination/checks?name=mine&indexes=web`
  const init = { method: 'POST', headers: { 'Content-Type': 'application/x-ndjson' }, body: writeBenchmark() }
  const ids: string[] = []
  while (ids.length < count) {
    const { check } = (await (await fetch(path, init)).json()) as { check: { id: string } }
    ids.push(check.id)
  }
  return ids
}

afterAll(async () => {
  await state.server?.stop()
  await state.desk?.close()
  await rm(folder.path, { recursive: true })
})

it('finds no 5xx and no breach of the schema', async (context) => {
  if (!existsSync(program)) context.skip('schemathesis is not installed: node scripts/setup-test-tools.mjs')
  const url = state.server?.url ?? ''
  const description = (await (await fetch(`${url}/openapi.json`)).json()) as Description
  await writeFile(join(folder.path, 'openapi.json'), JSON.stringify(narrow(description)))
  await writeFile(join(folder.path, 'schemathesis.toml'), settings)
  const { exitCode, output } = await run([
    'run',
    'openapi.json',
    '--url',
    url,
    '--no-color',
    '--seed',
    '1',
    '--workers',
    '1',
    '--max-examples',
    '40',
    '--phases',
    'examples,coverage,fuzzing',
    '--suppress-health-check',
    'all',
    // Rules between two fields of a request cannot be told in a schema, so a valid request may be refused.
    '--exclude-checks',
    'positive_data_acceptance',
  ])
  expect(output).toContain('SUMMARY')
  expect(exitCode, output).toBe(0)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const method of Object.keys(methods)) {
      const route = path.replace(/{(\w+)}/g, ':$1')
      // The pages may be installed or not.
      if ((path === '/' && method === 'get') || [...needKeys, ...needTokens].includes(path)) continue
      const answered = [200, 202].map(
        (status) => `method="${method.toUpperCase()}",route="${route}",status="${status}"`,
      )
      expect(
        answered.some((line) => metrics.includes(line)),
        `Only ever refused: ${answered[0]}`,
      ).toBe(true)
    }
  }
})

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Formats that schemathesis cannot write; MessagePack is compared with JSON elsewhere. */
const unwritable = ['application/vnd.msgpack', 'application/vnd.apache.parquet', 'application/x-ndjson']

/** What schemathesis can write of a description, and of what it could not guess the values that are served. */
function narrow(value: unknown, known = knownEverywhere): unknown {
  if (Array.isArray(value)) return value.map((inner) => narrow(inner, known))
  if (typeof value !== 'object' || value === null) return value
  const { operationId } = value as { operationId?: unknown }
  if (typeof operationId === 'string' && known === knownEverywhere) {
    return narrow(value, { ...known, ...knownByOperation[operationId] })
  }
  const entries = Object.entries(value).filter(([key]) => !unwritable.includes(key))
  const narrowed = Object.fromEntries(entries.map(([key, inner]) => [key, narrow(inner, known)]))
  const { name, properties } = narrowed
  if (typeof name === 'string' && Object.hasOwn(known, name)) return { ...narrowed, schema: { enum: known[name] } }
  if (!isObject(properties) || !('query_type' in properties || 'limit' in properties)) return narrowed
  const named = Object.keys(properties).filter((key) => Object.hasOwn(known, key))
  const enums = Object.fromEntries(named.map((key) => [key, { enum: known[key] }]))
  return { ...narrowed, properties: { ...properties, ...enums } }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function run(args: readonly string[]): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder.path })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    child.on('error', reject).on('close', (exitCode) => resolve({ exitCode, output }))
  })
}
