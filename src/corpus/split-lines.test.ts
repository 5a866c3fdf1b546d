import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from './split-lines.js'

function splitAll(chunks: readonly Buffer[], maxLineBytes = 1000) {
  const splitter = new LineSplitter(maxLineBytes)
  const lines = [...chunks.flatMap((chunk) => [...splitter.push(chunk)]), ...splitter.end()]
  return lines.map(({ number, bytes, lengthBytes }) => ({
    number,
    text: bytes?.toString('latin1') ?? null,
    lengthBytes,
  }))
}

/** Bytes with many newlines. */
const bytesArbitrary = fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xe2, 0x80, 0xa8, 0x00, 0xff), { maxLength: 60 })

describe('LineSplitter', () => {
  it('cuts at 0x0A and nowhere else', () => {
    const lines = splitAll([Buffer.from('a\r\nb\u2028c\u0085d\n\ne')])
    const utf8 = (text: string) => Buffer.from(text).toString('latin1')
    expect(lines.map(({ text }) => text)).toEqual(['a\r', utf8('b\u2028c\u0085d'), '', 'e'])
  })

  it('gives no line after the last newline', () => {
    expect(splitAll([Buffer.from('a\n')])).toHaveLength(1)
    expect(splitAll([])).toEqual([])
  })

  it('gives the same lines for any chunking', () => {
    fc.assert(
      fc.property(bytesArbitrary, fc.array(fc.nat({ max: 60 })), (bytes, cuts) => {
        const whole = Buffer.from(bytes)
        const edges = [0, ...cuts.filter((cut) => cut <= whole.length).sort((a, b) => a - b), whole.length]
        const chunks = edges.slice(1).map((end, i) => whole.subarray(edges[i], end))
        const expected = whole.toString('latin1').split('\n')
        if (expected.at(-1) === '') expected.pop()
        expect(splitAll(chunks).map(({ text }) => text)).toEqual(expected)
        expect(splitAll(chunks).map(({ number }) => number)).toEqual(expected.map((_, i) => i + 1))
      }),
    )
  })

  it('keeps only the length of a line above the limit, however it is cut', () => {
    fc.assert(
      fc.property(bytesArbitrary, fc.integer({ min: 1, max: 7 }), (bytes, chunkBytes) => {
        const whole = Buffer.from(bytes)
        const chunks: Buffer[] = []
        for (let start = 0; start < whole.length; start += chunkBytes)
          chunks.push(whole.subarray(start, start + chunkBytes))
        for (const { text, lengthBytes } of splitAll(chunks, 5)) {
          expect(text === null).toBe(lengthBytes > 5)
          if (text !== null) expect(text).toHaveLength(lengthBytes)
        }
      }),
    )
    expect(splitAll([Buffer.from('123456\nab')], 5)).toEqual([
      { number: 1, text: null, lengthBytes: 6 },
      { number: 2, text: 'ab', lengthBytes: 2 },
    ])
  })
})
