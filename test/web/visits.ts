/** How does a test file visit the site? One browser and one server for all its tests. */
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { launchBrowser, missingBrowser, openPage, type WatchedPage } from './browser.js'
import { type Site, startSite } from './site.js'

export type Visit = (
  path: string,
  work: (watched: WatchedPage, site: Site) => Promise<void>,
  options?: BrowserContextOptions,
) => Promise<void>

/** Registers the hooks of the test file; without a browser its tests are skipped, and say why. */
export function prepareVisits(start: () => Promise<Site> = startSite): Visit {
  const state: { browser?: Browser; site?: Site } = {}
  beforeAll(async () => {
    if (missingBrowser) return
    state.site = await start()
    state.browser = await launchBrowser()
  })
  afterAll(async () => {
    await state.browser?.close()
    await state.site?.stop()
  })
  beforeEach((context) => {
    if (missingBrowser) context.skip(missingBrowser)
  })
  return async (path, work, context = {}) => {
    const { browser, site } = state
    if (!browser || !site) throw new Error('The browser was not started.')
    const watched = await openPage(browser, site.url, path, context)
    try {
      await work(watched, site)
    } catch (error) {
      // What the page showed is what tells why; a test that fails once an age cannot be asked again.
      const shown = await watched.page
        .evaluate('location.href + "\\n" + document.body.innerText.slice(0, 2000)')
        .catch(String)
      if (error instanceof Error) error.message += `\nThe page: ${shown}\nComplaints: ${watched.complaints.join('\n')}`
      throw error
    } finally {
      await watched.close()
    }
  }
}
