import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type InjectionEdge, listEdges, type SplicedText, spliceTraps } from './splice-traps.js'

const text = 'w0 w1 w2 w3'

/** The text without its insertions, the last one first. */
function removeInsertions({ text: spliced, insertions }: SplicedText): string {
  const added = insertions.reduce((sum, insertion) => sum + insertion.text.length, 0)
  let [left, after] = [spliced, added]
  for (const { offset, text: inserted } of [...insertions].reverse()) {
    after -= inserted.length
    expect(left.startsWith(inserted, offset + after)).toBe(true)
    left = left.slice(0, offset + after) + left.slice(offset + after + inserted.length)
  }
  return left
}

describe('worked example 4A: the published scheme glues the neighbour', () => {
  it.each([
    { chosen: [1, 2], expected: 'w0 TRAPw1 TRAPw2 w3' },
    { chosen: [0, 3], expected: 'TRAPw0 w1 w2 TRAPw3' },
  ])('before words $chosen', ({ chosen, expected }) => {
    const spliced = spliceTraps(text, 'TRAP', chosen, 'published')
    expect(spliced.text).toBe(expected)
    expect(spliced.text.length).toBe(11 + 2 * 4)
    expect(removeInsertions(spliced)).toBe(text)
  })
})

it('stands apart from its neighbours otherwise', () => {
  expect(spliceTraps(text, 'TRAP', [2, 0], 'word').text).toBe('TRAP w0 w1 TRAP w2 w3')
  expect(spliceTraps('One. Two! Three?', 'TRAP', [1], 'sentence').text).toBe('One. TRAP Two! Three?')
  expect(spliceTraps('One.\n\nTwo.\n\n', 'TRAP', [1], 'paragraph').text).toBe('One.\n\nTRAP\n\nTwo.\n\n')
})

it('finds edges', () => {
  expect(listEdges('a  b ', 'published')).toEqual([0, 2, 3, 5])
  expect(listEdges('a  b ', 'word')).toEqual([0, 3])
  expect(listEdges('', 'word')).toEqual([0])
  expect(listEdges('e.g. this', 'sentence')).toEqual([0, 5])
})

it('refuses places that are not there', () => {
  expect(() => spliceTraps(text, 'TRAP', [4], 'word')).toThrow(/4 places/)
  expect(() => spliceTraps(text, 'TRAP', [1, 1], 'word')).toThrow(/places/)
})

it('restores every document byte for byte', () => {
  const edges: InjectionEdge[] = ['word', 'sentence', 'paragraph', 'published']
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', '.', '\n', 'é', '𝄞'), maxLength: 60 }),
      fc.string({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(...edges),
      fc.array(fc.nat(20), { maxLength: 6 }),
      (original, trap, edge, picks) => {
        const places = listEdges(original, edge).length
        const chosen = [...new Set(picks.map((pick) => pick % places))]
        const spliced = spliceTraps(original, trap, chosen, edge)
        expect(removeInsertions(spliced)).toBe(original)
        expect(spliced.text.length).toBe(
          original.length + spliced.insertions.reduce((sum, { text: inserted }) => sum + inserted.length, 0),
        )
      },
    ),
  )
})
