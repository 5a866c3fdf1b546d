import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readText, restoreLine, spliceLine } from './splice-line.js'
import { spliceTraps } from './splice-traps.js'

const line = Buffer.from('{ "id":7 , "text" : "w0 \\u0077\\u0031 é \\ud83d\\ude00 𝄞 w5\\n", "source":"a" }')

describe('a line', () => {
  it('keeps every byte but the trap', () => {
    const text = readText(line, 'text') ?? ''
    expect(text).toBe('w0 w1 é 😀 𝄞 w5\n')
    const { insertions, text: trapped } = spliceTraps(text, 'say "x"', [1, 3, 5], 'word')
    const spliced = spliceLine(line, 'text', insertions)
    expect(readText(spliced.line, 'text')).toBe(trapped)
    expect(spliced.line.toString()).toBe(
      '{ "id":7 , "text" : "w0 say \\"x\\" \\u0077\\u0031 é say \\"x\\" \\ud83d\\ude00 𝄞 say \\"x\\" w5\\n", "source":"a" }',
    )
    expect(restoreLine(spliced, 'a.jsonl:1').equals(line)).toBe(true)
  })

  it('tells where a file was changed', () => {
    const spliced = spliceLine(line, 'text', [{ offset: 0, text: 'TRAP ' }])
    expect(() => restoreLine({ ...spliced, line }, 'a.jsonl:1')).toThrow(/a\.jsonl:1: no trap stands at byte 21/)
  })

  it.each(['', '[]', '{"text":1}', '{"other":"a"}', '{"text":"\\x"}', 'nonsense'])('%s has no text', (source) => {
    expect(readText(Buffer.from(source), 'text')).toBeNull()
  })

  it('goes by the last field of the name, as JSON does', () => {
    expect(readText(Buffer.from('{"text":"a","text":"b"}'), 'text')).toBe('b')
  })
})

it('restores any line', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\n', 'é', '€', '𝄞', '\u0001'), maxLength: 40 }),
      fc.array(fc.nat(9), { maxLength: 4 }),
      (text, picks) => {
        const source = Buffer.from(JSON.stringify({ a: 1, text, z: [] }))
        const spliced = spliceTraps(
          text,
          'T"\n',
          [...new Set(picks.map((pick) => pick % text.split(' ').length))],
          'published',
        )
        const changed = spliceLine(source, 'text', spliced.insertions)
        expect(readText(changed.line, 'text')).toBe(spliced.text)
        expect(restoreLine(changed, 'x:1').equals(source)).toBe(true)
      },
    ),
  )
})
