/** Can everybody use the page? axe finds nothing to mend, in any state and scheme. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser, missingBrowser, openPage } from './browser.js'
import { type Site, startSite } from './site.js'

const state: { browser?: Browser; site?: Site } = {}

beforeAll(async () => {
  if (missingBrowser) return
  state.site = await startSite()
  state.browser = await launchBrowser()
})

afterAll(async () => {
  await state.browser?.close()
  await state.site?.stop()
})

beforeEach((context) => {
  if (missingBrowser) context.skip(missingBrowser)
})

const states: readonly [string, string, (page: Page) => Promise<void>][] = [
  ['the start', '/', (page) => page.locator('.indexes').waitFor()],
  ['results', '/?q=universally&index=books', (page) => page.locator('.facets td').first().waitFor()],
  [
    'a document',
    '/?q=needle',
    async (page) => {
      await page.locator('.results .row').click()
      await page.locator('.reader mark').waitFor()
    },
  ],
  [
    'the help',
    '/',
    async (page) => {
      await page.getByRole('button', { name: 'Keys' }).click()
      await page.locator('dialog[open]').waitFor()
    },
  ],
  ['a refusal', '/?index=nowhere&q=x', (page) => page.getByRole('alert').first().waitFor()],
]

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  it.each(states)('%s has no violation', async (_name, path, reach) => {
    const { browser, site } = state
    if (!browser || !site) throw new Error('The browser was not started.')
    const { page, close } = await openPage(browser, site.url, path, { colorScheme })
    await reach(page)
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
      .analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
    await close()
  })
})
