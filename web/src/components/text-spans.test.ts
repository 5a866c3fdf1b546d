import { expect, it } from 'vitest'
import { joinSpans } from './text-spans.ts'

it('joins what overlaps or touches, in order, within the text', () => {
  const spans = [
    { start: 8, end: 99 },
    { start: 2, end: 4 },
    { start: 3, end: 5 },
    { start: 5, end: 6 },
    { start: -3, end: 1 },
    { start: 7, end: 7 },
  ]
  expect(joinSpans(spans, 10)).toEqual([
    { start: 0, end: 1 },
    { start: 2, end: 6 },
    { start: 8, end: 10 },
  ])
})
