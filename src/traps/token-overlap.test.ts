import { describe, expect, it } from 'vitest'
import { findBlockLength, findPerplexityBucket, maxJaccard, measureJaccard } from './token-overlap.js'

const range = (from: number, to: number) => new Set(Array.from({ length: to - from }, (_, i) => from + i))

describe('worked example 4B', () => {
  it('measures what two traps share', () => {
    expect(measureJaccard(range(1, 6), range(4, 9))).toBe(0.25)
    expect(measureJaccard(range(0, 25), range(17, 42))).toBeCloseTo(0.1905, 4)
    expect(measureJaccard(range(0, 25), range(16, 41))).toBeCloseTo(0.2195, 4)
    expect(measureJaccard(range(0, 25), range(17, 42))).toBeLessThan(maxJaccard)
    expect(measureJaccard(new Set(), new Set())).toBe(0)
  })
})

it('knows the block that a near copy must share', () => {
  expect([findBlockLength(100, 4), findBlockLength(100, 10), findBlockLength(25, 2)]).toEqual([20, 9, 8])
})

it.each([
  [1, 0],
  [10.99, 0],
  [11, 1],
  [100.99, 9],
  [101, null],
  [0.99, null],
])('puts perplexity %d into bucket %s', (perplexity, bucket) => {
  expect(findPerplexityBucket(perplexity)).toBe(bucket)
})
