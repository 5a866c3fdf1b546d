import { expect, it } from 'vitest'
import { findMatches } from './find-matches.ts'
import { emptyQuery } from './query.ts'

function listMatches(text: string, pattern: string, rules: object = {}): string[] {
  return findMatches(text, { ...emptyQuery, pattern, ...rules }).map(({ start, end }) => text.slice(start, end))
}

it('finds occurrences that overlap', () => {
  expect(listMatches('banana', 'ana')).toEqual(['ana', 'ana'])
  expect(listMatches('😀😀😀', '😀😀')).toEqual(['😀😀', '😀😀'])
})

it('takes every mark of the pattern as it stands', () => {
  expect(listMatches('a.*b (c)? [d]-{e}\\f/g|$^+', '.*b (c)? [d]-{e}\\f/g|$^+')).toHaveLength(1)
  expect(listMatches('axxb', 'a.*b')).toEqual([])
})

it('ignores case by simple folding, as the index does', () => {
  expect(listMatches('STRASSE Straße ſtraße ẞ', 'straße', { ignoreCase: true })).toEqual(['Straße', 'ſtraße'])
  expect(listMatches('\u212a', 'k', { ignoreCase: true })).toEqual(['\u212a'])
})

it('matches runs of white space inside, and those at the ends exactly', () => {
  const rules = { flexibleSpace: true }
  expect(listMatches('a \n\u3000b', 'a b', rules)).toEqual(['a \n\u3000b'])
  expect(listMatches('a\nb ', 'a b ', rules)).toEqual(['a\nb '])
  expect(listMatches('a\nb\n', 'a b ', rules)).toEqual([])
  expect(listMatches('a\ufeffb', 'a b', rules)).toEqual([])
})

it('marks patterns that a document has to or may hold, not those it lacks', () => {
  const terms = [
    { kind: 'any', pattern: 'two' },
    { kind: 'none', pattern: 'three' },
  ]
  expect(listMatches('two one three', 'one', { terms })).toEqual(['two', 'one'])
})
