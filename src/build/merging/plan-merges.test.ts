import { describe, expect, it } from 'vitest'
import { planInto, planTiers, splitGroup } from './plan-merges.js'

const mebibyte = 2 ** 20
const counts = (groups: readonly { count: number }[]) => groups.map(({ count }) => count)

describe('size tiers', () => {
  it('leave fewer than four neighbours as they are', () => {
    expect(planTiers([])).toEqual([])
    expect(counts(planTiers([1, 1, 1]))).toEqual([1, 1, 1])
    expect(counts(planTiers([100 * mebibyte, 1, 1, 1]))).toEqual([1, 1, 1, 1])
  })

  it('merge small neighbours and leave the large ones', () => {
    const sizes = [1000 * mebibyte, 300 * mebibyte, 1, 2, 3, 4, 5]
    expect(planTiers(sizes)).toEqual([
      { first: 0, count: 1 },
      { first: 1, count: 1 },
      { first: 2, count: 5 },
    ])
  })

  it('write each document a few times, however often the index grows', () => {
    const added = mebibyte
    let [shards, written]: [number[], number] = [[], 0]
    const appends = 1_000
    for (let append = 0; append < appends; append++) {
      shards.push(added)
      shards = planTiers(shards).map(({ first, count }) => {
        const size = shards.slice(first, first + count).reduce((sum, shard) => sum + shard, 0)
        if (count > 1) written += size
        return size
      })
    }
    expect(shards.reduce((sum, size) => sum + size, 0)).toBe(appends * added)
    expect(shards.length).toBeLessThan(16)
    expect(written / (appends * added)).toBeLessThan(6)
  })
})

describe('a number of shards', () => {
  it('is reached with parts of about the same size', () => {
    expect(counts(planInto([1, 1, 1, 1, 1, 1, 1, 1], 2))).toEqual([4, 4])
    expect(counts(planInto([8, 1, 1, 1, 1, 1, 1, 1, 1], 2))).toEqual([1, 8])
    expect(counts(planInto([1, 1, 1, 1, 1, 1, 1, 8], 2))).toEqual([7, 1])
    expect(counts(planInto([5, 5, 5], 1))).toEqual([3])
    expect(counts(planInto([0, 0, 0], 2))).toHaveLength(2)
  })

  it('is not more than there are', () => {
    expect(counts(planInto([3, 4], 5))).toEqual([1, 1])
    expect(planInto([], 3)).toEqual([])
    for (let into = 1; into < 12; into++) {
      const groups = planInto([9, 1, 1, 9, 1, 1, 1, 9, 20, 1], into)
      expect(groups).toHaveLength(Math.min(10, into))
      expect(groups.every(({ count }) => count > 0)).toBe(true)
    }
  })
})

it('a group of more shards than are merged at once is cut', () => {
  expect(splitGroup(255)).toEqual([{ first: 0, count: 255 }])
  expect(splitGroup(600)).toEqual([
    { first: 0, count: 200 },
    { first: 200, count: 200 },
    { first: 400, count: 200 },
  ])
})
