import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeDocuments, makeRandom, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { type ClusterServices, clusterLack, startClusterServices } from '../support/cluster-services.js'
import { killChild, ProcessCluster, readLine } from '../support/process-cluster.js'
import { cliPath, runCli } from '../support/run-cli.js'

const questions = [
  'Which of the two ships that left the harbour that morning came back with all of its crew, and why?',
  'A farmer has seventeen sheep and sells all but nine of them at the market in town; how many are left?',
  'Nobody ever wrote this question into a corpus, so that no window of it is found in any of the shards.',
]

let services: ClusterServices
/** By index: a router, and a server that holds the same files itself. */
const clusters = new Map<string, ProcessCluster>()
const alone = new Map<string, string>()
const children: ChildProcess[] = []

beforeAll(async () => {
  if (clusterLack !== null) return
  services = await startClusterServices()
  const { dir } = services.index
  const planted = questions.slice(0, 2)
  const texts = makeDocuments(60_000, 9).map(({ text }, at) => `${text} ${planted[at % 50] ?? ''} ${text}`)
  const random = makeRandom(3)
  const ids = Array.from({ length: 60 }, () => Array.from({ length: 50 }, () => Math.floor(random() * 9)))
  const webPath = await writeJsonl(
    join(dir, 'web.jsonl'),
    texts.map((text) => ({ text })),
  )
  const numbersPath = await writeJsonl(
    join(dir, 'numbers.jsonl'),
    ids.map((tokens) => ({ ids: tokens })),
  )
  await serveBoth('web', webPath, ['--shard-size', '16K'])
  await serveBoth('numbers', numbersPath, ['--shard-size', '4K', '--ids-field', 'ids', '--vocabulary', '100'])
})

afterAll(async () => {
  for (const cluster of clusters.values()) await cluster.stop()
  for (const child of children) await killChild(child)
  await services?.stop()
})

async function serveBoth(name: string, input: string, shape: readonly string[]): Promise<void> {
  const { env, broker, index } = services
  const [folder, address] = [join(index.dir, `here/${name}`), `s3://test/${name}`]
  for (const args of [
    ['build', input, '-o', folder, ...shape],
    ['publish', folder, address],
  ]) {
    const { exitCode, stderr } = await runCli([...args, '-q'], { env })
    expect([exitCode, stderr]).toEqual([0, ''])
  }
  clusters.set(name, await ProcessCluster.start({ address, servers: 2, replicas: 1, env, brokerUrl: broker.url }))
  const flags = ['--port', '0', '--state', 'memory', '--json', '-q']
  const child = spawn(process.execPath, [cliPath, 'serve', folder, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  alone.set(name, (await readLine<{ url: string }>(child)).url)
}

/** What both answer, without what differs from request to request. */
async function askBoth(name: string, ask: (url: string) => Promise<unknown>): Promise<unknown> {
  const [here, there] = [await ask(alone.get(name) ?? ''), await ask(clusters.get(name)?.url ?? '')]
  expect(there).toEqual(here)
  return here
}

async function post(url: string, body: unknown, type = 'application/json'): Promise<Record<string, never>> {
  const content = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: content })
  const { tookMs: _, ...answer } = (await response.json()) as Record<string, never>
  expect([response.status, answer]).toEqual([response.status < 300 ? response.status : 200, answer])
  return answer
}

async function get(url: string): Promise<Record<string, never>> {
  const { tookMs: _, ...answer } = (await (await fetch(url)).json()) as Record<string, never>
  return answer
}

/** Adds work that outlives its request, and waits for its end. */
async function doJob(url: string, body: string, kind: 'check' | 'job'): Promise<string> {
  const added = (await post(url, body, 'application/x-ndjson')) as unknown as Record<string, { id: string }>
  const path = `${url.split('?')[0]}/${added[kind].id}`
  for (;;) {
    const state = (await get(path)) as unknown as Record<string, { state: string; problem: unknown }>
    if (state[kind].state === 'done') return added[kind].id
    expect(['queued', 'running'], JSON.stringify(state)).toContain(state[kind].state)
    await sleep(100)
  }
}

describe('what is built on the index, over a router', () => {
  beforeEach((context) => {
    if (clusterLack !== null) context.skip(clusterLack)
  })

  it('contamination: items, views and evidence as on one machine', async () => {
    const benchmark = questions.map((question, at) => `${JSON.stringify({ id: `q${at}`, question })}\n`).join('')
    const answer = await askBoth('web', async (url) => {
      const root = `${url}/v1/contamination`
      const id = await doJob(`${root}/checks?name=quiz&indexes=web&views=exact,ignore-case`, benchmark, 'check')
      const path = `${root}/reports/${id}`
      const { items } = await get(`${path}/items?benchmark=quiz&index=web`)
      const { item } = await get(`${path}/evidence?benchmark=quiz&index=web&line=1`)
      return { items, item }
    })
    const { items } = answer as { items: { id: string; views: { class: string }[] }[] }
    expect(items.map(({ id, views }) => [id, views[0].class]).sort()).toEqual([
      ['q0', 'dirty'],
      ['q1', 'dirty'],
      ['q2', 'clean'],
    ])
  })

  it('traps: counted as on one machine', async () => {
    const registry = questions
      .map((text, at) => ({ id: `t${at}`, text, role: at === 2 ? 'control' : 'trap', repetitions: at === 2 ? 0 : 1 }))
      .map((trap) => `${JSON.stringify({ ...trap, tokens: [1, 2, 3], perplexity: 20, bucket: 1, seed: 1 })}\n`)
      .join('')
    const answer = await askBoth('web', async (url) => {
      const id = await doJob(`${url}/v1/traps/jobs?task=presence&indexes=web`, registry, 'job')
      const { result } = await get(`${url}/v1/traps/jobs/${id}/result`)
      return result
    })
    expect(JSON.stringify(answer)).toContain('t1')
  })

  it('drafts and filters: as on one machine', async () => {
    const context = { ids: [1, 2, 3, 4, 5, 6] }
    const drafts = { contexts: [{ context }, { context: { ids: [7, 7] } }], drafter: 'retrieval', nodes: 16, depth: 4 }
    await askBoth('numbers', (url) => post(`${url}/v1/indexes/numbers/drafts`, drafts))
    const candidates = Array.from({ length: 9 }, (_, token) => token)
    const filter = { drafts: [[1, 2, 3], [4], []], candidates }
    await askBoth('numbers', (url) => post(`${url}/v1/indexes/numbers/filter`, filter))
    await askBoth('numbers', (url) => post(`${url}/v1/indexes/numbers/next`, { pattern: { ids: [3, 4] } }))
    await askBoth('numbers', (url) =>
      post(`${url}/v1/indexes/numbers/count`, { patterns: [{ ids: [3, 4] }, { ids: [] }] }),
    )
  })
})
