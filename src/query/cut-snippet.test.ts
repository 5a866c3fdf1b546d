import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutSnippet } from './cut-snippet.js'
import { cutSnippet as cutPlainly } from './testkit/naive-snippet.js'

/** Documents of one, two, three and four bytes a character. */
const texts = fc
  .array(fc.constantFrom('a', 'b', ' ', 'é', 'ß', '日', '本', '\u0301', '\u{1f468}', '\ufeff'), { maxLength: 120 })
  .map((characters) => Buffer.from(characters.join('')))

const shardOf = (text: Buffer) => ({
  extract: (_document: number, start: number, end: number) => {
    if (start < 0 || start > end || end > text.length) throw new RangeError(`${start}..${end} of ${text.length}`)
    return text.subarray(start, end)
  },
})

describe('a snippet', () => {
  it.each(['byte', 'character'] as const)('is what plain cutting by %s gives, of matches of any bytes', (unit) => {
    fc.assert(
      fc.property(texts, fc.nat(500), fc.nat(12), fc.nat(60), (text, start, length, context) => {
        const startOffset = Math.min(start, text.length)
        const endOffset = Math.min(startOffset + length, text.length)
        const place = { document: 0, textBytes: text.length, startOffset, endOffset }
        expect(cutSnippet(shardOf(text), place, { context, unit }, 0)).toEqual(
          cutPlainly(text, { startOffset, endOffset }, { context, unit }),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('says where it was cut', () => {
    const text = Buffer.from('one two three')
    const place = { document: 0, textBytes: 13, startOffset: 4, endOffset: 7 }
    expect(cutSnippet(shardOf(text), place, { context: 4, unit: 'byte' }, 0)).toEqual({
      text: 'one two thr',
      startOffset: 0,
      matchStart: 4,
      matchEnd: 7,
      isCutBefore: false,
      isCutAfter: true,
    })
  })
})
