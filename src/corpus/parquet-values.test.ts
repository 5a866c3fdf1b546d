import { describe, expect, it } from 'vitest'
import { formatValue, valueParsers } from './parquet-values.js'

const format = (value: unknown) => formatValue(value, { count: 0 })

describe('formatValue', () => {
  it.each([
    [undefined, 'null'],
    [null, 'null'],
    [-0, '0'],
    [1e21, '1e+21'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
    [-(2n ** 63n), '-9223372036854775808'],
    [new BigInt64Array([1n, -1n]), '[1,-1]'],
    [[['a'], null, []], '[["a"],null,[]]'],
    [{ 'é"': { b: [new Uint8Array([255])] } }, '{"é\\"":{"b":["/w=="]}}'],
  ])('writes %o as %s', (value, json) => {
    expect(format(value)).toBe(json)
    expect(() => JSON.parse(json)).not.toThrow()
  })

  it('counts what it replaces', () => {
    const replaced = { count: 0 }
    const invalid = valueParsers.stringFromBytes?.(new Uint8Array([0x61, 0xff, 0xc3]))
    expect(formatValue([invalid, '\ud800'], replaced)).toBe('["a\uFFFD\uFFFD","\uFFFD"]')
    expect(replaced.count).toBe(3)
  })
})

describe('valueParsers', () => {
  const read = (
    name: 'timestampFromMilliseconds' | 'timestampFromMicroseconds' | 'timestampFromNanoseconds',
    ticks: bigint,
  ) => format(valueParsers[name]?.(ticks))

  it('keep every digit of a time', () => {
    expect(read('timestampFromMilliseconds', 1_700_000_000_123n)).toBe('"2023-11-14T22:13:20.123Z"')
    expect(read('timestampFromMicroseconds', 1_700_000_000_123_456n)).toBe('"2023-11-14T22:13:20.123456Z"')
    expect(read('timestampFromNanoseconds', -1n)).toBe('"1969-12-31T23:59:59.999999999Z"')
  })

  it('leave a time that no calendar holds as a number', () => {
    expect(read('timestampFromMilliseconds', 2n ** 63n - 1n)).toBe('9223372036854775807')
    expect(format(valueParsers.dateFromDays?.(2 ** 31 - 1))).toBe('2147483647')
    expect(format(valueParsers.dateFromDays?.(-1))).toBe('"1969-12-31"')
  })

  it('keep JSON as it is spelled, on one line', () => {
    const json = (text: string) => format(valueParsers.jsonFromBytes?.(Buffer.from(text)))
    expect(json('{"a":\n 1.0,\r\n"b":"\\n"}')).toBe('{"a":  1.0,  "b":"\\n"}')
    expect(json('no json')).toBe('"no json"')
  })
})
