import { describe, expect, it } from 'vitest'
import { formatDecimal, takeDecimals } from './parquet-decimals.js'

describe('formatDecimal', () => {
  it.each<[unknown, number, string]>([
    [3, 1, '0.3'],
    [1230, 2, '12.30'],
    [-5, 3, '-0.005'],
    [-123n, 2, '-1.23'],
    [42, 0, '42'],
    [42, -2, '4200'],
    [new Uint8Array([0xff]), 1, '-0.1'],
    [new Uint8Array([0x01, 0x00]), 2, '2.56'],
    [
      new Uint8Array([0x4b, 0x3b, 0x4c, 0xa8, 0x5a, 0x86, 0xc4, 0x7a, 0x09, 0x8a, 0x22, 0x3f, 0xff, 0xff, 0xff, 0xff]),
      10,
      '9999999999999999999999999999.9999999999',
    ],
    [new Uint8Array(), 1, '0.0'],
    [null, 2, 'null'],
    [undefined, 2, 'null'],
  ])('writes %o with scale %i as %s', (value, scale, json) => {
    expect(formatDecimal(value, scale)).toBe(json)
  })
})

describe('takeDecimals', () => {
  it('takes those at the top level alone', () => {
    const decimal = (name: string, scale: number) => ({
      name,
      scale,
      type: 'INT32' as const,
      converted_type: 'DECIMAL' as const,
    })
    const metadata = {
      version: 2,
      num_rows: 0n,
      row_groups: [],
      metadata_length: 0,
      schema: [
        { name: 'root', num_children: 3 },
        decimal('a', 2),
        { name: 'struct', num_children: 2 },
        { name: 'inner', num_children: 1 },
        decimal('b', 3),
        decimal('c', 4),
        decimal('d', 5),
      ],
    }
    expect([...takeDecimals(metadata)]).toEqual([
      ['a', 2],
      ['d', 5],
    ])
    expect(metadata.schema.map((element) => ('converted_type' in element ? element.converted_type : null))).toEqual([
      null,
      undefined,
      null,
      null,
      'DECIMAL',
      'DECIMAL',
      undefined,
    ])
  })
})
