import { expect, it } from 'vitest'
import { packPatterns } from '../../query/packed-patterns.js'
import { isBriefTask } from './brief-task.js'

const bytes = (length: number) => new Uint8Array(length)

it('is brief as its patterns are, whatever a message says', () => {
  expect(isBriefTask('count', packPatterns([bytes(256), bytes(256)]))).toBe(true)
  expect(isBriefTask('count', packPatterns([bytes(256), bytes(257)]))).toBe(false)
  expect(isBriefTask('push', { lo: 0, hi: 9, symbols: bytes(512) })).toBe(true)
  expect(isBriefTask('push', { lo: 0, hi: 9, symbols: bytes(513) })).toBe(false)
  expect(isBriefTask('find', { pattern: bytes(512), matching: null })).toBe(true)
  const matching = { ignoreCase: true, flexibleSpace: false, maxRanges: 9 }
  expect(isBriefTask('find', { pattern: bytes(1), matching })).toBe(false)
})

it('is not brief where its input does not tell', () => {
  expect(isBriefTask('longestMatches', bytes(1))).toBe(false)
  expect(isBriefTask('next', { ranges: new Float64Array(2), unit: 'token', limit: 1 })).toBe(false)
})
