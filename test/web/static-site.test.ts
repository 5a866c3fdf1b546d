/** Does a site without a server answer as one with it? In a real browser, from a plain file host, under a path. */
import { existsSync } from 'node:fs'
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startStaticHost } from '../../src/browser/testkit/static-host.js'
import { wasmLack } from '../../src/browser/testkit/wasm-lack.js'
import { cliLack, runCli } from '../support/run-cli.js'
import { readTexts, smallCorpusLack, smallCorpusPath } from '../support/small-corpus.js'
import { launchBrowser, missingBrowser, openPage } from './browser.js'
import { type ExportedSite, startStaticSite } from './static-site.js'

const lack = wasmLack ?? missingBrowser ?? cliLack ?? smallCorpusLack

let site: ExportedSite
let browser: Browser

beforeAll(async () => {
  if (lack !== null) return
  site = await startStaticSite()
  browser = await launchBrowser()
})
afterAll(async () => {
  if (lack !== null) return
  await browser.close()
  await site.stop()
})
beforeEach((context) => {
  if (lack !== null) context.skip(lack)
})

/** Five megabytes of words, the same each time. */
function makeText(): string {
  const words = ['the', 'quick', 'naïve', 'fox', '世界', 'jumps', 'over', 'lazy', 'dogs', '\n']
  let state = 1
  const choose = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return words[(state >>> 16) % words.length]
  }
  return Array.from({ length: 1_000_000 }, choose).join(' ')
}

/** Overlapping ones too. */
function countByHand(text: string, pattern: string): number {
  let count = 0
  for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) count++
  return count
}

async function countByCli(indexPath: string, pattern: string): Promise<number> {
  const { exitCode, stdout } = await runCli(['count', indexPath, pattern, '--json'])
  expect(exitCode).toBe(0)
  return JSON.parse(stdout).count
}

async function readCount(page: Page, pattern: string): Promise<number> {
  await page.getByLabel('Text to search').fill(pattern)
  // The box has settled once the count belongs to it: the address then holds the pattern.
  await page.waitForURL((url) => url.searchParams.get('q') === pattern)
  await page.locator('.count:not(.is-stale) strong').waitFor()
  return Number((await page.locator('.count strong').textContent())?.replace(/\D/g, ''))
}

it('searches an exported index, opens a document, and offers nothing that needs a server', async () => {
  const { page, complaints, strangers, close } = await openPage(browser, site.url, '/index.html')
  const pattern = readTexts(smallCorpusPath)[1000].slice(100, 112)
  expect(await readCount(page, pattern)).toBe(await countByCli(site.indexDir, pattern))
  expect(new URL(page.url()).pathname).toBe('/people/site/')
  expect(await page.locator('.site-header nav a').allInnerTexts()).toEqual(['Search', 'Bulletin'])
  expect(await page.locator('.cost').textContent()).toMatch(/\d+ requests/)
  await page.locator('.results .row').first().click()
  await page.locator('.reader mark').first().waitFor()
  expect(await page.locator('.reader mark').first().textContent()).toBe(pattern)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Bulletin' }).click()
  await page.getByRole('heading', { name: 'Benchmark contamination' }).waitFor()
  await page.getByText('There are no reports of these indexes here.').waitFor()
  expect(new URL(page.url()).pathname).toBe('/people/site/bulletin.html')
  await page.reload()
  await page.getByRole('heading', { name: 'Benchmark contamination' }).waitFor()
  expect([complaints, strangers]).toEqual([[], []])
  await close()
})

it('indexes a text of 5 MB that is dropped on it; the command line counts the same in its shard', async () => {
  const { page, complaints, strangers, close } = await openPage(browser, site.url, '/')
  await page.locator('.start table').waitFor()
  const text = makeText()
  // As text: only the browser knows of these.
  const transfer = await page.evaluateHandle(`(() => {
    const data = new DataTransfer()
    data.items.add(new File([${JSON.stringify(text)}], 'my words.txt', { type: 'text/plain' }))
    return data
  })()`)
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer })
  await page.locator('.drop-note').waitFor()
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
  await page.locator('.own-list').waitFor()
  const download = page.waitForEvent('download')
  const counts = new Map<string, number>()
  for (const pattern of ['naïve fox', '世界', 'quick quick quick']) counts.set(pattern, await readCount(page, pattern))
  await page.getByRole('button', { name: /^Download the index/ }).click()
  const path = join(site.folder, (await download).suggestedFilename())
  await (await download).saveAs(path)
  expect(path).toMatch(/my-words\.fm$/)
  for (const [pattern, count] of counts) {
    expect(count).toBe(countByHand(text, pattern))
    expect(await countByCli(path, pattern)).toBe(count)
  }
  // Together with the one on the host.
  const own = await countByCli(path, 'lazy')
  const hosted = await countByCli(site.indexDir, 'lazy')
  await page.getByRole('button', { name: 'small', exact: true }).click()
  expect(await readCount(page, 'lazy')).toBe(own + hosted)
  await page.getByRole('button', { name: 'Remove my-words' }).click()
  await page.locator('.own-list').waitFor({ state: 'detached' })
  expect([complaints, strangers]).toEqual([[], []])
  await close()
})

it('ends a build that is aborted, says what is no text, and goes on', async () => {
  const { page, close } = await openPage(browser, site.url, '/')
  await page.locator('.start table').waitFor()
  const choose = page.locator('.own-file-choice input')
  await choose.setInputFiles({ name: 'x.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('a\0b') })
  await page.getByText('x.bin is binary').waitFor()
  await choose.setInputFiles({ name: 'long.txt', mimeType: 'text/plain', buffer: Buffer.from(makeText()) })
  await page.getByRole('button', { name: 'Abort' }).click()
  await page.locator('.own-build').waitFor({ state: 'detached' })
  expect(await page.locator('.own-list').count()).toBe(0)
  const pattern = 'the '
  expect(await readCount(page, pattern)).toBe(await countByCli(site.indexDir, pattern))
  await close()
})

it('says what is wrong with an index that is cut short, or with a host that sends whole files only', async () => {
  const whole = await startStaticHost(join(site.folder, 'host'), { hasRanges: false })
  const first = await openPage(browser, `${whole.address}/people/site`, '/')
  await first.page.getByText('sends whole files only').waitFor()
  await first.close()
  await whole.close()
  const shards = join(site.siteDir, 'indexes/small/shards')
  const shard = join(shards, (await readdir(shards))[0])
  const bytes = await readFile(shard)
  await truncate(shard, bytes.length >> 1)
  const { page, close } = await openPage(browser, site.url, '/')
  await page.locator('.problem').waitFor()
  expect(await page.locator('.problem').textContent()).toContain('.fm')
  // The page still makes indexes of its own.
  const input = { name: 'small words.txt', mimeType: 'text/plain', buffer: Buffer.from('banana bandana') }
  await page.locator('.own-file-choice input').setInputFiles(input)
  await page.locator('.own-list').waitFor()
  expect(await readCount(page, 'ana')).toBe(3)
  await close()
  await writeFile(shard, bytes)
  expect(existsSync(shard)).toBe(true)
})
