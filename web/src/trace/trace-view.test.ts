import { expect, it } from 'vitest'
import type { TracedOccurrence, TracedSpan } from './ask.ts'
import { findStretches, listDocuments } from './trace-view.ts'

const occurrence = (document: number, score: number) =>
  ({ document: { index: 'books', document }, relevance: { score, level: 'low' } }) as TracedOccurrence

const span = (start: number, end: number, documents: TracedOccurrence[], relevance: TracedSpan['relevance'] = 'low') =>
  ({ startUtf16Offset: start, endUtf16Offset: end, count: 1, relevance, documents }) satisfies TracedSpan

it('spans that overlap or touch are one stretch, as relevant as the best of them', () => {
  const spans = [span(0, 4, []), span(2, 6, [], 'high'), span(6, 7, [], 'medium'), span(9, 12, [])]
  expect(findStretches({ spans })).toEqual([
    { start: 0, end: 7, spans: [0, 1, 2], relevance: 'high' },
    { start: 9, end: 12, spans: [3], relevance: 'low' },
  ])
  expect(findStretches({ spans: [] })).toEqual([])
})

it('a document is listed once with all its places, the most relevant first', () => {
  const spans = [span(0, 4, [occurrence(1, 2), occurrence(2, 5)]), span(6, 8, [occurrence(1, 2)])]
  const listed = listDocuments({ spans })
  expect(listed.map(({ key, places }) => [key, places.map((place) => place.span)])).toEqual([
    ['books 2', [0]],
    ['books 1', [0, 1]],
  ])
})
