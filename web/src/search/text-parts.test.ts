import { expect, it } from 'vitest'
import { isBinary, locateMatch, toTextSpan } from './text-parts.ts'

it('goes from bytes of a document to units of its text and back', () => {
  const text = 'é😀 needle 😀'
  const span = toTextSpan(text, 100, 107, 113)
  expect(span && text.slice(span.start, span.end)).toBe('needle')
  expect(locateMatch(text, span ? [span] : [])).toEqual({ startOffset: 7, endOffset: 13 })
  expect(locateMatch(text, [])).toEqual({ startOffset: 0, endOffset: 0 })
})

it('has no span for a document as a whole', () => {
  expect(toTextSpan('text', 0, 0, 0)).toBeNull()
})

it('tells programs from texts', () => {
  expect(isBinary('\x7fELF\x00\x01\x02\x03 loader')).toBe(true)
  expect(isBinary('a text\r\n\twith lines and one \x1b mark in it')).toBe(false)
  expect(isBinary('')).toBe(false)
})
