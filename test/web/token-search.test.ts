/** Does the search page speak of tokens where tokens are indexed? */
import { expect, it } from 'vitest'
import { startTokenSite } from './token-site.js'
import { prepareVisits } from './visits.js'

const open = prepareVisits(startTokenSite)

it('asks for text by its tokens, and goes on with the token that follows', () =>
  open('/?index=words&q=band', async ({ page, complaints }) => {
    await page.getByRole('button', { name: 'with a space before it 2' }).click()
    await page.locator('.count strong', { hasText: '2' }).waitFor()
    await expect.poll(() => page.locator('.results mark').allTextContents()).toEqual([' band', ' band'])
    expect(await page.getByRole('button', { name: 'Ignore case' }).count()).toBe(0)
    await page.locator('.symbol', { hasText: '␣of' }).click()
    await page.locator('.results mark', { hasText: ' band of' }).first().waitFor()
    expect(await page.locator('#pattern').inputValue()).toMatch(/^\d+(, \d+)+$/)
    await page.locator('.results .row').first().click()
    expect(await page.locator('.reader mark.is-current').textContent()).toBe(' band of')
    expect(await page.getByRole('button', { name: 'Bytes' }).count()).toBe(0)
    await page.reload()
    await page.locator('.reader mark.is-current', { hasText: ' band of' }).waitFor()
    expect(complaints).toEqual([])
  }))

it('shows the ids where nothing tells what they say', () =>
  open('/?index=numbers&q=5%206', async ({ page }) => {
    await page.locator('.count strong', { hasText: '3' }).waitFor()
    await page.locator('.symbol', { hasText: '#7' }).click()
    await page.locator('.count strong', { hasText: '2' }).waitFor()
    await page.locator('.results .source', { hasText: 'first' }).waitFor()
    await page.locator('.results li', { hasText: 'first' }).locator('.row').click()
    expect(await page.locator('.reader pre').textContent()).toBe(' 5 6 7 5 6 8')
    expect(await page.locator('.reader mark').textContent()).toBe('5 6 7')
    await page.locator('#pattern').fill('5, x')
    await page.getByRole('alert').getByText('ids/1 is no token id').waitFor()
  }))

it('finds documents by several patterns of tokens', () =>
  open('/?index=words&q=%20band&term=none:the', async ({ page }) => {
    await page.locator('.results .row', { hasText: 'café' }).click()
    await page.locator('.reader mark.is-current', { hasText: 'band' }).waitFor()
    expect(await page.locator('.results .row').count()).toBe(1)
  }))
