import { expect, it } from 'vitest'
import { groupCounts } from './group-counts.ts'

it('loses no count', () => {
  expect(groupCounts([3, 0, 2])).toEqual([3, 0, 2])
  const groups = groupCounts(Array.from({ length: 1_001 }, () => 2))
  expect(groups.length).toBeLessThanOrEqual(60)
  expect(groups.reduce((sum, count) => sum + count, 0)).toBe(2_002)
})
