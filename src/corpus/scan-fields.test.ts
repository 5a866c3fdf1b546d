import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../core/limits.js'
import { scanFields } from './scan-fields.js'

/** Fields as `[name source, value source]`, or why there are none. */
function scan(source: string): [string, string][] | string {
  const line = Buffer.from(source)
  const spans = scanFields(line)
  if (typeof spans === 'string') return spans
  return spans.map(({ nameStartOffset, nameEndOffset, valueStartOffset, valueEndOffset }) => [
    line.toString('utf8', nameStartOffset, nameEndOffset),
    line.toString('utf8', valueStartOffset, valueEndOffset),
  ])
}

describe('scanFields', () => {
  it.each<[string, [string, string][]]>([
    ['{}', []],
    [' \t{ } \r', []],
    ['{"a":1}', [['"a"', '1']]],
    [
      '{"a" : -1.50E+2 , "b":null}',
      [
        ['"a"', '-1.50E+2'],
        ['"b"', 'null'],
      ],
    ],
    ['{"a":12345678901234567890123}', [['"a"', '12345678901234567890123']]],
    [
      '{"a":{"b":[1,{"c":"}]"}]},"d":[]}',
      [
        ['"a"', '{"b":[1,{"c":"}]"}]}'],
        ['"d"', '[]'],
      ],
    ],
    [
      String.raw`{"a\"b":"c\\","d":"\\\""}`,
      [
        [String.raw`"a\"b"`, String.raw`"c\\"`],
        ['"d"', String.raw`"\\\""`],
      ],
    ],
    ['{"é":"日本 😀"}', [['"é"', '"日本 😀"']]],
    [
      '{"a":1,"a":2}',
      [
        ['"a"', '1'],
        ['"a"', '2'],
      ],
    ],
    [
      '{"a":true ,"b":false}',
      [
        ['"a"', 'true'],
        ['"b"', 'false'],
      ],
    ],
  ])('finds the fields of %s', (source, fields) => {
    expect(scan(source)).toEqual(fields)
  })

  it('finds the end of strings of every length that end in backslashes', () => {
    for (let length = 0; length < 80; length++) {
      for (let backslashes = 0; backslashes < 5; backslashes++) {
        const value = JSON.stringify('x'.repeat(length) + '\\'.repeat(backslashes) + (backslashes % 2 ? '"' : ''))
        expect(scan(`{"a":${value},"b":${value}}`)).toEqual([
          ['"a"', value],
          ['"b"', value],
        ])
      }
    }
  })

  it.each([
    '',
    ' ',
    'null',
    '[1]',
    '"a"',
    '{',
    '{"a"',
    '{"a"}',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{"a":1}}',
    '{a:1}',
    '{"a":1 2}',
  ])('knows that %j is no object', (source) => {
    expect(scan(source)).toBe('malformed')
  })

  it('refuses what is too deep or has too many values', () => {
    const deep = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect(scan(deep(limits.lineDepth - 1))).toHaveLength(1)
    expect(scan(deep(limits.lineDepth))).toBe('too-complex')
    expect(scan(`{"a":[${'0,'.repeat(limits.lineValues)}0]}`)).toBe('too-complex')
    expect(scan(`{"a":0${',"a":0'.repeat(limits.lineValues)}}`)).toBe('too-complex')
  })

  it('cuts any object into the fields that JSON.parse finds', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
        fc.constantFrom(0, 1, '\t'),
        (object, indent) => {
          const source = JSON.stringify(object, null, indent).replaceAll('\n', ' ')
          const fields = scan(source)
          expect(fields).not.toBe('malformed')
          const rebuilt = `{${(fields as [string, string][]).map(([name, value]) => `${name}:${value}`).join(',')}}`
          expect(JSON.parse(rebuilt)).toEqual(JSON.parse(source))
          expect(fields).toHaveLength(Object.keys(object).length)
        },
      ),
    )
  })

  it('ends on any bytes, and finds fields wherever there is an object', () => {
    const byte = fc.constantFrom(...Buffer.from('{}[]",:\\a1 '), 0x00, 0xff)
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 80 }), (bytes) => {
        const line = Buffer.from([0x7b, ...bytes])
        const spans = scanFields(line)
        if (isJson(line)) expect(spans).toBeInstanceOf(Array)
      }),
      { numRuns: 2000 },
    )
  })
})

function isJson(line: Buffer): boolean {
  try {
    JSON.parse(line.toString())
    return true
  } catch {
    return false
  }
}
