import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combineEstimates } from './combine-estimates.js'
import { DurationHistogram } from './duration-histogram.js'
import { findMaximalSpans, keepMaximal } from './maximal-spans.js'
import { mergeNext } from './merge-next.js'
import { RecentCache } from './recent-cache.js'
import { samplePositions } from './sample-positions.js'

describe('a sample of positions', () => {
  it('holds as many different ones as asked for, ascending, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.integer({ min: 1, max: 200 }), fc.nat(), (count, limit, seed) => {
        const positions = samplePositions(count, limit, seed)
        expect(positions).toHaveLength(Math.min(count, limit))
        expect(new Set(positions).size).toBe(positions.length)
        expect(positions).toEqual([...positions].sort((a, b) => a - b))
        expect(positions.every((position) => position >= 0 && position < count)).toBe(true)
        expect(samplePositions(count, limit, seed)).toEqual(positions)
      }),
    )
  })

  it('takes each position about equally often', () => {
    const hits = new Array<number>(20).fill(0)
    for (let seed = 0; seed < 4_000; seed++) for (const position of samplePositions(20, 5, seed)) hits[position]++
    // 1,000 each; seven standard deviations.
    for (const hit of hits) expect(Math.abs(hit - 1_000)).toBeLessThan(190)
  })
})

describe('estimates of several shards', () => {
  it('are exact when all are', () => {
    const exact = (count: number) => ({ count, isExact: true, lowerBound: count, interval: [count, count] as const })
    expect(combineEstimates([exact(3), exact(4)])).toEqual(exact(7))
    expect(combineEstimates([])).toEqual(exact(0))
  })

  it('add their distances in quadrature and never go below what was found', () => {
    const combined = combineEstimates([
      { count: 100, isExact: false, lowerBound: 80, interval: [97, 103] },
      { count: 50, isExact: false, lowerBound: 10, interval: [46, 54] },
      { count: 5, isExact: true, lowerBound: 5, interval: [5, 5] },
    ])
    expect(combined).toEqual({ count: 155, isExact: false, lowerBound: 95, interval: [150, 160] })
  })
})

describe('maximal spans', () => {
  it('end between characters', () => {
    const text = Buffer.from('aéb')
    // The match at 0 ends inside é.
    expect(findMaximalSpans(text, [Float64Array.of(2, 0, 0, 1)], 1, 'character')).toEqual([
      { startOffset: 0, endOffset: 1 },
      { startOffset: 3, endOffset: 4 },
    ])
  })

  it('take the longest of all shards, and drop what lies in another', () => {
    const text = Buffer.from('abcdef')
    const spans = findMaximalSpans(
      text,
      [Float64Array.of(2, 1, 4, 3, 2, 1), Float64Array.of(3, 2, 1, 0, 0, 0)],
      1,
      'character',
    )
    expect(spans).toEqual([
      { startOffset: 0, endOffset: 3 },
      { startOffset: 2, endOffset: 6 },
    ])
  })

  it('of several indexes are those of none longer', () => {
    const span = (startOffset: number, endOffset: number) => ({ startOffset, endOffset })
    expect(keepMaximal([span(0, 4), span(6, 9), span(1, 4), span(0, 3), span(3, 7), span(6, 9)])).toEqual([
      span(0, 4),
      span(3, 7),
      span(6, 9),
    ])
  })
})

describe('what comes next in all shards', () => {
  it('is ordered by count, then bytes, the end last', () => {
    const a = { bytes: Uint8Array.of(97), token: null }
    const b = { bytes: Uint8Array.of(98), token: null }
    const end = { bytes: null, token: null }
    const merged = mergeNext([
      [
        { ...b, count: 2 },
        { ...end, count: 3 },
      ],
      [
        { ...a, count: 3 },
        { ...b, count: 1 },
      ],
    ])
    expect(merged).toEqual([
      { ...a, count: 3 },
      { ...b, count: 3 },
      { ...end, count: 3 },
    ])
  })

  it('is ordered by id where tokens are counted', () => {
    const entry = (token: number | null, count: number) => ({ bytes: null, token, count })
    const merged = mergeNext([
      [entry(256, 2), entry(3, 1)],
      [entry(null, 2), entry(3, 1), entry(70_000, 5)],
    ])
    expect(merged).toEqual([entry(70_000, 5), entry(3, 2), entry(256, 2), entry(null, 2)])
  })
})

describe('a cache of answers', () => {
  it('keeps those used last within its bytes', () => {
    const cache = new RecentCache<number>(100)
    cache.put('a', 1, 40)
    cache.put('b', 2, 40)
    expect(cache.get('a')).toBe(1)
    cache.put('c', 3, 40)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
  })

  it('does not keep what is larger than itself', () => {
    const cache = new RecentCache<number>(100)
    cache.put('a', 1, 40)
    cache.put('big', 2, 200)
    expect([cache.get('a'), cache.get('big')]).toEqual([1, undefined])
  })
})

describe('a histogram', () => {
  it('puts each duration into the first bucket that holds it', () => {
    const histogram = new DurationHistogram()
    for (const durationMs of [0.05, 0.1, 7, 99_999]) histogram.record(durationMs)
    const { buckets, count, sumMs } = histogram.snapshot()
    expect(count).toBe(4)
    expect(sumMs).toBeCloseTo(100_006.15)
    expect(buckets.filter((bucket) => bucket.count > 0)).toEqual([
      { boundMs: 0.1, count: 2 },
      { boundMs: 10, count: 1 },
      { boundMs: Number.POSITIVE_INFINITY, count: 1 },
    ])
  })
})
