import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanBenchmark, formatItem } from './clean-benchmark.js'
import { findCorpusParts } from './clean-corpus.js'
import { compareReports } from './compare-reports.js'
import { renderReport } from './render-report.js'
import { runContamination } from './run-contamination.js'
import { makeBenchmark, makeTestIndexes, type TestIndexes, testOptions } from './testkit/check-texts.js'

const questions = [
  'How many sheep did the shepherd count on the evening before the snow came down from the high pass?',
  'Which colour had the door of the inn where the three travellers waited for the end of the long storm?',
  '<script>alert("this question & its markup must not run")</script> is what a hostile benchmark would say',
]
const benchmark = makeBenchmark('inn', questions)
const documents = [
  `Copied: ${questions[0]} And here is some more text behind it. ${questions[0].slice(0, 60)} again.`,
  'Nothing of the kind, just a plain document about the weather in the valley and nothing else at all.',
  `In parts: ${questions[1].slice(0, 80)}`,
  `${questions[1].slice(0, 55)} and ${questions[1]} <img src=x onerror=alert(1)>`,
  `A word or two: ${questions[2]}`,
]

let indexes: TestIndexes
beforeAll(async () => {
  indexes = await makeTestIndexes()
})
afterAll(() => indexes.remove())

async function check(texts: readonly string[]) {
  const reader = await indexes.open(texts.map((text, at) => ({ text, externalId: `doc-${at}` })))
  return { reader, report: await runContamination([reader], [benchmark], testOptions()) }
}

describe('cleaning', () => {
  it('leaves the dirty items out of a benchmark', async () => {
    const { report } = await check(documents.slice(0, 3))
    const { kept, removed, unchecked } = cleanBenchmark(benchmark, report)
    expect([kept.map(({ line }) => line), removed, unchecked]).toEqual([[2, 3], 1, 0])
    expect(JSON.parse(formatItem(kept[0], benchmark))).toEqual({
      id: 'item-1',
      question: questions[1],
      benchmark: 'inn',
      category: 'Math',
    })
    expect(() => cleanBenchmark({ ...benchmark, sha256: 'c'.repeat(64) }, report)).toThrow(/a file with SHA-256 a/)
    expect(() => cleanBenchmark(makeBenchmark('other', []), report)).toThrow(/no benchmark "other"/)
  })

  it('cuts parts of the corpus so that no window of a dirty item is left', async () => {
    const { reader, report } = await check(documents)
    const { parts, frequentWindows } = await findCorpusParts(reader, report)
    expect([parts.map(({ document }) => document), frequentWindows]).toEqual([[0, 2, 3, 4], 0])
    const cut = documents.map((text, at) => {
      const spans = parts.find(({ document }) => document === at)?.spans ?? []
      return [...spans].reverse().reduce((left, [start, end]) => left.slice(0, start) + left.slice(end), text)
    })
    expect(cut[0]).toContain('And here is some more text behind it.')
    const again = await check(cut)
    expect(again.report.cells[0].items.map(({ views }) => views[0].matched)).toEqual([0, 0, 0])
  })

  it('drops documents that hold a fair share of a dirty item', async () => {
    const { reader, report } = await check([...documents, `A few words: ${questions[0].slice(0, 52)}`])
    const { parts } = await findCorpusParts(reader, report)
    const dropped = parts.filter(({ items }) => items.length > 0)
    expect(dropped.map(({ externalId }) => externalId)).toEqual(['doc-0', 'doc-2', 'doc-3', 'doc-4'])
    expect(dropped[0].items).toEqual([{ benchmark: 'inn', id: 'item-0', share: 1 }])
  })

  it('is refused with a report of another state of the index, or without texts', async () => {
    const { report } = await check(documents)
    const other = await check(documents.slice(1))
    await expect(findCorpusParts(other.reader, report)).rejects.toThrow(/run it again/)
    const bare = await runContamination([other.reader], [benchmark], testOptions({ keepsText: false }))
    await expect(findCorpusParts(other.reader, bare)).rejects.toThrow(/without the texts/)
  })
})

describe('comparing', () => {
  it('names the items whose class changed, and says where the two are not alike', async () => {
    const [before, after] = [await check(documents.slice(0, 3)), await check(documents)]
    const [change] = compareReports(before.report, after.report)
    expect(change).toMatchObject({ sameBenchmark: true, sameIndex: false, sameMethod: true })
    expect(change.difference).toBeCloseTo(2 / 3)
    expect(change.items.map(({ id, before, after }) => [id, before, after])).toEqual([
      ['item-1', 'suspicious', 'dirty'],
      ['item-2', 'clean', 'dirty'],
    ])
    expect(compareReports(after.report, after.report)).toMatchObject([{ difference: 0, items: [], sameIndex: true }])
    const none = { ...after.report, cells: [] }
    expect(compareReports(none, after.report)).toMatchObject([{ before: null, difference: null }])
    expect(compareReports(after.report, none)).toMatchObject([{ after: null, difference: null }])
  })
})

describe('the page of a report', () => {
  it('shows items beside the corpus, and runs nothing of either', async () => {
    const { report } = await check(documents)
    const page = renderReport(report)
    expect(page).toContain('<mark>')
    expect(page).toContain('100.0 %')
    expect(page).not.toMatch(/<(script|img|link|iframe)|href="(?!#)|url\(/i)
    expect(page).toContain('&lt;script&gt;alert(&quot;')
    expect(page).toContain('&lt;img src')
    expect(renderReport(structuredClone(report))).toBe(page)
  })
})
