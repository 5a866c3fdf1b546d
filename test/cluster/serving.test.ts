import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeRandom } from '../../src/build/testkit/small-corpus.js'
import { type S3Server, startVersitygw, versitygwLack } from '../../src/cluster/store/testkit/versitygw.js'
import { NatsServer, natsServerLack } from '../../src/cluster/testkit/nats-server.js'
import { type CliIndex, cliTexts, makeCliIndex } from '../support/cli-index.js'
import { NaiveCorpus } from '../support/naive-corpus.js'
import { cliLack, cliPath, runCli } from '../support/run-cli.js'

const lack = cliLack ?? versitygwLack ?? natsServerLack
const address = 's3://test/sea'
const servers = 3

let index: CliIndex
let store: S3Server
let broker: NatsServer
let env: Record<string, string>
let router: ChildProcess
let url: string
const shardServers: ChildProcess[] = []
const naive = new NaiveCorpus(cliTexts)

beforeAll(async () => {
  if (lack !== null) return
  index = await makeCliIndex()
  store = await startVersitygw()
  broker = await NatsServer.start()
  env = { ...store.environment, OMNIGRAM_CACHE: join(index.dir, 'cache') }
  expect((await runCli(['publish', index.indexDir, address], { env })).exitCode).toBe(0)
  for (let at = 0; at < servers; at++) shardServers[at] = await startServer(at)
  const flags = ['--cluster', '--nats', broker.url, '--port', '0', '--state', 'memory', '--json', '-q']
  router = spawn(process.execPath, [cliPath, 'serve', address, ...flags], { env: { ...process.env, ...env } })
  url = (await readLine<{ url: string }>(router)).url
})

afterAll(async () => {
  for (const child of [router, ...shardServers]) await kill(child, 'SIGKILL')
  await broker?.stop()
  await store?.stop()
  await index?.remove()
})

async function readLine<Row>(child: ChildProcess): Promise<Row> {
  if (!child.stdout) throw new Error('There is no standard output.')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return JSON.parse(line) as Row
}

async function startServer(at: number): Promise<ChildProcess> {
  const place = ['--index', String(at), '--of', String(servers), '--replicas', '2', '--workers', '1']
  const args = ['shard-server', address, '--nats', broker.url, ...place, '--json', '-q']
  const child = spawn(process.execPath, [cliPath, ...args], { env: { ...process.env, ...env } })
  expect(await readLine(child)).toEqual({ isReady: true })
  return child
}

async function kill(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

interface Answer {
  readonly status: number
  readonly body: { readonly results?: { count: number }[]; readonly generation?: string; readonly type?: string }
  readonly headers: Headers
}

async function ask(patterns: readonly string[]): Promise<Answer> {
  const response = await fetch(`${url}/v1/indexes/sea/count`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ patterns }),
  })
  return { status: response.status, body: (await response.json()) as Answer['body'], headers: response.headers }
}

/** Patterns out of the texts, and one that is nowhere. */
function choosePatterns(seed: number): string[] {
  const random = makeRandom(seed)
  const cut = () => {
    const characters = [...cliTexts[Math.floor(random() * cliTexts.length)]]
    const start = Math.floor(random() * characters.length)
    return characters.slice(start, start + 1 + Math.floor(random() * 6)).join('')
  }
  return [...Array.from({ length: 10 }, cut), 'nowhere']
}

/** Every exact answer is right; whether there was one. */
async function expectRight(seed: number): Promise<boolean> {
  const patterns = choosePatterns(seed)
  const { status, body, headers } = await ask(patterns)
  if (status !== 200) {
    expect([503, 504]).toContain(status)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    return false
  }
  expect(body.results?.map(({ count }) => count)).toEqual(
    patterns.map((pattern) => naive.count(Buffer.from(pattern)).count),
  )
  return true
}

async function expectRecovery(): Promise<void> {
  await expect.poll(() => expectRight(1), { timeout: 60_000, interval: 200 }).toBe(true)
}

describe('a cluster of processes', () => {
  beforeEach((context) => {
    if (lack !== null) context.skip(lack)
  })

  it('answers as the index on one machine does, pages and documents too', async () => {
    for (let seed = 0; seed < 50; seed++) expect(await expectRight(seed)).toBe(true)
    const document = await fetch(`${url}/v1/indexes/sea/documents/2`)
    expect(await document.json()).toMatchObject({ text: cliTexts[2] })
    const found = await runCli(['search', `${url}/v1/indexes/sea`, 'whale', '--json'])
    const here = await runCli(['search', index.indexDir, 'whale', '--json'])
    expect(found.stdout).toBe(here.stdout)
    const metrics = await (await fetch(`${url}/metrics`)).text()
    expect(Number(/^omnigram_cluster_tasks_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(50)
  })

  it('one replica dead: every answer is there and right', async () => {
    await kill(shardServers[1], 'SIGKILL')
    for (let seed = 0; seed < 30; seed++) expect(await expectRight(seed)).toBe(true)
    shardServers[1] = await startServer(1)
  })

  it('one replica stopped without a word: the other one is asked', async () => {
    shardServers[2].kill('SIGSTOP')
    for (let seed = 0; seed < 30; seed++) expect(await expectRight(seed)).toBe(true)
    shardServers[2].kill('SIGCONT')
  })

  it('all replicas of one shard dead: 503 with Retry-After, and answers again when they are back', async () => {
    await kill(shardServers[0], 'SIGKILL')
    await kill(shardServers[1], 'SIGKILL')
    await kill(shardServers[2], 'SIGKILL')
    const { status, body } = await ask(['whale'])
    expect([status, body.type]).toEqual([503, expect.stringContaining('incomplete-answer')])
    for (let at = 0; at < servers; at++) shardServers[at] = await startServer(at)
    await expectRecovery()
  })

  it('broker killed -9 and restarted: 503 in the gap, none wrong, then answers', async () => {
    await broker.kill()
    for (let seed = 0; seed < 5; seed++) expect(await expectRight(seed)).toBe(false)
    await broker.restart()
    await expectRecovery()
  })

  it('store gone: what is served goes on', async () => {
    store.child.kill('SIGSTOP')
    await sleep(3_000)
    for (let seed = 0; seed < 10; seed++) expect(await expectRight(seed)).toBe(true)
    store.child.kill('SIGCONT')
  })

  it('a server that is told to stop says so first: no answer is missed', async () => {
    const stopped = kill(shardServers[0], 'SIGTERM')
    for (let seed = 0; seed < 20; seed++) expect(await expectRight(seed)).toBe(true)
    await stopped
    expect(shardServers[0].exitCode).toBe(0)
    shardServers[0] = await startServer(0)
  })

  it('goes over to a generation that is published, all shards at one time', async () => {
    const before = (await ask(['whale'])).body
    await writeFile(join(index.dir, 'more.jsonl'), '{"text":"one more whale","id":"more"}\n')
    expect((await runCli(['append', index.indexDir, join(index.dir, 'more.jsonl')], { env })).exitCode).toBe(0)
    expect((await runCli(['publish', index.indexDir, address], { env })).exitCode).toBe(0)
    const counts = new Set<string>()
    const isNew = async () => {
      const { status, body } = await ask(['whale'])
      expect(status).toBe(200)
      counts.add(`${body.generation} ${body.results?.[0].count}`)
      return body.generation !== before.generation
    }
    await expect.poll(isNew, { timeout: 60_000, interval: 50 }).toBe(true)
    expect(counts.size).toBe(2)
    expect((await ask(['whale'])).body.results?.[0].count).toBe((before.results?.[0].count ?? 0) + 1)
  })
})
