/** Does the search page do what a person expects, in a real browser? */
import type { BrowserContextOptions } from 'playwright-core'
import { expect, it } from 'vitest'
import type { WatchedPage } from './browser.js'
import { prepareVisits } from './visits.js'

const open = prepareVisits()

/** Works on the page, and expects no complaint and no call to another origin. */
function visit(path: string, work: (watched: WatchedPage) => Promise<void>, options?: BrowserContextOptions) {
  const watch = async (watched: WatchedPage) => {
    await work(watched)
    expect(watched.complaints).toEqual([])
    expect(watched.strangers).toEqual([])
  }
  return open(path, watch, options)
}

it('counts while a person types, and shows each place', () =>
  visit('/', async ({ page }) => {
    await page.locator('#pattern').pressSequentially('universally')
    await page.locator('.count strong', { hasText: '41' }).waitFor()
    await page.locator('.count', { hasText: 'in 2 documents' }).waitFor()
    expect(await page.locator('.results mark').first().textContent()).toBe('universally')
    expect(page.url()).toContain('q=universally')
  }))

it('loads more places when the end comes into view', () =>
  visit('/?q=universally', async ({ page }) => {
    await page.locator('.results li').first().waitFor()
    expect(await page.locator('.results li').count()).toBeLessThanOrEqual(41)
    await page.locator('.results li').last().scrollIntoViewIfNeeded()
    await expect.poll(() => page.locator('.results li').count()).toBe(41)
  }))

it('says that an absent text does not occur', () =>
  visit('/?q=zzzq', async ({ page }) => {
    await page.locator('.count strong', { hasText: /^0$/ }).waitFor()
    expect(await page.locator('.results li').count()).toBe(0)
  }))

it('matches by case and white space as the chips say', () =>
  visit('/?q=TRUTH%20%20universally', async ({ page }) => {
    await page.locator('.count strong', { hasText: /^0$/ }).waitFor()
    await page.getByRole('button', { name: 'Ignore case' }).click()
    await page.getByRole('button', { name: 'Flexible space' }).click()
    await page.locator('.count strong', { hasText: '41' }).waitFor()
    expect(await page.getByRole('button', { name: 'Ignore case' }).getAttribute('aria-pressed')).toBe('true')
  }))

it('searches several indexes at once', () =>
  visit('/?q=a%20truth', async ({ page }) => {
    await page.locator('.count strong', { hasText: '41' }).waitFor()
    await page.getByRole('button', { name: 'letters' }).click()
    await page.locator('.count strong', { hasText: '42' }).waitFor()
    await page.locator('.cost', { hasText: 'letters 1' }).waitFor()
  }))

it('goes on with what follows at a click', () =>
  visit('/?q=universall', async ({ page }) => {
    await page.locator('.symbol', { hasText: 'y' }).click()
    await page.locator('.count strong', { hasText: '41' }).waitFor()
    expect(await page.locator('#pattern').inputValue()).toBe('universally')
  }))

it('shows the counts of a facet field', () =>
  visit('/?q=truth&index=books', async ({ page }) => {
    await page.locator('.facets tr', { hasText: 'novel' }).getByText('40').waitFor()
    await page.locator('.facets tr', { hasText: 'menu' }).getByText('1').waitFor()
  }))

it('works by keys alone', () =>
  visit('/', async ({ page }) => {
    await page.keyboard.type('universally')
    await page.locator('.results li').first().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    expect(await page.locator('.results li').first().getAttribute('aria-current')).toBe('true')
    await page.keyboard.press('Enter')
    await page.locator('.reader mark', { hasText: 'universally' }).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.reader').waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.locator('dialog[open]').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('zzzq')
    expect(await page.locator('#pattern').inputValue()).toBe('zzzq')
  }))

it('opens a document at the match and widens it on demand', () =>
  visit('/?q=needle', async ({ page }) => {
    await page.locator('.results .row').click()
    await page.locator('.reader mark', { hasText: 'needle' }).waitFor()
    const shown = () => page.locator('.reader pre').textContent()
    expect((await shown())?.length).toBe(16_006)
    await page.keyboard.press('o')
    await expect.poll(async () => (await shown())?.length).toBe(60_006)
    expect(await page.locator('.reader h2').textContent()).toBe('long')
  }))

it('keeps what is shown in the address, and a link brings it back', () =>
  visit('/?q=needle', async ({ page }) => {
    await page.locator('.results .row').click()
    await page.locator('.reader mark').waitFor()
    await page.reload()
    await page.locator('.reader mark', { hasText: 'needle' }).waitFor()
    expect(await page.locator('#pattern').inputValue()).toBe('needle')
    await page.goBack()
    await page.locator('.reader').waitFor({ state: 'detached' })
  }))

it('copies a link that is pinned to the generation', () =>
  visit(
    '/?q=needle',
    async ({ page }) => {
      await page.getByRole('button', { name: 'link' }).click()
      const link = String(await page.evaluate('navigator.clipboard.readText()'))
      expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?.*q=needle&generation=000001-/)
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  ))

it('shows hostile text as text', () =>
  visit('/?q=before', async ({ page }) => {
    await page.locator('.results .row').click()
    const text = page.locator('.reader pre')
    await text.getByText('<script>', { exact: false }).waitFor()
    expect(await text.textContent()).toContain('U+202E')
    expect(await text.textContent()).toContain('␛[31m')
    expect(await page.locator('.reader img, .reader script, .results img, .reader a').count()).toBe(0)
    expect(await page.title()).not.toContain('owned')
  }))

it('tells what the server refused and what to do', () =>
  open('/?index=nowhere&q=x', async ({ page }) => {
    await page.getByRole('alert').getByText('There is no index of that name.').first().waitFor()
  }))

it('fits a narrow screen', () =>
  visit(
    '/?q=universally',
    async ({ page }) => {
      await page.locator('.results li').first().waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    },
    { viewport: { width: 360, height: 740 } },
  ))

it('renders the API reference from this server alone', () =>
  open('/docs', async ({ page, strangers }) => {
    await page.getByText('Count patterns').first().waitFor()
    expect(strangers).toEqual([])
  }))
