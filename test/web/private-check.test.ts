/** Is a benchmark checked privately in a real browser: the numbers of the command line, and nothing sent that was not shown? */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Gate } from '../../src/browser/testkit/gate.js'
import { type StaticHost, startStaticHost } from '../../src/browser/testkit/static-host.js'
import { wasmLack } from '../../src/browser/testkit/wasm-lack.js'
import { cliLack, runCli } from '../support/run-cli.js'
import { launchBrowser, missingBrowser, openPage, type WatchedPage } from './browser.js'
import { type BulletinSite, startBulletinSite, writeUpload } from './bulletin-site.js'
import { holdRequests } from './hold-requests.js'

const lack = wasmLack ?? missingBrowser ?? cliLack

let served: BulletinSite
let host: StaticHost
let browser: Browser
let staticUrl: string

beforeAll(async () => {
  if (lack !== null) return
  served = await startBulletinSite()
  const { folder, indexDirs, reportPath } = served
  const site = join(folder, 'host/people/site')
  await call(['export-static', ...indexDirs, '-o', site, '--reports', reportPath, '--state', 'memory'])
  host = await startStaticHost(join(folder, 'host'))
  staticUrl = `${host.address}/people/site`
  browser = await launchBrowser()
})
afterAll(async () => {
  if (lack !== null) return
  await browser.close()
  await host.close()
  await served.stop()
})
beforeEach((context) => {
  if (lack !== null) context.skip(lack)
})

async function call(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli([...args])
  if (exitCode !== 0) throw new Error(stderr)
  return stdout
}

const secret = 'top-secret-exam.jsonl'

interface Report {
  readonly method: object
  readonly indexes: readonly object[]
  readonly benchmarks: readonly object[]
  readonly cells: readonly { readonly views: readonly object[]; readonly items: readonly object[] }[]
}

/** The report of the command line on the same file. */
async function checkByCli(text: string, ...flags: string[]): Promise<Report> {
  const path = join(served.folder, secret)
  const out = join(served.folder, 'cli-report.json')
  await writeFile(path, text)
  const names = ['--name', 'private benchmark']
  await call(['contamination', 'run', ...served.indexDirs, '-b', path, ...names, '-o', out, ...flags])
  return JSON.parse(await readFile(out, 'utf8')) as Report
}

interface PrivateVisit extends WatchedPage {
  /** All requests since the file was dropped. */
  readonly requests: Request[]
}

async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const drop = page.locator('.private-check .file-drop input')
  await drop.setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
}

async function openForm(
  url: string,
  path: string,
  text: string,
  options: BrowserContextOptions = {},
): Promise<PrivateVisit> {
  const watched = await openPage(browser, url, path, options)
  const { page } = watched
  const requests: Request[] = []
  await page.getByRole('button', { name: 'Check privately' }).click()
  page.on('request', (request) => requests.push(request))
  await dropFile(page, secret, text)
  await page.locator('.private-disclosure').waitFor()
  return { ...watched, requests }
}

async function readReport(page: Page): Promise<Report> {
  await page.locator('.private-check .matrix').waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the report' }).click()
  return JSON.parse(await readFile(await (await download).path(), 'utf8')) as Report
}

/** Has the upload checked in the page. */
async function checkHere(page: Page): Promise<Report> {
  await page
    .locator('form')
    .getByRole('button', { name: /^Check 30 items/ })
    .click()
  return readReport(page)
}

const readRates = (page: Page, within: string) => page.locator(`${within} .matrix-cell`).allInnerTexts()

it('shows the reports of a static site as the server shows them, with evidence', async () => {
  const shown: unknown[] = []
  for (const [url, path] of [
    [served.url, '/bulletin'],
    [staticUrl, '/bulletin.html'],
  ]) {
    const { page, complaints, strangers, close } = await openPage(browser, url, path)
    await page.locator('.matrix-cell').first().waitFor()
    const rates = await readRates(page, '.bulletin')
    await page.locator('.matrix tr', { hasText: 'farm sums' }).locator('.matrix-cell').first().click()
    // Asked until they are there: the dialog may be drawn anew in between.
    let facts: string[] = []
    const readFacts = async () => {
      facts = await page.getByRole('dialog').locator('.facts').allInnerTexts()
      return facts.length
    }
    await expect.poll(readFacts).toBe(1)
    await page.getByRole('dialog').locator('.item-row').first().click()
    await page.getByRole('region', { name: 'Text of the corpus' }).locator('mark').first().waitFor()
    const evidence = await page.getByRole('region', { name: 'Text of the corpus' }).textContent()
    shown.push({ rates, facts, evidence })
    expect([complaints, strangers]).toEqual([[], []])
    await close()
  }
  expect(shown[1]).toEqual(shown[0])
})

const upload = writeUpload(30)

describe('on a static site', () => {
  it('fetches the index whole, and reports what the command line does, to the last passage', async () => {
    const visit = await openForm(staticUrl, '/bulletin.html', upload)
    const { page, requests, complaints, strangers, close } = visit
    expect(await page.locator('.private-disclosure').textContent()).toContain('Nothing of the benchmark')
    const isAsset = (request: Request) => /\/assets\//.test(request.url())
    const isShard = (request: Request) => request.url().endsWith('.fm')
    const before = requests.filter((request) => !isAsset(request)).length
    const report = await checkHere(page)
    const expected = await checkByCli(upload)
    for (const part of ['method', 'indexes', 'cells'] as const) expect(report[part]).toEqual(expected[part])
    expect(requests.every((request) => request.method() === 'GET' && request.postData() === null)).toBe(true)
    expect(requests.filter((request) => request.url().includes('secret'))).toEqual([])
    const sent = requests.filter((request) => !isAsset(request)).slice(before)
    const shards = sent.filter(isShard)
    expect(shards).toHaveLength(2)
    for (const shard of shards) expect(shard.headers()).not.toHaveProperty('range')
    // The items of it, in the dialog of any report; its address goes to nobody.
    await page.locator('.private-check .matrix-cell').first().click()
    await page.getByRole('dialog').locator('.item-row').first().click()
    await page.getByRole('region', { name: 'Text of the corpus' }).locator('mark').first().waitFor()
    expect(new URL(page.url()).search).toBe('?check=private')
    expect(new URL(page.url()).hash).toContain('line=')
    requests.length = 0
    await page.reload()
    await page.getByText('Drop an unpublished benchmark here').waitFor()
    expect(await page.locator('.private-check .matrix, dialog[open]').count()).toBe(0)
    expect(requests.filter((request) => request.url().includes('/reports/private-'))).toEqual([])
    expect([complaints, strangers]).toEqual([[], []])
    await close()
  })

  it('reads parts of the index, with the same rates', async () => {
    const { page, requests, close } = await openForm(staticUrl, '/bulletin.html', upload)
    await page.getByLabel('Fetch parts of the index').check()
    expect(await page.locator('.private-disclosure').textContent()).toContain('Byte ranges')
    await page.getByLabel('Ignore case', { exact: true }).check()
    const report = await checkHere(page)
    const expected = await checkByCli(upload, '--view', 'exact,ignore-case', '--counts-only')
    expect(report.cells).toEqual(expected.cells)
    expect(requests.every((request) => request.method() === 'GET')).toBe(true)
    expect(await page.locator('.private-check .check-links').textContent()).toMatch(/\d+ parts of the index were read/)
    await close()
  })
})

it('stops while an index is fetched whole, or the benchmark is read, and checks anew with the right numbers', async () => {
  const gate = new Gate()
  const isShard = (path: string) => path.endsWith('.fm')
  const hold = (path: string) => (isShard(path) ? gate.passed : Promise.resolve())
  const slow = await startStaticHost(join(served.folder, 'host'), { hold })
  const { page, complaints, close } = await openForm(`${slow.address}/people/site`, '/bulletin.html', upload)
  const begin = () =>
    page
      .locator('form')
      .getByRole('button', { name: /^Check/ })
      .click()
  const abort = async () => {
    await page.getByRole('button', { name: 'Abort' }).click()
    await page.locator('.private-disclosure').waitFor()
    expect(await page.locator('.private-check .problem, .private-check .matrix').count()).toBe(0)
  }
  /** Aborts when the host has been asked for a shard, and holds it back. */
  const abortHeld = async () => {
    gate.close()
    const given = slow.requests.filter(isShard).length
    await begin()
    await expect.poll(() => slow.requests.filter(isShard).length).toBeGreaterThan(given)
    await abort()
    gate.open()
  }
  const again = async () => {
    await page.getByRole('button', { name: 'Check another file' }).click()
    await dropFile(page, secret, upload)
    await page.locator('.private-disclosure').waitFor()
  }
  const whole = await checkByCli(upload)
  await abortHeld()
  expect((await checkHere(page)).cells).toEqual(whole.cells)
  await again()
  await dropFile(page, secret, writeUpload(30_000))
  await page.getByText('of 30,000').waitFor()
  await begin()
  await abort()
  await dropFile(page, secret, upload)
  await page.getByText('30 items in').waitFor()
  expect((await checkHere(page)).cells).toEqual(whole.cells)
  expect(complaints).toEqual([])
  await close()
  await slow.close()
})

describe('on a served bulletin', () => {
  it('sends what was shown after it was agreed to, and nothing else', async () => {
    const { page, requests, complaints, strangers, close } = await openForm(served.url, '/bulletin', upload)
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save all that would be sent' }).click()
    const shown = (await readFile(await (await saving).path(), 'utf8')).split('\n')
    const told = await page.locator('.private-disclosure strong').textContent()
    expect(told).toMatch(new RegExp(`^${shown.length} request`))
    expect(await page.locator('.private-disclosure pre').textContent()).toContain(shown[0].slice(0, 100))
    expect(requests.filter((request) => request.method() !== 'GET')).toEqual([])
    const before = requests.length
    await page.getByRole('button', { name: 'Send this and check 30 items' }).click()
    const report = await readReport(page)
    const sent = requests.slice(before).filter((request) => !/\/assets\/|^blob:/.test(request.url()))
    expect(sent.map((request) => request.postData())).toEqual(shown)
    expect(sent.map((request) => new URL(request.url()).pathname)).toEqual(['/v1/indexes/crawl-2024,crawl-2025/count'])
    expect(requests.filter((request) => request.url().includes('secret'))).toEqual([])
    const { patterns } = JSON.parse(shown[0]) as { patterns: string[] }
    expect(new Set(patterns).size).toBe(patterns.length)
    expect(new Set(patterns.map((pattern) => Array.from(pattern).length))).toEqual(new Set([50]))
    const expected = await checkByCli(upload, '--counts-only')
    expect(report.cells).toEqual(expected.cells)
    expect(report.indexes).toEqual(expected.indexes)
    await page.locator('.private-check .matrix-cell').first().click()
    await page.getByRole('dialog').locator('.item-row').first().waitFor()
    expect(requests.filter((request) => request.url().includes('/reports/private-'))).toEqual([])
    expect([complaints, strangers]).toEqual([[], []])
    await close()
  })

  it('asks an index file of the visitor, and no server', async () => {
    const shard = join(served.folder, 'host/people/site/indexes/crawl-2024/shards')
    const [name] = await readdir(shard)
    const { page, requests, close } = await openForm(served.url, '/bulletin', upload)
    await page.getByLabel('Use an index file of mine').check()
    await page.getByLabel('Index file', { exact: true }).setInputFiles(join(shard, name))
    const before = requests.length
    const report = await checkHere(page)
    const expected = await checkByCli(upload)
    const numbers = (cells: Report['cells']) => cells.map(({ views }) => views)
    expect(numbers(report.cells)).toEqual(numbers(expected.cells).slice(0, 1))
    expect(requests.slice(before).filter((request) => !/\/assets\/|^blob:/.test(request.url()))).toEqual([])
    await close()
  })

  it('says what is wrong with a file, and where', async () => {
    const { page, close } = await openPage(browser, served.url, '/bulletin?check=private')
    const gate = await holdRequests(page, '/v1/indexes')
    await dropFile(page, 'exam.jsonl', '{"question":"x"}\n{"question":\n')
    await page.getByRole('alert').getByText('exam.jsonl:2: not JSON').waitFor()
    await dropFile(page, 'exam.jsonl', '{"words":"an item whose field has a name of its own, and is long enough"}\n')
    await page.getByRole('alert').getByText('the fields are of no known layout').waitFor()
    await page.getByLabel('Look for the field').fill('words')
    // What is typed stays when the list of indexes comes.
    gate.open()
    await page.getByLabel('crawl-2024').waitFor()
    await page.getByLabel('Look for the field').press('Tab')
    await page.getByText('1 item in exam.jsonl').waitFor()
    await close()
  })

  it('stops when it is told to', async () => {
    const { page, close } = await openForm(served.url, '/bulletin', writeUpload(900))
    // The answer never comes.
    await page.route('**/count', () => {})
    await page.getByRole('button', { name: /^Send this and check/ }).click()
    await page.getByRole('button', { name: 'Abort' }).click()
    await page.locator('.private-disclosure').waitFor()
    expect(await page.locator('.private-check .problem, .private-check .matrix').count()).toBe(0)
    await close()
  })
})

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  it('has no violation, and fits a phone', async () => {
    const options = { colorScheme, viewport: { width: 360, height: 740 } }
    const { page, close } = await openForm(served.url, '/bulletin', upload, options)
    const look = async (name: string) => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
      const folder = process.env.OMNIGRAM_SCREENSHOTS
      if (folder) await page.screenshot({ path: join(folder, `private-${name}-${colorScheme}.png`), fullPage: true })
    }
    await look('form')
    await page.getByRole('button', { name: /^Send this and check/ }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.private-check .matrix').waitFor()
    await look('result')
    await close()
  })
})
