import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSpace } from './white-space.js'
import { countCharacters, cutWindows, mergeParts, viewText } from './windows.js'

/** Code points for which Python's `str.isspace` is true. */
const pythonSpace = [
  0x9, 0xa, 0xb, 0xc, 0xd, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004,
  0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
]

const lego =
  'John plans to sell all his toys and use the money to buy video games. He has 13 lego sets and he sells them for $15 each.'

/** The rule, said as plainly as can be. */
function cutPlainly(text: string): string[] {
  const characters = Array.from(text)
  const spaces = characters.map((character) => pythonSpace.includes(character.codePointAt(0) ?? 0))
  return characters.flatMap((_, at) => {
    const isStart = !spaces[at] && (at === 0 || spaces[at - 1])
    return isStart && at + 50 <= characters.length ? [characters.slice(at, at + 50).join('')] : []
  })
}

const texts = fc.string({
  unit: fc.constantFrom('a', 'ß', '今', '🙂', ' ', '\n', '\u0085', '\u001c', '\u3000'),
  maxLength: 200,
})

describe('windows', () => {
  it('of the worked example 1B start at its words, the last one at 70', () => {
    const windows = cutWindows(lego)
    expect([countCharacters(lego), windows.length]).toEqual([121, 16])
    expect([windows[0], windows[15]]).toEqual([
      { start: 0, end: 50 },
      { start: 70, end: 120 },
    ])
  })

  it('are those of the rule, on any text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(cutWindows(text).map(({ start, end }) => text.slice(start, end))).toEqual(cutPlainly(text))
      }),
    )
  })

  it('are none below 50 characters, and one at 50, however many units these take', () => {
    expect(cutWindows('🙂'.repeat(49))).toEqual([])
    expect(cutWindows('🙂'.repeat(50))).toEqual([{ start: 0, end: 100 }])
    expect(cutWindows('')).toEqual([])
  })
})

describe('white space', () => {
  it('is what Python takes for it', () => {
    const found = Array.from({ length: 0x110000 }, (_, codePoint) => codePoint).filter(isSpace)
    expect(found).toEqual(pythonSpace)
  })
})

describe('a view of a text', () => {
  it('that collapses white space knows where its parts came from', () => {
    const source = '  one\n\n two\u00a0three'
    const view = viewText(source, 'flexible-space')
    expect(view.text).toBe(' one two three')
    const partOf = (word: string) => {
      const start = view.text.indexOf(word)
      return view.toSource({ start, end: start + word.length })
    }
    for (const word of ['one', 'two', 'three']) {
      const { start, end } = partOf(word)
      expect(source.slice(start, end)).toBe(word)
    }
  })

  it('is the same for every way of wrapping the text', () => {
    const wrapped = lego.replaceAll(' ', '\n  ')
    expect(viewText(wrapped, 'flexible-space').text).toBe(lego)
    expect(viewText(wrapped, 'exact').text).toBe(wrapped)
  })
})

it('parts that overlap or touch are merged', () => {
  const parts = [
    { start: 5, end: 9 },
    { start: 0, end: 3 },
    { start: 3, end: 4 },
    { start: 8, end: 12 },
  ]
  expect(mergeParts(parts)).toEqual([
    { start: 0, end: 4 },
    { start: 5, end: 12 },
  ])
})
