/** Are the indexes of a visitor there at the next visit, in a real browser, whole or not at all, and gone when they are to go? */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { wasmLack } from '../../src/browser/testkit/wasm-lack.js'
import { launchBrowser, missingBrowser } from './browser.js'
import { type Site, startSite } from './site.js'

interface StoredFile {
  getFile(): Promise<{ readonly size: number; arrayBuffer(): Promise<ArrayBuffer> }>
  createWritable(): Promise<{ write(bytes: Uint8Array): Promise<void>; close(): Promise<void> }>
}

interface StoredFolder {
  getDirectoryHandle(name: string): Promise<StoredFolder>
  getFileHandle(name: string, options?: { create: boolean }): Promise<StoredFile>
  entries(): AsyncIterable<[string, StoredFile]>
}

/** What these tests use of it in the page. */
declare const navigator: {
  readonly storage: { getDirectory(): Promise<StoredFolder> }
  readonly locks: { request(name: string, hold: () => Promise<never>): void }
}

const lack = wasmLack ?? missingBrowser

/** To this name the browser finds the way, and trusts it no more than other hosts of plain HTTP. */
const plainHost = 'plain.test'

let served: Site
let browser: Browser

beforeAll(async () => {
  if (lack !== null) return
  served = await startSite()
  browser = await launchBrowser([`--host-resolver-rules=MAP ${plainHost} 127.0.0.1`])
})
afterAll(async () => {
  if (lack !== null) return
  await browser.close()
  await served.stop()
})
beforeEach((context) => {
  if (lack !== null) context.skip(lack)
})

interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  readonly complaints: string[]
  /** What the server was asked for since. */
  readonly asked: string[]
}

/** A visitor with a disk of their own. */
async function visit(url = served.url, options: Parameters<Browser['newContext']>[0] = {}): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const [complaints, asked]: [string[], string[]] = [[], []]
  const page = await openTab(context, url, complaints)
  page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`))
  return { context, page, complaints, asked }
}

async function openTab(context: BrowserContext, url = served.url, complaints: string[] = []): Promise<Page> {
  const page = await context.newPage()
  page.on('console', (message) => {
    // Said of any page of plain HTTP.
    const isOfHost = message.text().startsWith('The Cross-Origin-Opener-Policy header has been ignored')
    if (message.type() === 'error' && !isOfHost) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  await page.locator('.start table').waitFor()
  return page
}

async function addText(page: Page, name: string, text: string): Promise<void> {
  const input = { name, mimeType: 'text/plain', buffer: Buffer.from(text) }
  await page.locator('.own-file-choice input').setInputFiles(input)
  await rowOf(page, name.replace(/\.\w+$/, '').replaceAll(' ', '-')).waitFor()
}

const rowOf = (page: Page, name: string) =>
  page.locator('.own-list li').filter({ has: page.locator('b', { hasText: new RegExp(`^${name}$`) }) })

const kept = (page: Page, name: string) => rowOf(page, name).getByText('kept in this browser alone')

async function readCount(page: Page, pattern: string): Promise<number> {
  await page.locator('#pattern').fill(pattern)
  await page.waitForURL((url) => url.searchParams.get('q') === pattern)
  await page.locator('.count:not(.is-stale) strong').waitFor()
  return Number((await page.locator('.count strong').textContent())?.replace(/\D/g, ''))
}

/** Names and bytes of what lies on the disk of the browser. */
function listFiles(page: Page): Promise<[string, number][]> {
  return page.evaluate(async () => {
    const files: [string, number][] = []
    try {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('omnigram-indexes')
      for await (const [name, handle] of folder.entries()) files.push([name, (await handle.getFile()).size])
    } catch {}
    return files.sort()
  })
}

const secret = 'the manuscript that nobody has seen, banana bandana\n'

describe('an index of the visitor', () => {
  it('is there after a reload with the same counts, is downloaded and removed, and no server hears of it', async () => {
    const { context, page, complaints, asked } = await visit()
    await addText(page, 'my notes.txt', secret.repeat(500))
    await kept(page, 'my-notes').waitFor()
    const patterns = ['banana', 'an', 'nobody has seen', 'absent words']
    const before: number[] = []
    for (const pattern of patterns) before.push(await readCount(page, pattern))
    // "an" stands in "manuscript", twice in "banana" and twice in "bandana".
    expect(before).toEqual([500, 5 * 500, 500, 0])
    asked.length = 0
    // The address holds the index and the pattern: both are asked in the page alone.
    await page.reload()
    await page.locator('.count:not(.is-stale) strong').waitFor()
    expect(await page.locator('#pattern').inputValue()).toBe('absent words')
    await kept(page, 'my-notes').waitFor()
    const after: number[] = []
    for (const pattern of patterns) after.push(await readCount(page, pattern))
    expect(after).toEqual(before)
    const isPage = (request: string) => request.startsWith(`${served.url}/?`)
    expect(asked.filter((request) => !isPage(request) && /absent|banana|nobody|notes/.test(request))).toEqual([])
    expect(await readCount(page, 'manuscript')).toBe(500)
    await page.locator('.results:not(.is-stale) .row').first().click()
    await page.locator('.reader mark').first().waitFor()
    await page.keyboard.press('Escape')

    const [[, bytes]] = await listFiles(page)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: /^Download the index/ }).click()
    expect((await download).suggestedFilename()).toBe('my-notes.fm')
    const saved = await (await download).path()
    expect((await stat(saved)).size).toBe(bytes)

    await page.getByRole('button', { name: 'Remove my-notes' }).click()
    await page.locator('.own-list').waitFor({ state: 'detached' })
    await expect.poll(() => listFiles(page)).toEqual([])
    // What was asked of it is not asked of an index of the server instead.
    expect(await page.locator('#pattern').inputValue()).toBe('')
    // Nor is an old address of it.
    await page.goto(`${served.url}/?index=my-notes&q=manuscript`)
    await page.getByText('There is no index of that name.').waitFor()
    expect(asked.filter((request) => request.includes('/v1/') && /manuscript|notes/.test(request))).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  })

  it('gives way to one of the server that has its name', async () => {
    const { context, page, complaints } = await visit()
    await addText(page, 'notes.txt', secret)
    await kept(page, 'notes').waitFor()
    // As if the server served one of that name since.
    await page.route('**/v1/indexes', async (route) => {
      const response = await route.fetch()
      const answer = await response.json()
      answer.indexes.push({ ...answer.indexes[0], name: 'notes' })
      await route.fulfill({ response, json: answer })
    })
    await page.goto(served.url)
    await kept(page, 'notes-2').waitFor()
    await page.getByRole('button', { name: 'Remove notes-2' }).click()
    await expect.poll(() => listFiles(page)).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  })

  it('is removed with all others by one action', async () => {
    const { context, page } = await visit()
    for (const name of ['one', 'two', 'three']) {
      await addText(page, `${name}.txt`, secret)
      await kept(page, name).waitFor()
    }
    expect(await page.locator('.own-sum').textContent()).toMatch(/\d kB on the disk of this browser/)
    await page.reload()
    await kept(page, 'two').waitFor()
    await page.getByRole('button', { name: 'Remove all of yours' }).click()
    await expect.poll(() => listFiles(page)).toEqual([])
    await page.reload()
    await page.locator('.start table').waitFor()
    expect(await page.locator('.own-list').count()).toBe(0)
    await context.close()
  })
})

describe('what is wrong on the disk', () => {
  it.each([
    ['cut short', 'cut'],
    ['empty', 'empty'],
    ['changed in its middle', 'changed'],
  ])('is told, and can be removed: a file that is %s', async (_name, kind) => {
    const { context, page } = await visit()
    for (const name of ['good', 'bad']) {
      await addText(page, `${name}.txt`, secret.repeat(100))
      await kept(page, name).waitFor()
    }
    await page.evaluate(async (kind) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('omnigram-indexes')
      const handle = await folder.getFileHandle('bad.fm')
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer())
      if (kind === 'changed') bytes[bytes.length >> 1] ^= 1
      const stream = await handle.createWritable()
      await stream.write(kind === 'changed' ? bytes : bytes.slice(0, kind === 'cut' ? bytes.length >> 1 : 0))
      await stream.close()
    }, kind)
    await page.goto(served.url)
    await page.getByRole('alert').getByText('bad.fm').waitFor()
    await kept(page, 'good').waitFor()
    expect(await rowOf(page, 'bad').count()).toBe(0)
    await page.getByRole('button', { name: 'good', exact: true }).click()
    expect(await readCount(page, 'banana')).toBe(100)
    await page.getByRole('button', { name: /^Remove bad/ }).click()
    await expect.poll(async () => (await listFiles(page)).map(([name]) => name)).toEqual(['good.fm'])
    expect(await page.getByRole('alert').count()).toBe(0)
    await context.close()
  })

  it('is taken away when it was left half written, but not while a tab writes it', async () => {
    const { context, page } = await visit()
    await addText(page, 'good.txt', secret)
    await kept(page, 'good').waitFor()
    await page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('omnigram-indexes')
      await folder.getFileHandle('half.part', { create: true })
      navigator.locks.request('omnigram-indexes', () => new Promise(() => {}))
    })
    const other = await openTab(context)
    await kept(other, 'good').waitFor()
    expect(await other.locator('.own-list li').count()).toBe(1)
    expect((await listFiles(other)).map(([name]) => name)).toEqual(['good.fm', 'half.part'])
    // What is made meanwhile works, and is kept when the other tab is gone.
    await addText(other, 'late.txt', secret)
    await rowOf(other, 'late').getByText('being kept in this browser').waitFor()
    expect(await readCount(other, 'banana')).toBe(1)
    await page.close()
    await kept(other, 'late').waitFor()
    expect((await listFiles(other)).map(([name]) => name)).toEqual(['good.fm', 'late.fm'])
    await context.close()
  })
})

describe('an index that can’t be kept', () => {
  it('works while the page is open where the browser has no room, and leaves nothing half written', async () => {
    const { context, page } = await visit()
    const session = await context.newCDPSession(page)
    await session.send('Storage.overrideQuotaForOrigin', { origin: served.url, quotaSize: 20_000 })
    const words = Array.from({ length: 40_000 }, (_, at) => ((at * 2654435761) >>> 0).toString(36)).join(' ')
    await addText(page, 'large.txt', words)
    await rowOf(page, 'large').getByText('The browser has no room for its').waitFor()
    expect(await readCount(page, words.slice(0, 12))).toBe(words.split(words.slice(0, 12)).length - 1)
    expect(await listFiles(page)).toEqual([])
    await session.send('Storage.overrideQuotaForOrigin', { origin: served.url })
    await addText(page, 'later.txt', secret)
    await kept(page, 'later').waitFor()
    await context.close()
  })

  it('works while the page is open where the browser keeps nothing, as over plain HTTP', async () => {
    const { context, page, complaints } = await visit(served.url.replace('127.0.0.1', plainHost))
    expect(await page.evaluate('isSecureContext')).toBe(false)
    await addText(page, 'notes.txt', secret)
    await rowOf(page, 'notes').getByText('This browser keeps no files for this page').waitFor()
    expect(await readCount(page, 'banana')).toBe(1)
    await page.getByRole('button', { name: 'Remove notes' }).click()
    await page.locator('.own-list').waitFor({ state: 'detached' })
    await page.reload()
    await page.locator('.start table').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  it('has another name than one that a second tab keeps, and goes on when that is removed there', async () => {
    const { context, page } = await visit()
    const other = await openTab(context)
    await addText(page, 'notes.txt', secret)
    await kept(page, 'notes').waitFor()
    const input = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from(secret.repeat(2)) }
    await other.locator('.own-file-choice input').setInputFiles(input)
    await kept(other, 'notes-2').waitFor()
    expect(await readCount(other, 'banana')).toBe(2)
    await page.reload()
    await kept(page, 'notes-2').waitFor()
    await other.getByRole('button', { name: 'Remove notes-2' }).click()
    await expect.poll(async () => (await listFiles(page)).map(([name]) => name)).toEqual(['notes.fm'])
    await page.goto(`${served.url}/?index=notes-2`)
    await kept(page, 'notes').waitFor()
    await context.close()
  })
})

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  it('has no violation, and fits a phone', async () => {
    const { context, page } = await visit(served.url, { colorScheme, viewport: { width: 360, height: 740 } })
    const session = await context.newCDPSession(page)
    await addText(page, 'a manuscript of mine.txt', secret.repeat(100))
    await kept(page, 'a-manuscript-of-mine').waitFor()
    await session.send('Storage.overrideQuotaForOrigin', { origin: served.url, quotaSize: 100 })
    await addText(page, 'postcards.txt', secret.repeat(50))
    await rowOf(page, 'postcards').getByText('has no room').waitFor()
    const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    const folder = process.env.OMNIGRAM_SCREENSHOTS
    if (folder) await page.screenshot({ path: join(folder, `own-${colorScheme}.png`), fullPage: true })
    await context.close()
  })
})
