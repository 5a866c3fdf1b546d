import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OmnigramError } from '../core/errors.js'
import type { IndexReader } from '../query/index-reader.js'
import { createNaiveReader } from '../query/testkit/naive-reader.js'
import type { ContaminationOptions } from './contamination-options.js'
import { formatReport, parseReport, type ReportItem } from './report.js'
import { runContamination } from './run-contamination.js'
import { makeBenchmark, makeTestIndexes, type TestIndexes, testOptions } from './testkit/check-texts.js'
import { viewNames } from './views.js'

const lego =
  'John plans to sell all his toys and use the money to buy video games. He has 13 lego sets and he sells them for $15 each.'

let indexes: TestIndexes

beforeAll(async () => {
  indexes = await makeTestIndexes()
})
afterAll(() => indexes.remove())

/** The items of one benchmark in one index. */
async function check(
  reader: IndexReader,
  items: Parameters<typeof makeBenchmark>[1],
  options: Partial<ContaminationOptions> = {},
): Promise<ReportItem[]> {
  const report = await runContamination([reader], [makeBenchmark('toys', items)], testOptions(options))
  // What is written is what is read.
  expect(parseReport(formatReport(report), 'report')).toEqual(report)
  return report.cells[0].items
}

describe('the worked example 1B', () => {
  it.each([
    ['the whole text', lego, 16, 'dirty'],
    ['a line break in the place of a blank', lego.replace('games. ', 'games.\n'), 6, 'suspicious'],
    ['its first 69 characters', lego.slice(0, 69), 5, 'suspicious'],
    ['its first 60 characters', lego.slice(0, 60), 2, 'clean'],
    ['the text in lower case', lego.toLowerCase(), 4, 'suspicious'],
  ])('%s in the corpus', async (_, corpus, matched, expected) => {
    const reader = await indexes.open([`Before. ${corpus} After.`])
    const [{ views }] = await check(reader, [lego])
    expect(views).toMatchObject([{ windows: 16, matched, eta: matched / 16, class: expected }])
  })
})

describe('views', () => {
  const wrapped = lego.replaceAll(' ', '\n\t')
  const cased = lego.toUpperCase()

  it.each([
    ['as it is', lego, [1, 1, 1, 1]],
    ['re-cased', cased, [0, 1, 0, 1]],
    ['re-wrapped', wrapped, [0, 0, 1, 1]],
    ['re-cased and re-wrapped', wrapped.toUpperCase(), [0, 0, 0, 1]],
  ])('see a copy that is %s, on either side', async (_, copy, etas) => {
    for (const [corpus, item] of [
      [copy, lego],
      [lego, copy],
    ]) {
      const reader = await indexes.open(['Something else.', corpus])
      const [{ views, evidence }] = await check(reader, [item], { views: viewNames })
      expect(views.map(({ eta }) => eta)).toEqual(etas)
      expect(evidence?.view).toBe(viewNames[etas.indexOf(1)])
      expect(evidence?.bestDocument).toMatchObject({ share: 1, isExact: true, passage: { document: { document: 1 } } })
    }
  })

  it('take white space at the end of a window for any white space, but not for none', async () => {
    const item = `${'a'.repeat(49)} b`
    const ended = async (corpus: string) =>
      (await check(await indexes.open([corpus]), [item], { views: ['flexible-space'] }))[0]
    expect((await ended(`${'a'.repeat(49)}\u3000\n`)).views[0]).toMatchObject({ windows: 1, matched: 1, counts: [1] })
    expect((await ended(`${'a'.repeat(49)}.`)).views[0]).toMatchObject({ windows: 1, matched: 0 })
    expect((await ended('a'.repeat(49))).views[0]).toMatchObject({ windows: 1, matched: 0 })
  })

  it('count a window that is too expensive as undecided, and only that one', async () => {
    const reader = await indexes.open([lego])
    const picky: IndexReader = Object.create(reader, {
      count: {
        value: async (patterns: string[], options: object) => {
          if (patterns.some((pattern) => pattern.startsWith('He has 13')))
            throw new OmnigramError('too-expensive', 'Too many.')
          return reader.count(patterns, options)
        },
      },
    })
    const [{ views }] = await check(picky, [lego], {
      views: ['ignore-case'],
      findsEvidence: false,
      findsLongestMatch: false,
    })
    expect(views[0]).toMatchObject({ windows: 16, matched: 15, undecided: 1, class: 'dirty' })
  })
})

describe('evidence', () => {
  const question =
    'Which of the seven hills of the old town did the messenger climb before the sun had risen over the river?'
  const answer = 'the one with the broken mill'

  it('names the document that holds most, the rarest window, and the answer behind it', async () => {
    const reader = await indexes.open([
      { text: `${question.slice(0, 60)} and something else`, externalId: 'part', metadata: '{"year":1999}' },
      { text: `Quiz. ${question} It was ${answer}, as all know.`, externalId: 'whole', metadata: '{"year":2001}' },
    ])
    const [{ evidence, longestMatch }] = await check(reader, [{ text: question, answer }])
    expect(evidence).toMatchObject({
      category: { number: 1, decidedBy: 'rule' },
      answer: { status: 'found', distance: 14 },
      bestDocument: { share: 1, isExact: true },
      boilerplate: { windows: 0, isBoilerplate: false },
      rarestWindow: { count: 1, documents: { count: 1, isExact: true } },
    })
    const passage = evidence?.bestDocument?.passage
    expect(passage?.document).toMatchObject({ externalId: 'whole', metadata: '{"year":2001}' })
    expect(passage?.matches.map(([start, end]) => passage.text.slice(start, end))).toEqual([question.slice(0, -6)])
    expect(longestMatch).toMatchObject({ start: 0, end: question.length, share: 1, count: 1 })
  })

  it.each([
    ['the answer too far away', `${question} ${'x '.repeat(220)}${answer}`, answer, 3, 'not-found'],
    ['few words of the answer', `${question} The broken one.`, answer, 3, 'not-found'],
    [
      'most words of the answer',
      `${question} Broken mill gate yard: that one.`,
      'yard, gate, broken mill',
      2,
      'not-found',
    ],
    ['a letter for an answer', `${question} A`, 'A', 3, 'not-testable'],
    ['no answer', question, null, 3, 'absent'],
    ['a number that is part of another', `${question} 1234`, '23', 3, 'not-found'],
    ['a number by itself', `${question} 23.`, '23', 1, 'found'],
  ])('finds %s', async (_, corpus, sought, category, status) => {
    const reader = await indexes.open([corpus])
    const [{ evidence }] = await check(reader, [{ text: question, answer: sought }])
    expect([evidence?.category.number, evidence?.answer.status]).toEqual([category, status])
  })

  it.each([
    ['behind the copy', '', '漢字'.repeat(40)],
    ['before the copy', '😀漢'.repeat(40), ''],
    ['on both sides', 'é漢😀'.repeat(300), '😀é漢'.repeat(300)],
  ])('cuts no character of the corpus that stands %s', async (_, before, after) => {
    const corpus = `${before} ${lego} ${after}`
    const reader = await indexes.open([corpus])
    // The item goes on by ever more bytes where the corpus has characters of several.
    const items = [1, 2, 3, 4, 5, 6, 7].map((length) => ({
      text: `${'b'.repeat(length)} ${lego} ${'a'.repeat(length)}`,
    }))
    for (const { evidence } of await check(reader, items)) {
      const { text, startOffset } = evidence?.bestDocument?.passage ?? { text: null, startOffset: -1 }
      const bytes = Buffer.from(text ?? '')
      expect(Buffer.from(corpus).subarray(startOffset, startOffset + bytes.length)).toEqual(bytes)
      expect(text).toContain(lego)
    }
  })

  it('marks what stands in very many documents or items as boilerplate', async () => {
    const many = await indexes.open(Array.from({ length: 101 }, (_, at) => `${at}: ${question}`))
    const [inDocuments] = await check(many, [question])
    expect(inDocuments.evidence).toMatchObject({ boilerplate: { isBoilerplate: true }, category: { number: 4 } })
    expect(inDocuments.evidence?.rarestWindow.documents).toEqual({ count: 101, isExact: true })
    const one = await indexes.open([question])
    const inItems = await check(
      one,
      Array.from({ length: 11 }, () => question),
    )
    expect(inItems[0].evidence?.boilerplate.isBoilerplate).toBe(true)
    const [few] = await check(
      one,
      Array.from({ length: 10 }, () => question),
    )
    expect(few.evidence?.boilerplate).toEqual({ windows: 0, isBoilerplate: false })
  })

  it('asks the judge for dirty items alone', async () => {
    const reader = await indexes.open([question])
    const asked: string[] = []
    const judge = {
      name: 'a-model',
      judge: async (text: string) => {
        asked.push(text)
        return 2 as const
      },
    }
    const half = `${question.slice(0, 70)} and now something that is not at all in the corpus, word by word`
    const items = await check(reader, [question, half], { judge })
    expect(items.map(({ views }) => views[0].class)).toEqual(['dirty', 'suspicious'])
    expect(items.map(({ evidence }) => evidence?.category)).toEqual([
      { number: 2, decidedBy: 'a-model' },
      { number: 3, decidedBy: 'rule' },
    ])
    expect(asked).toEqual([question])
  })
})

describe('a report', () => {
  it('counts short items apart, and tests them whole when asked to', async () => {
    const reader = await indexes.open(['short text', lego])
    const benchmark = makeBenchmark('short', ['short text', 'not there', '', lego])
    const plain = await runContamination([reader], [benchmark], testOptions())
    expect(plain.cells[0].views).toMatchObject([{ items: 4, short: 3, dirty: 1, dirtyRate: 1 }])
    expect(plain.benchmarks[0]).toMatchObject({ itemsInFile: 4, items: 4, empty: 1, duplicates: 0 })
    const whole = await runContamination([reader], [benchmark], testOptions({ testsShort: true }))
    expect(whole.cells[0].views).toEqual(plain.cells[0].views)
    expect(whole.cells[0].withShort).toMatchObject({ items: 4, short: 1, dirty: 2, clean: 1 })
    expect(whole.cells[0].items.map(({ wholeCount }) => wholeCount)).toEqual([1, 0, null, null])
  })

  it('names no bounds of a rate that all items decide, though some have no text', async () => {
    const reader = await indexes.open([`${lego} Short and there.`])
    const benchmark = makeBenchmark('toys', [lego, 'Short and there.', 'Short and away.', '', ' \n'])
    const report = await runContamination([reader], [benchmark], testOptions({ testsShort: true }))
    expect(report.cells[0].withShort).toMatchObject({ dirty: 2, short: 2, population: 3, interval: [2 / 3, 2 / 3] })
  })

  it('is the same on an index in many shards, and as a scan of the documents gives', async () => {
    const documents = Array.from({ length: 40 }, (_, at) => ({
      text: `${at} ${at % 3 === 0 ? lego : lego.slice(at)} ${at}`,
    }))
    const readers = [
      await indexes.open(documents),
      await indexes.open(documents, 'corpus', 7),
      createNaiveReader({ name: 'corpus', documents }),
    ]
    const benchmark = makeBenchmark('toys', [lego, lego.toUpperCase(), lego.slice(30), 'short'])
    const cells = []
    for (const reader of readers) {
      const report = await runContamination(
        [reader],
        [benchmark],
        testOptions({ views: viewNames, findsEvidence: false }),
      )
      cells.push(report.cells)
    }
    expect(cells[1]).toEqual(cells[0])
    expect(cells[2]).toEqual(cells[0])
  })

  it('is repeated byte by byte', async () => {
    const documents = Array.from({ length: 20 }, (_, at) => `${lego.slice(at)} ${at}`)
    const [first, second] = [await indexes.open(documents), await indexes.open(documents)]
    const benchmark = makeBenchmark('toys', [lego, lego.slice(9), lego.toLowerCase()])
    const [before, after] = await Promise.all(
      [first, second].map((reader) => runContamination([reader], [benchmark], testOptions({ views: viewNames }))),
    )
    expect(formatReport(after)).toBe(formatReport(before))
  })

  it('says how far it is, and ends when it is no longer wanted', async () => {
    const reader = await indexes.open([lego])
    const shares: number[] = []
    const controller = new AbortController()
    const options = testOptions({ onProgress: ({ share }) => shares.push(share), signal: controller.signal })
    await runContamination([reader], [makeBenchmark('toys', [lego])], options)
    expect(shares[0]).toBe(0)
    controller.abort()
    await expect(runContamination([reader], [makeBenchmark('toys', [lego])], options)).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  it.each([
    [{ views: [] }, /each view once/],
    [{ views: ['exact', 'exact'] }, /each view once/],
    [{ suspiciousFrom: 0.9 }, /thresholds are 0.9 and 0.8/],
    [{ dirtyFrom: Number.NaN }, /thresholds/],
  ] as const)('is refused with %j', async (options, message) => {
    const reader = await indexes.open([lego])
    const run = runContamination([reader], [makeBenchmark('toys', [lego])], testOptions(options))
    await expect(run).rejects.toThrow(message)
  })

  it('is refused on an index of tokens, whose words have other borders', async () => {
    const reader = await indexes.open([lego])
    const tokens: IndexReader = Object.create(reader, {
      manifest: { value: { ...reader.manifest, symbols: 'tokens' } },
    })
    await expect(check(tokens, [lego])).rejects.toThrow(/corpus is an index of tokens/)
  })

  it('is refused for more text than fits in memory', async () => {
    const reader = await indexes.open([lego])
    const huge = makeBenchmark(
      'huge',
      Array.from({ length: 35 }, () => 'x '.repeat(500_000)),
    )
    await expect(runContamination([reader], [huge], testOptions())).rejects.toThrow(
      /huge: the items to check have 35000000/,
    )
  })

  it('is refused for two benchmarks of one name', async () => {
    const reader = await indexes.open([lego])
    const twice = [makeBenchmark('toys', [lego]), makeBenchmark('toys', [lego])]
    await expect(runContamination([reader], twice, testOptions())).rejects.toThrow(/called "toys"/)
  })
})

describe('a text that stands in the corpus', () => {
  const pieces = fc.constantFrom('word', 'größe', '今日は', '🙂', ' ', '\n', '\t', '  ', 'x', '.', '\u00a0', '\u0000')
  const texts = fc.array(pieces, { minLength: 20, maxLength: 60 }).map((parts) => parts.join(''))

  it('has eta 1 in every view, whatever stands around it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, texts, async (before, text, after) => {
        const reader = await indexes.open([before, before + text + after, after])
        const [{ views, longestMatch }] = await check(reader, [text], { views: viewNames, findsEvidence: false })
        for (const { windows, eta } of views) expect(eta).toBe(windows === 0 ? null : 1)
        if (longestMatch) expect(longestMatch.share).toBe(1)
      }),
      { numRuns: 20 },
    )
  })
})
