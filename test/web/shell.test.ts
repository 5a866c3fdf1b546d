/** Does the frame of the pages hold: addresses, navigation, policy, keys of the server, no script at all? */
import { describe, expect, it } from 'vitest'
import { startSite } from './site.js'
import { prepareVisits } from './visits.js'

describe('an open server', () => {
  const open = prepareVisits()

  it('leads from page to page without loading the frame again', () =>
    open('/?q=truth', async ({ page, complaints, strangers }) => {
      await page.locator('.results li').first().waitFor()
      await page.evaluate('globalThis.isSame = true')
      await page.getByRole('link', { name: 'Bulletin' }).click()
      await page.locator('[data-page="/bulletin"]').waitFor()
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await page.title()).toContain('contamination')
      expect(await page.evaluate('document.activeElement.id')).toBe('main')
      await page.goBack()
      await page.locator('.results li').first().waitFor()
      expect(await page.locator('#pattern').inputValue()).toBe('truth')
      await page.getByRole('link', { name: 'omnigram' }).click()
      await page.locator('.start').waitFor()
      expect(await page.evaluate('globalThis.isSame')).toBe(true)
      expect([...complaints, ...strangers]).toEqual([])
    }))

  it('begins with a link over the navigation', () =>
    open('/bulletin', async ({ page }) => {
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.className')).toBe('skip-link')
      await page.keyboard.press('Enter')
      expect(await page.evaluate('document.activeElement.id')).toBe('main')
    }))

  it('says without script where the answers are', () =>
    open('/', async (_watched, { url }) => {
      const html = await (await fetch(url)).text()
      expect(/<noscript>(.*?)<\/noscript>/s.exec(html)?.[1]).toContain('<a href="/docs">HTTP API</a>')
    }))

  it('forbids all but its own scripts and styles, and keeps what never changes', () =>
    open('/', async ({ page }, { url }) => {
      const frame = await fetch(url)
      const policy = frame.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toContain('unsafe-inline')
      const again = await fetch(url, { headers: { 'if-none-match': frame.headers.get('etag') ?? '' } })
      expect([frame.headers.get('cache-control'), again.status]).toEqual(['no-cache', 304])
      const script = await page.locator('script[type=module]').getAttribute('src')
      const { headers } = await fetch(new URL(script ?? '', url))
      expect(headers.get('cache-control')).toContain('immutable')
      expect((await fetch(`${url}/bulletin`, { method: 'POST' })).status).toBe(405)
      expect((await fetch(`${url}/nowhere`)).status).toBe(404)
    }))
})

describe('a server that asks for a key', () => {
  const open = prepareVisits(() => startSite({ isGuarded: true }))

  it('takes one on the page, for this window alone', () =>
    open('/?q=truth&index=books', async ({ page }, { key }) => {
      await page.getByLabel('API key').fill(key ?? '')
      await page.getByRole('button', { name: 'Use this key' }).click()
      await page.locator('.count strong', { hasText: '41' }).waitFor()
      await page.locator('.results li').first().waitFor()
      await page.reload()
      await page.locator('.count strong', { hasText: '41' }).waitFor()
      expect(page.url()).not.toContain('omg_')
    }))
})
