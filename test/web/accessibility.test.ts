/** Can everybody use the page? axe finds nothing to mend, in any state and scheme. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { prepareVisits } from './visits.js'

const open = prepareVisits()

const states: readonly [string, string, (page: Page) => Promise<void>][] = [
  ['the start', '/', (page) => page.locator('.data-table').waitFor()],
  ['results', '/?q=universally&index=books', (page) => page.locator('.spread td').first().waitFor()],
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
  [
    'bytes',
    '/?q=loader&index=books',
    async (page) => {
      await page.locator('.results .row').first().click()
      await page.locator('.bytes mark').first().waitFor()
    },
  ],
  [
    'several patterns',
    '/?q=truth&term=none:caf&index=books',
    (page) => page.locator('.results .row').first().waitFor(),
  ],
  ['nothing found', '/?q=Truth%20%20univ', (page) => page.locator('.empty li').first().waitFor()],
  ['a refusal', '/?index=nowhere&q=x', (page) => page.getByRole('alert').first().waitFor()],
]

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  it.each(states)('%s has no violation', (_name, path, reach) =>
    open(
      path,
      async ({ page }) => {
        await reach(page)
        const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
      },
      { colorScheme },
    ),
  )
})
