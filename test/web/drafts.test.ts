/** Does the page of drafts show what a model writes, what was accepted, and where it comes from? */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { startDraftsSite } from './drafts-site.js'
import { startTokenSite } from './token-site.js'
import { prepareVisits } from './visits.js'

const summary = (page: Page) => page.locator('.summary', { hasText: 'passes' })

describe('with a model', () => {
  const open = prepareVisits(startDraftsSite)

  it('writes several drafts, with and without the filter, and keeps the task in the address', () =>
    open('/drafts', async ({ page, complaints, strangers }) => {
      await page.getByRole('button', { name: 'The capital of France is' }).click()
      await page.locator('#prompt').fill('the band')
      await page.locator('#prompt').press('Control+Enter')
      await summary(page).waitFor()
      expect(await page.locator('.draft-list li').count()).toBe(3)
      expect(await summary(page).textContent()).toContain('16 tokens in 16 passes')
      expect(page.url()).toContain('prompt=the+band')
      await page.getByRole('button', { name: 'N-gram filter' }).click()
      await page.getByLabel('Tokens').selectOption('8')
      await page.getByLabel('Preset').selectOption('p15_d2')
      await page.getByRole('button', { name: 'Write' }).click()
      await summary(page).getByText('8 tokens').waitFor()
      expect(await page.locator('.draft-list li').count()).toBe(2)
      const address = page.url()
      expect(address).toContain('nofilter')
      await page.goBack()
      expect(await page.getByRole('button', { name: 'N-gram filter' }).getAttribute('aria-pressed')).toBe('true')
      await page.goto(address)
      expect(await page.getByLabel('Tokens').inputValue()).toBe('8')
      expect([...complaints, ...strangers]).toEqual([])
    }))

  it('marks what was accepted, and leads to where it stands', () =>
    open('/drafts?prompt=the%20band&mode=speculative&drafter=retrieval', async ({ page, complaints }) => {
      await page.getByRole('button', { name: 'Write' }).click()
      await summary(page).waitFor()
      const text = await page.locator('.written .text').textContent()
      expect(text).toContain('the band of the bananas and')
      const link = page.locator('a.accepted').first()
      await link.click()
      const origin = page.locator('.origins li:target')
      expect(await origin.locator('mark').textContent()).toContain('band')
      expect(await origin.textContent()).toContain('in the corpus')
      await origin.getByRole('link').click()
      await page.locator('.reader mark.is-current').waitFor()
      expect(complaints).toEqual([])
    }))

  it('goes by keys alone, and stops', () =>
    open('/drafts?mode=plain&tokens=128', async ({ page }) => {
      await page.locator('.task').waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('the band')
      await page.keyboard.press('Control+Enter')
      await page.locator('.written .text').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('.summary', { hasText: /stopped|passes/ }).waitFor()
      await page.keyboard.press('?')
      await page.locator('dialog[open]', { hasText: 'go to the prompt' }).waitFor()
    }))

  it('says what the server refuses', () =>
    open('/drafts?prompt=x', async ({ page }) => {
      await page.locator('.task').waitFor()
      await page.route('**/complete', (route) => route.fulfill({ status: 200, body: '{"kind":"start","prompt":[]}\n' }))
      await page.getByRole('button', { name: 'Write' }).click()
      await page.getByRole('alert').getByText('The answer broke off.').waitFor()
    }))

  it('fits a narrow window', () =>
    open(
      '/drafts?prompt=the%20band&mode=speculative&drafter=retrieval',
      async ({ page }) => {
        await page.getByRole('button', { name: 'Write' }).click()
        await page.locator('.origins li').first().waitFor()
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
      },
      { viewport: { width: 360, height: 740 } },
    ))

  const states: readonly [string, string][] = [
    ['drafts', '/drafts?prompt=the%20band'],
    ['a text with origins', '/drafts?prompt=the%20band&mode=speculative&drafter=retrieval'],
  ]
  for (const colorScheme of ['light', 'dark'] as const) {
    it.each(states)(`has no violation in the ${colorScheme} scheme: %s`, (_name, path) =>
      open(
        path,
        async ({ page }) => {
          await page.getByRole('button', { name: 'Write' }).click()
          await summary(page).waitFor()
          const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']
          const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
        },
        { colorScheme },
      ),
    )
  }
})

describe('without a model', () => {
  const open = prepareVisits(startTokenSite)

  it('says how one is set up', () =>
    open('/drafts', async ({ page, complaints }) => {
      await page.getByRole('heading', { name: 'This server has no language model' }).waitFor()
      expect(await page.locator('pre').textContent()).toContain('omnigram serve my-index --model model.gguf')
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id }) => id)).toEqual([])
      expect(complaints).toEqual([])
    }))
})
