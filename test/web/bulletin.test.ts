/** Does the bulletin do what a person expects, in a real browser? */
import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { WatchedPage } from './browser.js'
import { startBulletinSite, writeUpload } from './bulletin-site.js'
import { holdRequests } from './hold-requests.js'
import { prepareVisits } from './visits.js'

const open = prepareVisits(startBulletinSite)

/** Works on the page, and expects no complaint and no call to another origin. */
function visit(path: string, work: (watched: WatchedPage) => Promise<void>, options?: BrowserContextOptions) {
  const watch = async (watched: WatchedPage) => {
    await work(watched)
    expect(watched.complaints).toEqual([])
    expect(watched.strangers).toEqual([])
    expect(await watched.page.title()).not.toContain('owned')
  }
  return open(path, watch, options)
}

const cellOf = (page: Page, benchmark: string, column: number) =>
  page.locator('.matrix tbody tr', { hasText: benchmark }).locator('td').nth(column).locator('.matrix-cell')

const listRows = (page: Page) => page.locator('.matrix tbody tr:not(.matrix-group) th').allTextContents()

function uploadFile(page: Page, name: string, text: string) {
  return page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
}

describe('the table', () => {
  it('is read without script', () =>
    open(
      '/bulletin',
      async ({ page }) => {
        const row = page.locator('tr', { hasText: 'farm sums' })
        expect(await row.locator('td').allTextContents()).toEqual([
          '2',
          '50.0 % 1 of 2, 50.0–50.0 %, 2026-02-03',
          '50.0 % 1 of 2, 50.0–50.0 %, 2026-02-03',
        ])
        expect(await page.locator('main img').count()).toBe(0)
      },
      { javaScriptEnabled: false },
    ))

  it('has a number a cell, in groups', () =>
    visit('/bulletin', async ({ page }) => {
      await cellOf(page, 'farm sums', 1).waitFor()
      expect(await cellOf(page, 'farm sums', 1).textContent()).toContain('50.0 %')
      expect(await page.locator('.matrix-group').allTextContents()).toEqual([
        expect.stringContaining('<img'),
        'Knowledge',
        'Math',
      ])
    }))

  it('is sorted by any column, and the address says so', () =>
    visit('/bulletin?flat=1', async ({ page }) => {
      await page.getByRole('button', { name: 'crawl-2025' }).click()
      const byRate = await listRows(page)
      expect(byRate.slice(1)).toEqual(['farm sums', 'old towns'])
      await page.getByRole('button', { name: 'crawl-2025' }).click()
      // Equal rates stay in the order of their names.
      expect(await listRows(page)).toEqual(['farm sums', 'old towns', byRate[0]])
      expect(page.url()).toContain('sort=crawl-2025')
      await page.reload()
      expect(await page.locator('th[aria-sort=ascending]').textContent()).toContain('crawl-2025')
    }))

  it('is filtered by name and category', () =>
    visit('/bulletin', async ({ page }) => {
      await page.getByPlaceholder('Filter benchmarks').fill('know')
      await expect.poll(() => listRows(page)).toEqual(['old towns'])
      await page.getByPlaceholder('Filter benchmarks').fill('zzz')
      await page.getByText('No benchmark has').waitFor()
    }))

  it('is computed anew while the threshold is moved', () =>
    visit('/bulletin', async ({ page }) => {
      const cell = cellOf(page, 'old towns', 2)
      await cell.waitFor()
      expect(await cell.textContent()).toContain('50.0 %')
      await page.getByRole('slider').fill('20')
      await expect.poll(() => cell.textContent()).toContain('100.0 %')
      await page.getByRole('slider').press('End')
      await expect.poll(() => cell.textContent()).toContain('50.0 %')
      expect(page.url()).toContain('from=100')
    }))

  it('explains a number to pointer and keys', () =>
    visit('/bulletin', async ({ page }) => {
      const note = page.getByRole('tooltip')
      await cellOf(page, 'farm sums', 1).hover()
      await note.getByText('95 % interval 50.0–50.0 %').waitFor()
      await note.getByText('Checked 2026-02-03').waitFor()
      await page.keyboard.press('Escape')
      await note.waitFor({ state: 'hidden' })
      await cellOf(page, 'old towns', 1).focus()
      await note.getByText('old towns in crawl-2024').waitFor()
    }))

  it('shows the trend over dated corpora', () =>
    visit('/bulletin', async ({ page }) => {
      await page.getByRole('button', { name: 'Trend of old towns' }).click()
      const rows = page.getByRole('dialog').locator('tbody tr')
      expect(await rows.allTextContents()).toEqual([
        expect.stringMatching(/^crawl-20242024-03/),
        expect.stringMatching(/^crawl-20252025-03/),
      ])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }))

  it.each([
    ['JSON', 'contamination-core.json', '"cells":['],
    ['CSV', 'contamination-core.csv', 'farm sums,Math,crawl-2024'],
  ])('is taken along as %s', (name, fileName, content) =>
    visit('/bulletin', async ({ page }) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name, exact: true }).click(),
      ])
      expect(download.suggestedFilename()).toBe(fileName)
      const pieces: Buffer[] = []
      for await (const piece of await download.createReadStream()) pieces.push(piece)
      expect(Buffer.concat(pieces).toString()).toContain(content)
    }),
  )
})

describe('a cell', () => {
  it('opens to its items, an item to its evidence, and a link brings it back', () =>
    visit('/bulletin', async ({ page }) => {
      await cellOf(page, 'farm sums', 1).click()
      const dialog = page.getByRole('dialog')
      await dialog.locator('.item-row', { hasText: 'twelve brown hens' }).click()
      const [left, right] = [dialog.locator('section').first(), dialog.locator('section').last()]
      expect(await left.locator('mark').textContent()).toContain('A farmer keeps twelve brown hens')
      expect(await right.locator('mark').first().textContent()).toBe(await left.locator('mark').textContent())
      await right.getByText('page/1').waitFor()
      await right.getByText('javascript:alert(1)').waitFor()
      expect(await right.locator('a[href^="javascript"]').count()).toBe(0)
      const other = await page.context().newPage()
      await other.goto(page.url())
      await other.getByRole('dialog').locator('section').last().locator('mark').first().waitFor()
      await other.close()
      await right.getByRole('link', { name: 'Search this window' }).click()
      await page.locator('.reader mark').waitFor()
      await page.goBack()
      await dialog.locator('mark').first().waitFor()
      await page.goBack()
      await dialog.locator('.item-row').first().waitFor()
      await page.goBack()
      await dialog.waitFor({ state: 'detached' })
    }))

  it('tells dirty from clean by the threshold of the table', () =>
    visit('/bulletin?from=60', async ({ page }) => {
      await cellOf(page, 'old towns', 2).click()
      const badges = page.getByRole('dialog').locator('.badge')
      await expect.poll(() => badges.allTextContents()).toEqual(['dirty', 'suspicious'])
      await page.getByRole('button', { name: 'Dirty', exact: true }).click()
      await expect.poll(() => badges.allTextContents()).toEqual(['dirty'])
    }))
})

describe('a check', () => {
  it('of 300 items: the file is counted, followed, and has its row', () =>
    visit('/bulletin', async ({ page }) => {
      await page.getByRole('button', { name: 'Check my benchmark' }).click()
      await uploadFile(page, 'mine.jsonl', writeUpload(300))
      await page.getByText('300 items in mine.jsonl').waitFor()
      await page.getByRole('button', { name: 'Check 300 items' }).click()
      const panel = page.getByRole('region', { name: 'Your check' })
      const cell = panel.locator('.matrix-cell').first()
      await cell.waitFor()
      expect(await cell.textContent()).toContain('100 of 300')
      await page.reload()
      await cell.click()
      await page.getByRole('dialog').locator('.item-row').first().waitFor()
    }))

  it('is not sent before it is known where to look', () =>
    visit('/bulletin?check=new', async ({ page }) => {
      const gate = await holdRequests(page, '/v1/indexes')
      await uploadFile(page, 'mine.jsonl', writeUpload(3))
      const button = page.getByRole('button', { name: 'Check 3 items' })
      await button.waitFor()
      expect(await button.isDisabled()).toBe(true)
      gate.open()
      await button.click()
      await page.getByRole('region', { name: 'Your check' }).locator('.matrix-cell').first().waitFor()
    }))

  it('is published with a key alone', () =>
    open('/bulletin?check=new', async ({ page }) => {
      await uploadFile(page, 'mine.jsonl', writeUpload(3))
      await page.getByRole('button', { name: 'Check 3 items' }).click()
      await page.getByText('Publish it').click()
      await page.getByRole('button', { name: 'Publish to the community' }).click()
      await page.getByLabel('API key').waitFor()
    }))

  it.each([
    ['that is empty', 'a.jsonl', '', 'The file is empty'],
    ['without items', 'a.jsonl', '\n', 'no items'],
    ['with a line that is no JSON', 'a.jsonl', `${writeUpload(2)}{"question": \n`, 'Line 3'],
    ['of too many items', 'a.jsonl', '{"question":"a"}\n'.repeat(100_001), 'the limit is 100000'],
    ['of CSV that is none', 'a.csv', 'id,question\n1,"open\n', 'not CSV'],
  ])('of a file %s is refused before it is sent', (_name, file, text, problem) =>
    visit('/bulletin?check=new', async ({ page }) => {
      await uploadFile(page, file, text)
      await page.getByRole('alert').getByText(problem, { exact: false }).waitFor()
    }),
  )

  it('says what the server found wrong', () =>
    open('/bulletin?check=new', async ({ page }) => {
      await uploadFile(page, 'a.jsonl', '{"title":"no question here"}\n')
      await page.getByRole('button', { name: 'Check 1 item' }).click()
      await page.getByRole('alert').getByText('upload.jsonl', { exact: false }).waitFor()
    }))

  it('that is gone is told', () =>
    open('/bulletin?check=absent', async ({ page }) => {
      await page.getByRole('alert').getByText('There is no such check.').waitFor()
    }))
})

it('is small at the first view', () =>
  visit('/', async ({ page }) => {
    const sizes: Promise<number>[] = []
    page.on('requestfinished', (request) => {
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
    })
    await page.goto(`${new URL(page.url()).origin}/bulletin`)
    await page.locator('.matrix-cell').first().waitFor()
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThan(200_000)
  }))

it.each(['', '?check=new', '?trend=old%20towns'])('fits a narrow screen: %s', (search) =>
  visit(
    `/bulletin${search}`,
    async ({ page }) => {
      await page.locator('.matrix-cell').first().waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    },
    { viewport: { width: 360, height: 740 } },
  ),
)

const states: readonly [string, string, (page: Page) => Promise<void>][] = [
  ['the table', '/bulletin', (page) => page.locator('.matrix-cell').first().waitFor()],
  ['an empty table', '/bulletin?table=community', (page) => page.locator('.empty-table').waitFor()],
  [
    'a number that is explained',
    '/bulletin',
    async (page) => {
      await page.locator('.matrix-cell').first().focus()
      await page.getByRole('tooltip').getByText('95 % interval').waitFor()
    },
  ],
  [
    'the items of a cell',
    '/bulletin',
    async (page) => {
      await cellOf(page, 'farm sums', 1).click()
      await page.locator('.item-row').first().waitFor()
    },
  ],
  [
    'an item',
    '/bulletin',
    async (page) => {
      await cellOf(page, 'farm sums', 1).click()
      await page.locator('.item-row').first().click()
      await page.locator('.comparison mark').first().waitFor()
    },
  ],
  ['a trend', '/bulletin?trend=old%20towns', (page) => page.locator('.trend-chart').waitFor()],
  [
    'the form',
    '/bulletin?check=new',
    async (page) => {
      await uploadFile(page, 'mine.jsonl', writeUpload(3))
      await page.getByText('3 items in mine.jsonl').waitFor()
      await page.getByLabel('crawl-2024').waitFor()
    },
  ],
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
