import { describe, expect, it } from 'vitest'
import type { TableAnswer } from './answers.ts'
import { makeMatrix } from './matrix.ts'
import { emptyPlace, type Place, readPlace, writePlace } from './place.ts'
import { formatRate, heatOf, scoreCell, wilsonInterval } from './score.ts'

const method = {
  windowCharacters: 50,
  views: ['exact'],
  suspiciousFrom: 0.2,
  dirtyFrom: 0.8,
  sampleItems: 1_000,
  seed: 0,
  judge: null,
}
const corpus = { generation: '000001', documents: 1, textBytes: 1, corpusDate: null }
const info = { licence: null, link: null, split: null, field: 'question', duplicates: 0 }

function makeView(histogram: readonly (readonly [number, number])[], population = 0) {
  const tested = histogram.reduce((sum, [, items]) => sum + items, 0)
  return {
    view: 'exact',
    items: tested,
    short: 0,
    undecided: 0,
    population: Math.max(population, tested),
    dirtyRate: null,
    interval: null,
    histogram,
  }
}

function makeAnswer(rates: Readonly<Record<string, Readonly<Record<string, number>>>>): TableAnswer {
  const benchmarks = Object.keys(rates).map((name) => ({
    ...info,
    name,
    category: name.startsWith('math') ? 'Math' : null,
    sha256: name,
    itemsInFile: 100,
    items: 100,
  }))
  const names = [...new Set(Object.values(rates).flatMap((row) => Object.keys(row)))]
  const report = {
    id: 'r',
    table: 'core' as const,
    publishedAt: null,
    program: '0.0.0',
    date: '2026-01-01',
    method,
    indexes: names.map((name) => ({ ...corpus, name })),
    benchmarks,
  }
  const cells = Object.entries(rates).flatMap(([benchmark, row]) =>
    Object.entries(row).map(([index, dirty]) => ({
      report: 'r',
      benchmark,
      index,
      views: [
        makeView([
          [0, 100 - dirty],
          [100, dirty],
        ]),
      ],
      categories: { 1: 0, 2: 0, 3: 0, 4: 0 },
      boilerplate: 0,
      answers: 0,
    })),
  )
  return { reports: [report], cells }
}

const answer = makeAnswer({ 'math b': { web: 10, books: 40 }, 'math a': { web: 30 }, 'towns': { web: 20, books: 5 } })

function listNames(change: Partial<Place>): string[] {
  const { groups } = makeMatrix(answer, { ...emptyPlace, ...change })
  return groups.flatMap(({ rows }) => rows.map(({ benchmark }) => benchmark.name))
}

describe('the rows', () => {
  it('stand in groups, what has no category last', () => {
    const { groups } = makeMatrix(answer, emptyPlace)
    expect(groups.map(({ category }) => category)).toEqual(['Math', 'Other'])
    expect(listNames({})).toEqual(['math a', 'math b', 'towns'])
  })

  it('are sorted by a corpus, those without a number last in both directions', () => {
    expect(listNames({ isGrouped: false, sort: 'web' })).toEqual(['math b', 'towns', 'math a'])
    expect(listNames({ isGrouped: false, sort: 'books' })).toEqual(['towns', 'math b', 'math a'])
    expect(listNames({ isGrouped: false, sort: 'books', isDescending: true })).toEqual(['math b', 'towns', 'math a'])
  })

  it('are filtered by all words, in name or category', () => {
    expect(listNames({ filter: 'MATH b' })).toEqual(['math b'])
    expect(listNames({ filter: 'other' })).toEqual(['towns'])
  })
})

describe('a score', () => {
  const view = makeView([
    [0, 5],
    [19, 1],
    [20, 2],
    [79, 3],
    [80, 4],
    [100, 5],
  ])

  it.each([
    [80, { dirty: 9, suspicious: 5, clean: 6 }],
    [79, { dirty: 12, suspicious: 2, clean: 6 }],
    [20, { dirty: 14, suspicious: 0, clean: 6 }],
    [100, { dirty: 5, suspicious: 9, clean: 6 }],
  ])('from %i %% counts the bins at and above it', (threshold, expected) => {
    expect(scoreCell(view, threshold)).toMatchObject({ ...expected, tested: 20 })
  })

  it('of nothing has no rate', () => {
    expect(scoreCell(makeView([]), 80)).toMatchObject({ rate: null, interval: null })
  })

  it('has the interval that the server has', () => {
    expect(wilsonInterval(12, 30, 30)).toEqual([0.4, 0.4])
    const [low, high] = wilsonInterval(130, 1_000, 14_042) ?? [0, 0]
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.1112', '0.1514'])
  })

  it.each([
    [12 / 30, '40.0 %'],
    [742 / 1_000, '74.2 %'],
    [12 / 448, '2.7 %'],
    [1 / 164, '0.6 %'],
  ])('of %d is written %s', (rate, text) => expect(formatRate(rate)).toBe(text))

  it('has a colour from the first hit on', () => {
    expect([0, 0.001, 0.04, 0.5, 1].map(heatOf)).toEqual([0, 1, 4, 8, 10])
  })
})

describe('an address', () => {
  it('brings back every place', () => {
    const place: Place = {
      table: 'community',
      filter: 'a&b',
      sort: 'web',
      isDescending: true,
      isGrouped: false,
      threshold: 35,
      view: 'ignore-case',
      cell: { report: 'r', benchmark: 'a/b', index: 'web', line: 3 },
      trend: 'math a',
      check: 'new',
    }
    expect(readPlace(new URL(writePlace(place), 'http://x').search)).toEqual(place)
    expect(writePlace(emptyPlace)).toBe('/bulletin')
  })

  it.each(['from=5', 'from=101', 'from=x', 'line=-1&report=r&benchmark=b&index=i'])(
    'that makes no sense is mended: %s',
    (search) => {
      const { threshold, cell } = readPlace(`?${search}`)
      expect([threshold, cell?.line ?? null]).toEqual([80, null])
    },
  )
})
