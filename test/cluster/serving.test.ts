import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cliTexts } from '../support/cli-index.js'
import { type ClusterServices, clusterLack, startClusterServices } from '../support/cluster-services.js'
import { killChild, ProcessCluster } from '../support/process-cluster.js'
import { RightAnswers } from '../support/right-answers.js'
import { runCli } from '../support/run-cli.js'
import { launchBrowser, missingBrowser, openPage } from '../web/browser.js'

const servers = 3

let services: ClusterServices
let cluster: ProcessCluster
let answers: RightAnswers

beforeAll(async () => {
  if (clusterLack !== null) return
  services = await startClusterServices()
  answers = await RightAnswers.of(services.index.indexDir, cliTexts)
  const { address, env, broker } = services
  cluster = await ProcessCluster.start({ address, servers, replicas: 2, env, brokerUrl: broker.url })
})

afterAll(async () => {
  await cluster?.stop()
  await services?.stop()
})

const expectRight = (seed: number) => answers.expectRight(cluster, seed)

/** Kills two of three servers, and waits until the router knows of the third one and of no other. */
async function leaveOneServer(): Promise<void> {
  await killChild(cluster.shardServers[0])
  await killChild(cluster.shardServers[1])
  const isOneLeft = async () => {
    const { partial } = (await cluster.ask(['a'], { partial: 'allow' })).body
    return partial !== undefined && partial.missing.length > 0 && partial.missing.length < partial.shards
  }
  await expect.poll(isOneLeft).toBe(true)
}

async function visit(path: string, see: (page: Page) => Promise<void>): Promise<void> {
  const browser = await launchBrowser()
  const { page, close } = await openPage(browser, cluster.url, path)
  try {
    await see(page)
  } finally {
    await close()
    await browser.close()
  }
}

describe('a cluster of processes', () => {
  beforeEach((context) => {
    if (clusterLack !== null) context.skip(clusterLack)
  })

  it('answers as the index on one machine does, pages and documents too', async () => {
    for (let seed = 0; seed < 50; seed++) expect(await expectRight(seed)).toBe(true)
    const document = await fetch(`${cluster.url}/v1/indexes/sea/documents/2`)
    expect(await document.json()).toMatchObject({ text: cliTexts[2] })
    const found = await runCli(['search', `${cluster.url}/v1/indexes/sea`, 'whale', '--json'])
    const here = await runCli(['search', services.index.indexDir, 'whale', '--json'])
    expect(found.stdout).toBe(here.stdout)
    const metrics = await (await fetch(`${cluster.url}/metrics`)).text()
    expect(Number(/^omnigram_cluster_tasks_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(50)
  })

  it('one replica dead: every answer is there and right', async () => {
    await killChild(cluster.shardServers[1])
    for (let seed = 0; seed < 30; seed++) expect(await expectRight(seed)).toBe(true)
    await cluster.startServer(1)
  })

  it('one replica stopped without a word: the other one is asked', async () => {
    cluster.shardServers[2].kill('SIGSTOP')
    for (let seed = 0; seed < 30; seed++) expect(await expectRight(seed)).toBe(true)
    cluster.shardServers[2].kill('SIGCONT')
  })

  it('all replicas of one shard dead: 503 with Retry-After, and answers again when they are back', async () => {
    await killChild(cluster.shardServers[0])
    await killChild(cluster.shardServers[1])
    await killChild(cluster.shardServers[2])
    const { status, body } = await cluster.ask(['whale'])
    expect([status, body.code]).toEqual([503, 'incomplete-answer'])
    for (let at = 0; at < servers; at++) await cluster.startServer(at)
    await answers.expectRecovery(cluster)
  })

  it('shards without a server: answered in part when that is asked for, and marked as such', async () => {
    await leaveOneServer()
    const post = async (route: string, body: object) => {
      const response = await fetch(`${cluster.url}/v1/indexes/sea/${route}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, body: (await response.json()) as Record<string, never> }
    }
    const { status, body } = await cluster.ask(['a', 'whale'], { partial: 'allow', perShard: true })
    const { partial, results = [] } = body
    expect([status, (body as { exact?: boolean }).exact]).toEqual([200, false])
    expect(partial?.missing.length).toBeGreaterThan(0)
    expect(partial?.missing.length).toBeLessThan(partial?.shards ?? 0)
    const whole = await answers.count(['a', 'whale'])
    for (const [at, result] of results.entries()) {
      expect(result.count).toBeUndefined()
      expect(result.countLowerBound).toBeLessThanOrEqual(whole[at])
      expect(partial?.missing.every(({ shard }) => result.shards?.[shard] === null)).toBe(true)
    }
    for (const [route, request] of [
      ['find', { pattern: 'a' }],
      ['documents', { pattern: 'a', limit: 1 }],
      ['documents', { all: ['a'], limit: 1 }],
      ['next', { pattern: 'a' }],
      ['facets', { pattern: 'a', field: 'source' }],
      ['trace', { text: 'the white whale', minBytes: 1 }],
    ] as const) {
      const answer = await post(route, { ...request, partial: 'allow' })
      expect([route, answer.status, answer.body.exact]).toEqual([route, 200, false])
      expect(answer.body.partial).toEqual(partial)
      const exactFields = /"(count|otherCount|valueCount|occurrences|documents|coverage)":\d|"nextCursor":"/
      expect(JSON.stringify({ ...answer.body, partial: null })).not.toMatch(exactFields)
      expect((await post(route, request)).body.code).toBe('incomplete-answer')
    }
    const link = await fetch(`${cluster.url}/v1/indexes/sea/count?q=a&partial=allow`)
    expect([link.status, link.headers.get('etag'), link.headers.get('cache-control')]).toEqual([
      200,
      null,
      'private, no-store',
    ])
    const cli = await runCli(['count', `${cluster.url}/v1/indexes/sea`, 'a', '--partial', '--json'])
    expect(cli.rows()).toMatchObject([{ pattern: 'a', countLowerBound: results[0].countLowerBound, partial }])
    const shown = await runCli(['count', `${cluster.url}/v1/indexes/sea`, 'a', '--partial'])
    expect(shown.stdout).toMatch(/^ *≥ \d+\ta\n/)
    expect(shown.stderr).toMatch(/partial answer: \d+ of \d+ shards are missing/)
    const ask = (...args: string[]) => runCli([args[0], `${cluster.url}/v1/indexes/sea`, ...args.slice(1), '--partial'])
    const hits = await ask('search', 'a', '--json')
    expect(hits.rows().length).toBeGreaterThan(0)
    for (const row of hits.rows()) expect(row).toMatchObject({ document: expect.any(Number), partial })
    expect((await ask('search', 'a')).stderr).toMatch(/^≥ \d+ occurrences in ≥ \d+ documents$/m)
    for (const row of (await ask('search', '--all', 'a', '--json')).rows()) expect(row.partial).toEqual(partial)
    const [facet] = (await ask('search', 'a', '--facet', 'source', '--json')).rows()
    expect(facet).toMatchObject({ occurrencesLowerBound: expect.any(Number), exact: false, partial })
    expect(facet.occurrences).toBeUndefined()
    const [next] = (await ask('next', 'a', '--json')).rows()
    expect(next).toMatchObject({ countLowerBound: results[0].countLowerBound, partial })
    expect(JSON.stringify(next)).not.toMatch(/"count":/)
    expect((await ask('next', 'a')).stdout).toMatch(/^≥ \d+ occurrences\n/)
    const textPath = join(services.index.dir, 'answer.txt')
    await writeFile(textPath, 'They saw the white whale at sea.')
    const [trace] = (await ask('trace', textPath, '--json')).rows()
    expect(trace).toMatchObject({ spans: expect.anything(), exact: false, partial })
    expect(JSON.stringify({ ...trace, partial: null })).not.toMatch(/"(count|coverage\w*)":/)
    const said = await ask('trace', textPath)
    expect(said.stderr).toMatch(/^\d+ spans$/m)
    expect(said.stderr).toMatch(/partial answer: \d+ of \d+ shards are missing/)
    const refused = await runCli(['search', `${cluster.url}/v1/indexes/sea`, 'a'])
    expect([refused.exitCode, refused.stderr]).toEqual([5, expect.stringContaining('--partial')])
    const absent = await runCli(['count', `${cluster.url}/v1/indexes/sea`, 'nowhere', '--partial', '--fail-absent'])
    expect([absent.exitCode, absent.stderr]).toEqual([5, expect.stringContaining('missing cannot say')])
    await cluster.startServer(0)
    await cluster.startServer(1)
    await answers.expectRecovery(cluster)
    expect((await cluster.ask(['a'], { partial: 'allow' })).body).toMatchObject({ results: [{ count: whole[0] }] })
  })

  it('shards without a server: nothing is judged by the others', async () => {
    await leaveOneServer()
    const post = async (path: string, body: string, type: string) => {
      const headers = { 'content-type': type }
      const response = await fetch(`${cluster.url}${path}`, { method: 'POST', headers, body })
      return { status: response.status, body: (await response.json()) as Record<string, Record<string, string>> }
    }
    const lines = [
      { id: 'q0', question: 'Is the white whale that they saw at sea the one that had been there before?' },
      { id: 'q1', question: 'Nobody ever wrote this question into a corpus of texts about the sea and its ships.' },
    ]
    const trap = { id: 't0', text: 'the whale', role: 'trap', repetitions: 1, tokens: [1], perplexity: 2, bucket: 1 }
    const jobs = [
      [
        'check',
        '/v1/contamination/checks',
        '?name=quiz&indexes=sea',
        lines.map((line) => JSON.stringify(line)).join('\n'),
      ],
      ['job', '/v1/traps/jobs', '?task=presence&indexes=sea', JSON.stringify({ ...trap, seed: 1 })],
    ] as const
    for (const [kind, path, query, content] of jobs) {
      const added = await post(`${path}${query}`, `${content}\n`, 'application/x-ndjson')
      expect([kind, added.status, added.body]).toEqual([
        kind,
        added.status,
        expect.objectContaining({ [kind]: expect.anything() }),
      ])
      const { id } = added.body[kind]
      const readState = async () => {
        const answer = (await (await fetch(`${cluster.url}${path}/${id}`)).json()) as Record<string, { state: string }>
        return answer[kind]
      }
      await expect.poll(async () => (await readState()).state, { timeout: 60_000 }).toBe('failed')
      expect(await readState()).toMatchObject({
        problem: { code: 'incomplete-answer', detail: expect.stringMatching(/[Ss]hards? \d/) },
      })
      // Not even where somebody asks for it.
      const wished = await post(`${path}${query}&partial=allow`, `${content}\n`, 'application/x-ndjson')
      expect([kind, wished.status, wished.body.code]).toEqual([kind, 400, 'bad-argument'])
    }
    const counts = await post(
      '/v1/indexes/sea/filter',
      JSON.stringify({ drafts: [], candidates: [], partial: 'allow' }),
      'application/json',
    )
    expect(counts.status).toBe(400)
    await cluster.startServer(0)
    await cluster.startServer(1)
    await answers.expectRecovery(cluster)
  })

  it('shards without a server: the trace page says so, and shows what the others answer when that is wanted', async (context) => {
    if (missingBrowser !== null) context.skip(missingBrowser)
    await leaveOneServer()
    await visit('/trace', async (page) => {
      await page.getByLabel('Text', { exact: true }).fill('They saw the white whale at sea.')
      await page.getByRole('button', { name: 'Trace' }).click()
      await page.getByRole('alert').getByText('Not every shard answered').waitFor()
      await page.getByRole('button', { name: 'Ask the shards that are there' }).click()
      await page.getByText(/Partial answer: \d of \d shards are missing/).waitFor()
      await page.locator('.trace-summary', { hasText: /^\d+ spans?\. / }).waitFor()
      await cluster.startServer(0)
      await cluster.startServer(1)
      await answers.expectRecovery(cluster)
      await page.getByRole('button', { name: 'ask for the whole answer' }).click()
      await page.getByText('Partial answer').waitFor({ state: 'detached' })
      expect(await page.locator('.trace-summary').first().textContent()).toMatch(/covers? .*% of the text/)
    })
  })

  it('shards without a server: the page says so, and shows what the others answer when that is wanted', async (context) => {
    if (missingBrowser !== null) context.skip(missingBrowser)
    await leaveOneServer()
    await visit('/?index=sea&q=a', async (page) => {
      await page.getByRole('alert').getByText('Not every shard answered').waitFor()
      await page.getByRole('button', { name: 'Ask the shards that are there' }).click()
      await page.getByText(/Partial answer: \d of \d shards are missing/).waitFor()
      await page.locator('.count', { hasText: /^≥ \d+ occurrences? in ≥ \d+ documents?$/ }).waitFor()
      await expect.poll(() => page.url()).toContain('partial=1')
      await page.locator('.results li').first().waitFor()
      await page.locator('#pattern').fill('nowhere')
      await page.getByText('those that are missing cannot say').waitFor()
      await page.locator('#pattern').fill('a')
      await cluster.startServer(0)
      await cluster.startServer(1)
      await answers.expectRecovery(cluster)
      await page.getByRole('button', { name: 'ask for the whole answer' }).click()
      await page.getByText('Partial answer').waitFor({ state: 'detached' })
      const [whole] = await answers.count(['a'])
      await page.locator('.count strong', { hasText: new RegExp(`^${whole}$`) }).waitFor()
      await expect.poll(() => page.url()).not.toContain('partial')
    })
  })

  it('broker killed -9 and restarted: 503 in the gap, none wrong, then answers', async () => {
    await services.broker.kill()
    for (let seed = 0; seed < 5; seed++) expect(await expectRight(seed)).toBe(false)
    await services.broker.restart()
    await answers.expectRecovery(cluster)
  })

  it('store gone: what is served goes on', async () => {
    services.store.child.kill('SIGSTOP')
    await sleep(3_000)
    for (let seed = 0; seed < 10; seed++) expect(await expectRight(seed)).toBe(true)
    services.store.child.kill('SIGCONT')
  })

  it('a server that is told to stop says so first: no answer is missed', async () => {
    const stopped = killChild(cluster.shardServers[0], 'SIGTERM')
    for (let seed = 0; seed < 20; seed++) expect(await expectRight(seed)).toBe(true)
    await stopped
    expect(cluster.shardServers[0].exitCode).toBe(0)
    await cluster.startServer(0)
  })

  it('goes over to a generation that is published, all shards at one time', async () => {
    const before = (await cluster.ask(['whale'])).body
    const counts = new Set<string>()
    const isNew = async () => {
      const { status, body } = await cluster.ask(['whale'])
      expect(status).toBe(200)
      counts.add(`${body.generation} ${body.results?.[0].count}`)
      return body.generation !== before.generation
    }
    expect(await isNew()).toBe(false)
    await writeFile(join(services.index.dir, 'more.jsonl'), '{"text":"one more whale","id":"more"}\n')
    expect(
      (await runCli(['append', services.index.indexDir, join(services.index.dir, 'more.jsonl')], { env: services.env }))
        .exitCode,
    ).toBe(0)
    expect((await runCli(['publish', services.index.indexDir, services.address], { env: services.env })).exitCode).toBe(
      0,
    )
    await expect.poll(isNew, { timeout: 120_000, interval: 50 }).toBe(true)
    expect(counts.size).toBe(2)
    expect((await cluster.ask(['whale'])).body.results?.[0].count).toBe((before.results?.[0].count ?? 0) + 1)
  })
})
