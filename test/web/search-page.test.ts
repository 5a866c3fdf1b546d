/** Does the search page do what a person expects, in a real browser? */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { BrowserContextOptions } from 'playwright-core'
import { expect, it } from 'vitest'
import type { WatchedPage } from './browser.js'
import { prepareVisits } from './visits.js'

const open = prepareVisits()

async function run(command: string, args: string[]): Promise<string> {
  return (await promisify(execFile)(command, args)).stdout
}

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
    await page.getByRole('button', { name: 'Ignore case', exact: true }).click()
    await page.getByRole('button', { name: 'Flexible space', exact: true }).click()
    await page.locator('.count strong', { hasText: '41' }).waitFor()
    expect(await page.getByRole('button', { name: 'Ignore case', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    )
  }))

it('searches several indexes at once', () =>
  visit('/?q=a%20truth', async ({ page }) => {
    await page.locator('.count strong', { hasText: '41' }).waitFor()
    await page.getByRole('button', { name: 'letters' }).click()
    await page.locator('.count strong', { hasText: '42' }).waitFor()
    await page.locator('.spread tr', { hasText: 'letters' }).getByText('1', { exact: true }).waitFor()
  }))

it('goes on with what follows at a click', () =>
  visit('/?q=universall', async ({ page }) => {
    await page.locator('.symbol', { hasText: 'y' }).click()
    await page.locator('.count strong', { hasText: '41' }).waitFor()
    expect(await page.locator('#pattern').inputValue()).toBe('universally')
  }))

it('shows the counts of a facet field', () =>
  visit('/?q=truth&index=books', async ({ page }) => {
    await page.locator('.spread tr', { hasText: 'novel' }).getByText('40').waitFor()
    await page.locator('.spread tr', { hasText: 'menu' }).getByText('1').waitFor()
  }))

it('works by keys alone', () =>
  visit('/', async ({ page }) => {
    const { keyboard } = page
    await keyboard.type('universally')
    await page.locator('.results li').first().waitFor()
    await keyboard.press('Enter')
    await page.locator('.results li[aria-current]').waitFor()
    for (const key of ['j', 'j', 'j', 'k']) await keyboard.press(key)
    expect(await page.locator('.results li').nth(2).getAttribute('aria-current')).toBe('true')
    await keyboard.press('Enter')
    await page.locator('.reader mark.is-current', { hasText: 'universally' }).waitFor()
    const current = () =>
      page.evaluate("[...document.querySelectorAll('.reader mark')].findIndex((mark) => mark.matches('.is-current'))")
    const first = Number(await current())
    await keyboard.press('n')
    expect(await current()).toBe(first + 1)
    await keyboard.press('p')
    expect(await current()).toBe(first)
    await keyboard.press('Escape')
    await page.locator('.reader').waitFor({ state: 'detached' })
    expect(await page.evaluate("document.activeElement.matches('.results .is-selected .row')")).toBe(true)
    await keyboard.press('?')
    await page.locator('dialog[open]').waitFor()
    await keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
    await keyboard.press('/')
    await keyboard.type('zzzq')
    expect(await page.locator('#pattern').inputValue()).toBe('zzzq')
  }))

it('reaches every control by the tab key, and shows where it is', () =>
  visit('/?q=universally&index=books', async ({ page }) => {
    await page.locator('.spread td').first().waitFor()
    const names: string[] = []
    for (let step = 0; step < 24; step++) {
      await page.keyboard.press('Tab')
      const [name, isVisible] = (await page.evaluate(`(() => {
        const { activeElement } = document
        const name = activeElement.getAttribute('aria-label') ?? activeElement.textContent ?? ''
        return [name, getComputedStyle(activeElement).outlineStyle !== 'none']
      })()`)) as [string, boolean]
      expect([name, isVisible]).toEqual([name, true])
      names.push(name.trim())
    }
    const expected = ['Clear the text', 'books', 'letters', 'Ignore case', 'Flexible space', 'By document', 'Sample']
    expect(names.slice(0, expected.length)).toEqual(expected)
    expect(names).toEqual(expect.arrayContaining(['link', 'curl', 'TypeScript', 'Python', 'Where from']))
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
      // The generation is known with the first answer, and copying takes its time.
      await page.locator('.results .row').first().waitFor()
      await page.getByRole('button', { name: 'link' }).click()
      await page
        .getByText(/copied/i)
        .first()
        .waitFor()
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

it('shows what is no text as bytes', () =>
  visit('/?q=loader&index=books', async ({ page }) => {
    await page.locator('.results .row').first().click()
    await page.locator('.bytes mark').first().waitFor()
    expect(await page.locator('.bytes tr', { hasText: '7f 45 4c 46' }).count()).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Bytes' }).click()
    await page.locator('.reader pre', { hasText: 'loader' }).waitFor()
    await page.locator('.reader dd', { hasText: '12345678901234567890' }).waitFor()
    await page.locator('.results .source', { hasText: '2019-04-01' }).first().waitFor()
  }))

it('searches documents by several patterns', () =>
  visit('/?q=truth&index=books', async ({ page }) => {
    await page.locator('.count strong', { hasText: '41' }).waitFor()
    await page.getByRole('button', { name: '+ Pattern' }).click()
    await page.keyboard.type('café')
    await page.locator('.count', { hasText: /^1 document$/ }).waitFor()
    expect(await page.locator('.results .row').allTextContents()).toEqual(['café'])
    await page.getByLabel('How pattern 2 counts').selectOption('none')
    await page.locator('.results .row', { hasText: 'truths' }).click()
    await page.locator('.reader mark.is-current', { hasText: 'truth' }).waitFor()
    await page.reload()
    await page.locator('.reader mark.is-current', { hasText: 'truth' }).waitFor()
    expect(await page.getByLabel('Pattern 2', { exact: true }).inputValue()).toBe('café')
    await page.getByRole('button', { name: 'Close the document' }).click()
    await page.getByRole('button', { name: 'Leave out pattern 2' }).click()
    await page.locator('.count strong', { hasText: '41' }).waitFor()
  }))

it('shows a sample, and another one', () =>
  visit('/?q=universally&index=books', async ({ page }) => {
    await page.getByRole('button', { name: 'Sample' }).click()
    const again = page.getByRole('button', { name: 'Another sample' })
    await again.waitFor()
    const offsets = () => page.locator('.results .source').allTextContents()
    const first = await offsets()
    expect(first.length).toBe(25)
    await again.click()
    await expect.poll(offsets).not.toEqual(first)
    await expect.poll(() => page.url()).toContain('sample=2')
  }))

it('offers what is nearest to a text that does not occur', () =>
  visit('/?q=Truth%20%20universally%20zzz&index=letters', async ({ page }) => {
    await page.locator('.empty .part', { hasText: /^ruth/ }).waitFor()
    await page.locator('#pattern').fill('A Truth universally')
    await page.getByRole('button', { name: 'books' }).click()
    await page.getByRole('button', { name: 'ignoring case 41', exact: true }).click()
    await page.locator('.count strong', { hasText: '41' }).waitFor()
  }))

it('asks a field only of the indexes that have it', () =>
  visit('/?q=truth&index=books,letters', async ({ page }) => {
    await page.locator('.spread caption', { hasText: 'kind in books' }).waitFor()
  }))

it('says when a link speaks of another generation', () =>
  visit('/?q=truth&index=books&generation=000000-old', async ({ page }) => {
    await page.getByText('made for generation 000000-old').waitFor()
  }))

it('keeps the colours that a person chose', () =>
  visit(
    '/',
    async ({ page }) => {
      const paper = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
      const light = await paper()
      await page.getByRole('button', { name: 'Colours: system' }).click()
      expect(await paper()).toBe(light)
      await page.getByRole('button', { name: 'Colours: light' }).click()
      await expect.poll(paper).not.toBe(light)
      const dark = await paper()
      await page.reload()
      expect(await paper()).toBe(dark)
    },
    { colorScheme: 'light' },
  ))

it('copies code that asks the same', () =>
  visit(
    '/?q=it%27s%20%22so%22&index=letters',
    async ({ page }) => {
      const copied = async (name: string) => {
        await page.getByRole('button', { name, exact: true }).click()
        await page.getByRole('status').getByText(`${name} copied`).waitFor()
        return String(await page.evaluate('navigator.clipboard.readText()'))
      }
      const answers = await Promise.all([
        run('sh', ['-c', await copied('curl')]),
        run('python3', ['-c', await copied('Python')]),
        run(process.execPath, ['--input-type=module', '-e', await copied('TypeScript')]),
      ])
      for (const answer of answers) expect(answer).toMatch(/count['"]?: ?0/)
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  ))

it('tells that an index is not there, and asks nobody for it', () =>
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

it('needs less than 200 kB for its first view', () =>
  open('/', async ({ page }) => {
    const bytes = Number(
      await page.evaluate(`performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
        .reduce((sum, entry) => sum + entry.transferSize, 0)`),
    )
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThan(200_000)
  }))

it('renders the API reference from this server alone', () =>
  open('/docs', async ({ page, strangers }) => {
    await page.getByText('Count patterns').first().waitFor()
    expect(strangers).toEqual([])
  }))
