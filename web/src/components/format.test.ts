import { expect, it } from 'vitest'
import { formatBytes, formatShare } from './format.ts'

it('never writes a share of some as none, nor one of most as all', () => {
  expect([0, 0.0004, 0.056, 0.5, 0.9996, 1].map(formatShare)).toEqual([
    '0 %',
    '< 0.1 %',
    '5.6 %',
    '50 %',
    '> 99.9 %',
    '100 %',
  ])
})

it('writes bytes in units of a thousand', () => {
  expect([0, 999, 1_000, 82_000_000, 1.5e12].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '82 MB', '1.5 TB'])
})
