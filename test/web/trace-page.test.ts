/** Does the trace page do what a person expects, in a real browser? */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { startTokenSite } from './token-site.js'
import { prepareVisits } from './visits.js'

const open = prepareVisits()

const text =
  'Zebras know that it is a truth universally acknowledged that a search must be exact. Naïve café <img src=x onerror="document.title=\'owned\'"> 🌞 end'

async function trace(page: Page, traced = text) {
  await page.getByLabel('Text', { exact: true }).fill(traced)
  await page.getByRole('button', { name: 'Trace' }).click()
  await page.locator('.trace-summary').first().waitFor()
}

const stretches = (page: Page) => page.locator('.traced-stretch')
const documents = (page: Page) => page.locator('.traced-documents > li')

it('shows which words of a text stand in the corpus, how often, and beside them the documents', () =>
  open('/trace', async ({ page, complaints, strangers }) => {
    await trace(page)
    const marked = page.locator('.traced-stretch').first()
    expect(await marked.textContent()).toMatch(/truth universally acknowledged.*occurrences\)$/s)
    expect(await page.locator('.trace-summary').first().textContent()).toMatch(/covers? \d+ % of the text/)
    expect(await documents(page).count()).toBeGreaterThan(0)
    const first = documents(page).first()
    expect(await first.locator('mark').first().textContent()).toContain('truth universally')
    expect((await page.locator('.traced-text').textContent())?.replace(/ \([\d,]+ occurrences?\)/g, '')).toBe(text)
    expect(await page.locator('main img').count()).toBe(0)
    expect(await page.title()).not.toContain('owned')
    expect([...complaints, ...strangers]).toEqual([])
  }))

it('leads from a span to its documents, and from a document to its spans', () =>
  open('/trace', async ({ page }) => {
    await trace(page)
    const all = await documents(page).count()
    await stretches(page).first().click()
    expect(await stretches(page).first().getAttribute('aria-current')).toBe('true')
    await page.getByText(new RegExp(`of ${all} document`)).waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.locator('.traced-document').first().click()
    expect(await page.locator('.traced-stretch.is-held').count()).toBeGreaterThan(0)
    await page.locator('.traced-place a').first().click()
    await page.locator('.reader mark.is-current').waitFor()
    expect(page.url()).toContain('open=books')
  }))

it('is worked by keys alone', () =>
  open('/trace', async ({ page }) => {
    await page.locator('main').focus()
    await page.keyboard.press('/')
    await page.keyboard.type('must be exact, universally acknowledged')
    await page.keyboard.press('Control+Enter')
    await stretches(page).first().waitFor()
    await page.locator('main').focus()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.locator('.traced-stretch[aria-current=true]').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.locator('.traced-stretch[aria-current=true]').count()).toBe(0)
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('next, previous span').waitFor()
  }))

it('says so where nothing stands in the corpus, and what the server found wrong', () =>
  open('/trace', async ({ page }) => {
    await trace(page, 'qzxv')
    await page.getByText('No word of it stands in these indexes.').waitFor()
    await page.getByLabel('Text', { exact: true }).fill('x'.repeat(20_001))
    expect(await page.getByRole('button', { name: 'Trace' }).isDisabled()).toBe(true)
  }))

describe.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
] as const)('in the %s scheme, %i wide', (colorScheme, width) => {
  it('has no violation, and fits', () =>
    open(
      '/trace',
      async ({ page }) => {
        await trace(page)
        await stretches(page).first().click()
        const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
        const folder = process.env.OMNIGRAM_SCREENSHOTS
        if (folder !== undefined)
          await page.screenshot({ path: `${folder}/trace-${colorScheme}-${width}.png`, fullPage: true })
      },
      { colorScheme, viewport: { width, height: 800 } },
    ))
})

describe('over tokens', () => {
  const openTokens = prepareVisits(startTokenSite)

  it('shows the words that their tokens say', () =>
    openTokens('/trace', async ({ page }) => {
      await trace(page, 'a band of the bananas zz')
      await expect.poll(() => stretches(page).count()).toBeGreaterThan(0)
      const shown = (await page.locator('.traced-text').textContent())?.replace(/ \([\d,]+ occurrences?\)/g, '')
      expect(shown).toBe('a band of the bananas zz')
      expect(await documents(page).count()).toBeGreaterThan(0)
    }))
})
