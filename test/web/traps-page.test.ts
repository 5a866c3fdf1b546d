/** Does the trap page do what a person expects, in a real browser? */
import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { WatchedPage } from './browser.js'
import { holdRequests } from './hold-requests.js'
import { registryLines, scoreLines, startTrapsSite } from './traps-site.js'
import { prepareVisits } from './visits.js'

const open = prepareVisits(startTrapsSite)

/** Works on the page, and expects no complaint and no call to another origin. */
function visit(work: (watched: WatchedPage) => Promise<void>, options?: BrowserContextOptions) {
  const watch = async (watched: WatchedPage) => {
    await work(watched)
    expect(watched.complaints).toEqual([])
    expect(watched.strangers).toEqual([])
    expect(await watched.page.title()).not.toContain('owned')
  }
  return open('/traps', watch, options)
}

async function upload(page: Page, lines = registryLines, at = 0) {
  const file = { name: at === 0 ? 'traps.jsonl' : 'scores.jsonl', mimeType: 'text/plain', buffer: Buffer.from(lines) }
  await page.locator('input[type=file]').nth(at).setInputFiles(file)
}

async function ask(page: Page, question: string) {
  await upload(page)
  await page.getByText(question).click()
}

const answer = (page: Page) => page.getByRole('region', { name: 'Answer' })

describe('a registry', () => {
  it('is counted in the browser, and sent nowhere', () =>
    visit(async ({ page }) => {
      const sent: string[] = []
      page.on('request', (request) => sent.push(request.method()))
      await upload(page)
      await page.getByText('4 traps, 4 controls and 0 variants').waitFor()
      const rows = page.locator('.registry table').first().locator('tbody tr')
      expect(await rows.allTextContents()).toEqual(['92204', '122204'])
      await page.getByText('Show the texts').click()
      await page.getByText('velvet engines hum').waitFor()
      expect(await page.locator('.trap-texts img').count()).toBe(0)
      expect(sent).not.toContain('POST')
    }))

  it.each([
    ['no JSON', '{"id":"a"}\nnonsense\n', 'Line 1 is no trap'],
    ['nothing', '\n', 'no trap in it'],
    ['not UTF-8', '\ud800', 'Line 1 is no trap'],
  ])('with %s is refused in words', (_name, lines, words) =>
    visit(async ({ page }) => {
      await upload(page, lines)
      await page.getByRole('alert').getByText(words).waitFor()
    }),
  )
})

describe('an answer', () => {
  it('says of each trap what was planned and found, with its documents', () =>
    visit(async ({ page }) => {
      await ask(page, 'Are they there?')
      await page.getByRole('button', { name: 'Look for 8 texts' }).click()
      await answer(page).getByText('8 of 8 counts are as planned').waitFor()
      await answer(page).getByText('0 of 4 counts of controls are not zero').waitFor()
      const row = answer(page).locator('tbody tr', { hasText: 'trap-1' })
      expect((await row.locator('td').allTextContents()).slice(0, 5)).toEqual(['planted', '3', '3', '1', 'yes'])
      await row.getByText('1 document').click()
      await row.getByText('book/1: 3').waitFor()
    }))

  it('is not asked for before it is known where to look', () =>
    visit(async ({ page }) => {
      const gate = await holdRequests(page, '/v1/indexes')
      await upload(page)
      const button = page.getByRole('button', { name: 'Look for 8 texts' })
      await button.waitFor()
      expect(await button.isDisabled()).toBe(true)
      gate.open()
      await button.click()
      await answer(page).getByText('8 of 8 counts are as planned').waitFor()
    }))

  it('names leaks in the corpora of others', () =>
    visit(async ({ page }) => {
      await ask(page, 'Are they there?')
      await page.getByLabel('planted').uncheck()
      await page.getByLabel('crawl').check()
      await page.getByLabel('These are corpora of others').check()
      await page.getByRole('button', { name: 'Look for' }).click()
      await answer(page).getByText('1 of 8 counts are leaks').waitFor()
      await answer(page).getByRole('button', { name: 'Leaks only' }).click()
      expect(await answer(page).locator('tbody th').allTextContents()).toEqual(['trap-2'])
    }))

  it('finds near copies', () =>
    visit(async ({ page }) => {
      await ask(page, 'Are there near copies?')
      await page.getByRole('button', { name: 'Look for' }).click()
      const row = answer(page).locator('tbody tr', { hasText: 'trap-1' })
      await row.waitFor()
      expect((await row.locator('td').allTextContents()).slice(1, 3)).toEqual(['3', '1'])
    }))

  it('compares a corpus with what a cleaning left of it', () =>
    visit(async ({ page }) => {
      await ask(page, 'What did a cleaning leave?')
      await page.getByLabel('Corpus after').selectOption('cleaned')
      await page.getByLabel('Bytes of a repeated string').fill('40')
      await page.getByRole('button', { name: 'Look for' }).click()
      await answer(page).getByText('2 of 4 traps that stood in planted stand in cleaned').waitFor()
      const rows = answer(page).locator('tbody tr')
      expect(await rows.first().textContent()).toContain('9 tokens × 1')
      expect(await rows.count()).toBe(4)
    }))

  it('says whether a model saw them, never without numbers and interval', () =>
    visit(async ({ page }) => {
      await ask(page, 'Did a model see them?')
      await upload(page, scoreLines, 1)
      await page.getByText('8 lines of scores').waitFor()
      await page.getByRole('button', { name: 'Compare' }).click()
      const verdict = answer(page).locator('.detection-verdict')
      await verdict.waitFor()
      expect(await verdict.textContent()).toMatch(
        /^AUC 1\.000, 95 % interval 1\.000 to 1\.000, of 4 traps and 4 controls \(p = .*likelier than controls\.$/,
      )
      expect(await answer(page).locator('.auc-plot circle').count()).toBeGreaterThan(4)
      await answer(page).getByRole('button', { name: 'By zlib' }).click()
      await answer(page).getByRole('table', { name: 'By zlib: AUC by group' }).waitFor()
    }))

  it('says what the server found wrong', () =>
    visit(async ({ page, complaints }) => {
      await ask(page, 'Did a model see them?')
      await upload(page, '{"trap":"trap-0","logProbabilities":[-1]}\n', 1)
      await page.getByRole('button', { name: 'Compare' }).click()
      await answer(page).getByRole('alert').getByText('7 traps have no scores').waitFor()
      complaints.length = 0
    }))
})

it('is worked by keys alone', () =>
  visit(async ({ page }) => {
    await upload(page)
    // Where can be looked is asked of the server.
    await page.getByLabel('planted').waitFor()
    await page.getByRole('radio').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    for (let step = 0; step < 10; step++) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate('document.activeElement.textContent')
      if (String(focused).startsWith('Look for')) break
    }
    await page.keyboard.press('Enter')
    await answer(page).getByText('as planned.').waitFor()
  }))

const states: readonly (readonly [string, string | null])[] = [
  ['the registry', null],
  ['presence', 'Are they there?'],
  ['near copies', 'Are there near copies?'],
  ['survival', 'What did a cleaning leave?'],
  ['detection', 'Did a model see them?'],
]

describe.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
] as const)('in the %s scheme, %i wide', (colorScheme, width) => {
  it.each(states)('%s has no violation, and fits', (name, question) =>
    visit(
      async ({ page }) => {
        await upload(page)
        await page.locator('.registry').waitFor()
        if (question !== null) {
          await page.getByText(question).click()
          if (name === 'detection') await upload(page, scoreLines, 1)
          await page.getByRole('button', { name: /Look for|Compare/ }).click()
          await answer(page).locator('table').first().waitFor()
        }
        const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
        const folder = process.env.OMNIGRAM_SCREENSHOTS
        const path = `${folder}/traps-${name.replace(' ', '-')}-${colorScheme}-${width}.png`
        if (folder !== undefined) await page.screenshot({ path, fullPage: true })
      },
      { colorScheme, viewport: { width, height: 800 } },
    ),
  )
})
