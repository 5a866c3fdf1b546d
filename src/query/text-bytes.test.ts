import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, compareTexts, decodeStrictly, decodeText, includesBytes } from './text-bytes.js'

const few = fc.uint8Array({ max: 3, maxLength: 12 })

describe('bytes without Buffer', () => {
  it('compare and are found as with it', () => {
    fc.assert(
      fc.property(few, few, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b))
        expect(includesBytes(a, b)).toBe(Buffer.from(a).includes(Buffer.from(b)))
      }),
    )
  })

  it('are text as with it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const text = Buffer.from(bytes).toString()
        expect(decodeText(bytes)).toBe(text)
        expect(decodeStrictly(bytes)).toBe(Buffer.from(text).equals(bytes) ? text : null)
      }),
    )
    expect(decodeText(Buffer.from('\ufeffa'))).toBe('\ufeffa')
    expect(compareTexts('\uffff', '\u{10000}')).toBeLessThan(0)
  })
})
