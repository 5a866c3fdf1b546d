/** Does an exported site show what was published on the server, to the last passage? In a real browser, from a plain file host. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { addApiKey } from '../../src/api/guards/key-file.js'
import { type RunningServer, startServer } from '../../src/api/server.js'
import { type StaticHost, startStaticHost } from '../../src/browser/testkit/static-host.js'
import { wasmLack } from '../../src/browser/testkit/wasm-lack.js'
import { buildTestIndex } from '../../src/query/testkit/build-test-index.js'
import { cliLack, runCli } from '../support/run-cli.js'
import { launchBrowser, missingBrowser, openPage } from './browser.js'

const lack = wasmLack ?? missingBrowser ?? cliLack

const mill =
  'Who walked along the river to the old mill of the village before the bells of the church had rung for the third time?'
const tower = 'How many steps lead up to the lamp of the tower that stands on the last rock of the western islands?'
const orchard =
  'Which of the seven pears of the orchard ripens last when the spring was cold and the summer had no rain?'

const crawl = [
  { text: `Questions of old. ${mill} The miller.`, externalId: 'page/1', metadata: '{"year":2021}', facets: [] },
  { text: `Guide: ${tower.slice(0, 75)} …`, externalId: 'page/2', metadata: null, facets: [] },
]
const books = [{ text: orchard.toUpperCase(), externalId: 'book/1', metadata: null, facets: [] }]

/** More than a page of a list has. */
const questions = [mill, tower, orchard, ...Array.from({ length: 70 }, (_, at) => `Number ${at}: ${mill.slice(20)}`)]
const upload = questions.map((question, id) => `${JSON.stringify({ id, question, answer: `no ${id}` })}\n`).join('')

let folder: string
let server: RunningServer
let host: StaticHost
let browser: Browser
let key: string

/** The bulletin of the server, and that of the site. */
let bulletins: readonly (readonly [string, string])[]

async function call(path: string, init: RequestInit = {}): Promise<{ check: { id: string; state: string } }> {
  const response = await fetch(server.url + path, {
    ...init,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
  })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as { check: { id: string; state: string } }
}

/** As a person does: uploaded, awaited, published. */
async function publishCheck(name: string, indexes: string): Promise<void> {
  const params = new URLSearchParams({
    name,
    indexes,
    views: 'exact,ignore-case',
    category: 'Village',
    licence: 'CC0-1.0',
  })
  const { check } = await call(`/v1/contamination/checks?${params}`, { method: 'POST', body: upload })
  const isDone = async () => (await call(`/v1/contamination/checks/${check.id}`)).check.state === 'done'
  await vi.waitUntil(isDone, { timeout: 30_000 })
  await call(`/v1/contamination/checks/${check.id}/publication`, { method: 'PUT' })
}

beforeAll(async () => {
  if (lack !== null) return
  folder = await mkdtemp(join(tmpdir(), 'omnigram-published-'))
  const [crawlDir, booksDir] = [join(folder, 'crawl'), join(folder, 'books')]
  await buildTestIndex(crawlDir, { documents: crawl })
  await buildTestIndex(booksDir, { documents: books })
  const [keysPath, stateDir] = [join(folder, 'keys.json'), join(folder, 'state')]
  const scopes = ['count', 'search', 'documents', 'batch', 'publish'] as const
  key = await addApiKey(keysPath, { id: 'editor', scopes: [...scopes], indexes: ['*'], expires: null })
  const indexDirs = [crawlDir, booksDir]
  const publicScopes = ['count', 'search', 'documents', 'batch'] as const
  server = await startServer({ indexDirs, keysPath, publicScopes, host: '127.0.0.1', port: 0, isQuiet: true, stateDir })
  await publishCheck('village quiz', 'crawl,books')
  await publishCheck('second quiz', 'crawl')
  const site = join(folder, 'host/site')
  const { exitCode, stderr } = await runCli(['export-static', crawlDir, booksDir, '-o', site, '--state', stateDir])
  if (exitCode !== 0) throw new Error(stderr)
  host = await startStaticHost(join(folder, 'host'))
  bulletins = [
    [server.url, '/bulletin?table=community'],
    [`${host.address}/site`, '/bulletin.html?table=community'],
  ]
  browser = await launchBrowser()
})
afterAll(async () => {
  if (lack !== null) return
  await browser.close()
  await host.close()
  await server.stop()
  await rm(folder, { recursive: true })
})
beforeEach((context) => {
  if (lack !== null) context.skip(lack)
})

async function save(page: Page, button: string): Promise<string> {
  const download = page.waitForEvent('download')
  await page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click()
  return readFile(await (await download).path(), 'utf8')
}

it('has the cells, the items and the evidence of checks that were published', async () => {
  const shown: Record<string, unknown>[] = []
  for (const [url, path] of bulletins) {
    const { page, complaints, strangers, close } = await openPage(browser, url, path)
    await page.locator('.matrix-cell').first().waitFor()
    const table = await page.locator('.matrix').textContent()
    expect(await page.locator('.matrix-cell').count()).toBe(3)
    const row = page.locator('.matrix tr', { hasText: 'village quiz' })
    await row.locator('.matrix-cell').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('.item-row').first().waitFor()
    const facts = await dialog.locator('.facts').textContent()
    const items = await dialog.locator('.item-row').allInnerTexts()
    const lines = await save(page, 'JSON lines')
    const csv = await save(page, 'CSV')
    await dialog.getByRole('button', { name: 'Show more' }).click()
    await expect.poll(() => dialog.locator('.item-row').count()).toBe(questions.length)
    await dialog.locator('.item-row', { hasText: 'Who walked along' }).first().click()
    const evidence = dialog.locator('.comparison')
    await evidence.locator('mark').first().waitFor()
    shown.push({ table, facts, items, lines, csv, evidence: await evidence.textContent() })
    // The address of an item leads to it, also when it is opened first.
    await page.reload()
    await evidence.locator('mark').first().waitFor()
    expect([complaints, strangers]).toEqual([[], []])
    await close()
  }
  const [served, exported] = shown
  expect(String(served.lines).trim().split('\n')).toHaveLength(questions.length)
  for (const part of Object.keys(served)) expect(exported[part], part).toEqual(served[part])
})

it('searches a passage of the evidence in the index beside it', async () => {
  const [, [url, path]] = bulletins
  const { page, complaints, close } = await openPage(browser, url, path)
  await page.locator('.matrix tr', { hasText: 'second quiz' }).locator('.matrix-cell').first().click()
  await page.getByRole('dialog').locator('.item-row').first().click()
  await page.getByRole('link', { name: 'Search this window' }).click()
  await page.locator('.reader mark').first().waitFor()
  expect(mill).toContain(await page.locator('.reader mark').first().textContent())
  expect(complaints).toEqual([])
  await close()
})
