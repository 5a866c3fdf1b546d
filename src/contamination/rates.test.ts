import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wilsonInterval } from '../core/wilson-interval.js'
import { classify, paperThresholds } from './item-class.js'
import { sampleItems } from './sample-items.js'
import { summarizeView } from './summarize-cell.js'
import { makeBenchmark } from './testkit/check-texts.js'

describe('classes', () => {
  it.each([
    [0, 'clean'],
    [0.125, 'clean'],
    [0.199, 'clean'],
    [0.2, 'suspicious'],
    [0.375, 'suspicious'],
    [0.799, 'suspicious'],
    [0.8, 'dirty'],
    [1, 'dirty'],
    [null, 'short'],
  ] as const)('%s of the windows is %s', (eta, expected) => {
    expect(classify(eta, paperThresholds)).toBe(expected)
  })
})

describe('rates', () => {
  // Example 1C: dirty items, items, and the percentage as shown.
  it.each([
    [12, 30, '40.00'],
    [742, 1000, '74.20'],
    [182, 250, '72.80'],
    [151, 500, '30.20'],
    [12, 448, '2.68'],
    [1, 164, '0.61'],
  ])('%i of %i dirty items are %s %%', (dirty, items, shown) => {
    const scores = Array.from({ length: items }, (_, at) => {
      const isDirty = at < dirty
      return { view: 'exact', class: isDirty ? 'dirty' : 'clean', eta: isDirty ? 1 : 0, undecided: 0 } as const
    })
    const { dirtyRate } = summarizeView(scores, items)
    expect((100 * (dirtyRate ?? 0)).toFixed(2)).toBe(shown)
  })

  it('leave short items out', () => {
    const short = { view: 'exact', class: 'short', eta: null, undecided: 0 } as const
    const dirty = { view: 'exact', class: 'dirty', eta: 1, undecided: 0 } as const
    expect(summarizeView([short, dirty], 1)).toMatchObject({ items: 2, short: 1, dirty: 1, dirtyRate: 1, meanEta: 1 })
    expect(summarizeView([short], 0)).toMatchObject({ dirtyRate: null, interval: null, meanEta: null })
  })
})

describe('the interval', () => {
  it('is that of Wilson where the population is large', () => {
    const [low, high] = wilsonInterval(10, 100, 1e12) ?? [0, 0]
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.0552', '0.1744'])
    expect(wilsonInterval(0, 10, 1e12)?.map((end) => end.toFixed(4))).toEqual(['0.0000', '0.2775'])
  })

  it('is the rate itself when all was checked, and none without a sample', () => {
    expect(wilsonInterval(3, 10, 10)).toEqual([0.3, 0.3])
    expect(wilsonInterval(0, 0, 5)).toBeNull()
  })

  it('holds the rate and shrinks with the share that was checked', () => {
    const samples = fc
      .integer({ min: 1, max: 500 })
      .chain((sampled) => fc.tuple(fc.constant(sampled), fc.integer({ min: 0, max: sampled })))
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 1000 }), ([sampled, hits], more) => {
        const [low, high] = wilsonInterval(hits, sampled, sampled + more) ?? [1, 0]
        const [wideLow, wideHigh] = wilsonInterval(hits, sampled, sampled + 2 * more) ?? [1, 0]
        const slack = 1e-12
        expect(low).toBeLessThanOrEqual(hits / sampled + slack)
        expect(high).toBeGreaterThanOrEqual(hits / sampled - slack)
        expect(wideHigh - wideLow).toBeGreaterThanOrEqual(high - low - slack)
      }),
    )
  })
})

describe('a sample', () => {
  const { items } = makeBenchmark(
    'tasks',
    Array.from({ length: 1000 }, (_, at) => ({ text: `t${at}`, subtask: at < 700 ? 'a' : at < 990 ? 'b' : null })),
  )

  it('is in proportion to the subtasks, in the order of the file', () => {
    const sample = sampleItems(items, 100, 7)
    const sizes = ['a', 'b', null].map((name) => sample.filter(({ subtask }) => subtask === name).length)
    expect(sizes).toEqual([70, 29, 1])
    expect(sample.map(({ line }) => line)).toEqual([...new Set(sample.map(({ line }) => line))].sort((a, b) => a - b))
  })

  it('is the same for the same seed, and another for another one', () => {
    expect(sampleItems(items, 50, 1)).toEqual(sampleItems(items, 50, 1))
    expect(sampleItems(items, 50, 1)).not.toEqual(sampleItems(items, 50, 2))
  })

  it('is everything where there is no more, or no limit', () => {
    expect(sampleItems(items, 1000, 1)).toBe(items)
    expect(sampleItems(items, null, 1)).toBe(items)
  })

  it('has the size that was asked for, whatever the subtasks', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), fc.integer({ min: 1, max: 60 }), (subtasks, limit) => {
        const all = makeBenchmark(
          'any',
          subtasks.map((subtask) => ({ text: 't', subtask })),
        ).items
        expect(sampleItems(all, limit, 3)).toHaveLength(Math.min(limit, all.length))
      }),
    )
  })
})
