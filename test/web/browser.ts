/** How does a test get a real browser? Debian's Chromium, driven by playwright-core. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why the browser tests cannot run here; null when they can. */
export const missingBrowser = existsSync(executablePath) ? null : 'Chromium is not installed: apt-get install chromium'

export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...flags, ...more], timeout: 120_000 })
}

/** A page with what it complained about and which other origins it called. */
export interface WatchedPage {
  readonly page: Page
  readonly complaints: string[]
  readonly strangers: string[]
  close(): Promise<void>
}

/** Opens `path` of the server at `url` in a context of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  path: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    // Colours that change by and by are measured half way.
    reducedMotion: 'reduce',
    ...options,
  })
  // What is waited for comes, on a slow machine late.
  context.setDefaultTimeout(120_000)
  const page = await context.newPage()
  const complaints: string[] = []
  const strangers: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) strangers.push(request.url())
  })
  await page.goto(url + path)
  return { page, complaints, strangers, close: () => context.close() }
}
