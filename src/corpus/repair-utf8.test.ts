import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countLoneSurrogates, encodeText, repairUtf8 } from './repair-utf8.js'

const replacement = [0xef, 0xbf, 0xbd]

/** The WHATWG decoder's rule, byte by byte: a maximal part of a sequence that cannot go on is one U+FFFD. */
function repairByRule(bytes: readonly number[]): { bytes: number[]; count: number } {
  const out: number[] = []
  let count = 0
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]
    const needed =
      lead < 0x80
        ? 0
        : lead >= 0xc2 && lead <= 0xdf
          ? 1
          : lead >= 0xe0 && lead <= 0xef
            ? 2
            : lead >= 0xf0 && lead <= 0xf4
              ? 3
              : -1
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    let length = 1
    while (length <= needed && bytes[at + length] >= low && bytes[at + length] <= high) {
      length++
      low = 0x80
      high = 0xbf
    }
    if (needed >= 0 && length === needed + 1) {
      out.push(...bytes.slice(at, at + length))
    } else {
      out.push(...replacement)
      count++
    }
    at += length
  }
  return { bytes: out, count }
}

describe('repairUtf8', () => {
  it('returns valid bytes uncopied, byte order mark and U+FFFD included', () => {
    const bytes = Buffer.from('\uFEFFnaïve \uFFFD 😀\0')
    expect(repairUtf8(bytes)).toEqual({ bytes, replacedCount: 0 })
    expect(repairUtf8(bytes).bytes).toBe(bytes)
  })

  it.each([
    ['a lone continuation', [0x61, 0x80, 0x62], 1],
    ['a character cut at the end', [0x61, 0xe2, 0x82], 1],
    ['a surrogate in bytes', [0xed, 0xa0, 0x80], 3],
    ['an overlong slash', [0xc0, 0xaf], 2],
    ['a part beside a U+FFFD of the input', [0xef, 0xbf, 0xbd, 0xff, 0xef, 0xbf, 0xbd], 1],
    ['a byte order mark before it', [0xef, 0xbb, 0xbf, 0xff], 1],
    ['an F5', [0xf5, 0x80, 0x80, 0x80], 4],
  ])('counts the replacements of %s', (_, bytes, count) => {
    const repaired = repairUtf8(Buffer.from(bytes))
    expect(repaired.replacedCount).toBe(count)
    expect([...repaired.bytes]).toEqual(repairByRule(bytes).bytes)
  })

  it('follows the WHATWG rule on any bytes', () => {
    const byte = fc.oneof(
      fc.constantFrom(
        0x00,
        0x41,
        0x7f,
        0x80,
        0x8f,
        0x90,
        0x9f,
        0xa0,
        0xbb,
        0xbd,
        0xbf,
        0xc0,
        0xc2,
        0xe0,
        0xed,
        0xef,
        0xf0,
        0xf4,
        0xf5,
        0xff,
      ),
      fc.integer({ min: 0, max: 255 }),
    )
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), (bytes) => {
        const repaired = repairUtf8(Buffer.from(bytes))
        const expected = repairByRule(bytes)
        expect([...repaired.bytes]).toEqual(expected.bytes)
        expect(repaired.replacedCount).toBe(expected.count)
      }),
      { numRuns: 2000 },
    )
  })

  it('does not break a character where it cuts a long text', () => {
    const text = 'é'.repeat(3 * 1024 * 1024)
    const bytes = Buffer.concat([Buffer.from('x'), Buffer.from(text), Buffer.from([0xff])])
    const repaired = repairUtf8(bytes)
    expect(repaired.replacedCount).toBe(1)
    expect(repaired.bytes.equals(Buffer.from(`x${text}\uFFFD`))).toBe(true)
  })
})

describe('encodeText', () => {
  it('counts lone surrogates, each of them one U+FFFD', () => {
    const text = 'a\uD800b\uDC00\uDC00\uD83D\uDE00\uD83D'
    expect(countLoneSurrogates(text)).toBe(4)
    const encoded = encodeText(text)
    expect(encoded.replacedCount).toBe(4)
    expect(encoded.bytes.toString()).toBe('a\uFFFDb\uFFFD\uFFFD\uD83D\uDE00\uFFFD')
  })
})
