import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NaiveReader } from '../../query/testkit/naive-reader.js'
import type { Trap } from '../trap.js'
import { findNearest } from './edit-distance.js'
import { cutBlocks, findNeighbours } from './find-neighbours.js'

const text = 'marble lanterns argue softly beneath nine copper whales until autumn forgets its name'
const trap: Trap = { id: 't', text, tokens: [1], perplexity: 9, bucket: 0, seed: 1, role: 'trap', repetitions: 1 }
const words = text.split(' ')

/** The trap with some words replaced. */
function vary(...places: number[]): string {
  return words.map((word, place) => (places.includes(place) ? 'zzzz' : word)).join(' ')
}

const openCorpus = (texts: readonly string[]) =>
  new NaiveReader({
    name: 'corpus',
    documents: texts.map((document, at) => ({ externalId: `d${at}`, metadata: null, facets: [], text: document })),
  })

describe('near copies', () => {
  it.each([
    { replaced: 1, copy: vary(3) },
    { replaced: 2, copy: vary(0, 12) },
    { replaced: 4, copy: vary(1, 4, 7, 10) },
  ])('with $replaced words replaced are found, with their distance and end', async ({ replaced, copy }) => {
    const reader = openCorpus([`before ${copy}glued after`, 'nothing here', `x ${text} y`])
    const [row] = await findNeighbours([reader], [trap], { replaced })
    expect(row?.isComplete).toBe(true)
    expect(row?.neighbours.map(({ document, distance }) => [document, distance])).toEqual([
      [2, 0],
      [0, findNearest(text, copy).distance],
    ])
    expect(row?.neighbours[0]?.endOffset).toBe(2 + text.length)
    expect(row?.histogram.map(({ count }) => count)).toEqual([1, 1])
  })

  it('are none in other text, and each copy is told once', async () => {
    const [none] = await findNeighbours([openCorpus(['marble lanterns and other things'])], [trap], { replaced: 2 })
    expect(none?.neighbours).toEqual([])
    const [twice] = await findNeighbours([openCorpus([`${text} ${text}`])], [trap], { replaced: 3 })
    expect(twice?.histogram).toEqual([{ distance: 0, count: 2 }])
  })

  it('may be missing where the trap has too few words', async () => {
    const [row] = await findNeighbours([openCorpus(['two words'])], [{ ...trap, text: 'two words' }], { replaced: 4 })
    expect(row?.isComplete).toBe(false)
  })
})

it('cuts into whole words that join again, as many as asked for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'bcd', 'efghijk', '.', '\n'), { minLength: 1 }),
      fc.integer({ min: 1, max: 9 }),
      (parts, pieces) => {
        const joined = parts.join(' ')
        const blocks = cutBlocks(joined, pieces)
        expect(blocks.join('')).toBe(joined)
        expect(blocks.length).toBeLessThanOrEqual(pieces)
        const edges = [...joined.matchAll(/ (?=\S)/g)].filter(({ index }) => index > 0).length
        expect(blocks.length).toBe(Math.min(pieces, edges + 1))
      },
    ),
  )
})

/** Row by row of the whole table. */
function findNearestNaively(pattern: string, text: string): { distance: number; end: number } {
  let column = Array.from({ length: pattern.length + 1 }, (_, row) => row)
  let best = { distance: pattern.length, end: 0 }
  for (let at = 0; at < text.length; at++) {
    const next = [0]
    for (let row = 1; row <= pattern.length; row++) {
      const replaced = column[row - 1] + (text[at] === pattern[row - 1] ? 0 : 1)
      next.push(Math.min(replaced, column[row] + 1, next[row - 1] + 1))
    }
    column = next
    if (column[pattern.length] < best.distance) best = { distance: column[pattern.length], end: at + 1 }
  }
  return best
}

it('measures distances', () => {
  expect(findNearest('abc', 'xxabcxx')).toEqual({ distance: 0, end: 5 })
  expect(findNearest('abcd', 'xxabdxx')).toEqual({ distance: 1, end: 5 })
  expect(findNearest('abc', '')).toEqual({ distance: 3, end: 0 })
  const letters = (maxLength: number) =>
    fc.array(fc.constantFrom('a', 'b', 'c', '\u00e9'), { minLength: 1, maxLength }).map((units) => units.join(''))
  fc.assert(
    fc.property(letters(110), letters(150), (pattern, text) => {
      expect(findNearest(pattern, text)).toEqual(findNearestNaively(pattern, text))
    }),
    { numRuns: 500 },
  )
})

it('finds copies of a trap that its blocks stand in by themselves too, each once', async () => {
  const [first] = cutBlocks(text, 5)
  const near = vary(12)
  const reader = openCorpus([`${text} ${text}`, `${first} alone`, `x ${near}`, `${text}`, `\u00e9${text}`])
  const [row] = await findNeighbours([reader], [trap], { replaced: 4 })
  expect(row?.neighbours.map(({ document, endOffset, distance }) => [document, endOffset, distance])).toEqual([
    [0, text.length, 0],
    [0, 2 * text.length + 1, 0],
    [3, text.length, 0],
    [4, text.length + 2, 0],
    [2, expect.any(Number), findNearest(text, near).distance],
  ])
})
