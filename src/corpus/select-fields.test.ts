import { describe, expect, it } from 'vitest'
import { resolveOptions } from './corpus-options.js'
import { selectFields } from './select-fields.js'

const fields = [
  { name: 'id', rawName: '"id"', rawValue: '18446744073709551616' },
  { name: 'lang', rawName: String.raw`"l\u0061ng"`, rawValue: String.raw`"\u00e9\ud800"` },
  { name: 'ok', rawName: '"ok"', rawValue: 'false' },
  { name: 'none', rawName: '"none"', rawValue: 'null' },
  { name: 'list', rawName: '"list"', rawValue: '[1]' },
]

describe('selectFields', () => {
  it('keeps names and values as they are spelled', () => {
    const selected = selectFields(
      fields,
      resolveOptions({ idField: 'id', facetFields: ['lang', 'ok', 'none', 'absent'] }),
    )
    expect(selected).toEqual({
      externalId: '18446744073709551616',
      metadata: String.raw`{"id":18446744073709551616,"l\u0061ng":"\u00e9\ud800","ok":false,"none":null,"list":[1]}`,
      facets: ['é\uFFFD', 'false', null, null],
      replacedCount: 1,
    })
  })

  it('keeps the chosen metadata in the order of the input', () => {
    expect(selectFields(fields, resolveOptions({ metaFields: ['ok', 'id'] }))).toMatchObject({
      metadata: '{"id":18446744073709551616,"ok":false}',
    })
    expect(selectFields(fields, resolveOptions({ metaFields: ['absent'] }))).toMatchObject({ metadata: null })
  })

  it.each([
    [{ idField: 'ok' }, 'the id field "ok" is neither a string nor a number'],
    [{ idField: 'list' }, 'the id field "list" is neither a string nor a number'],
    [{ facetFields: ['list'] }, 'the facet field "list" is an object or an array'],
  ])('refuses %j', (options, detail) => {
    expect(selectFields(fields, resolveOptions(options))).toEqual({ kind: 'wrong-type', detail })
  })

  it('takes a missing or null id as none', () => {
    expect(selectFields(fields, resolveOptions({ idField: 'none' }))).toMatchObject({ externalId: null })
    expect(selectFields(fields, resolveOptions({ idField: 'absent' }))).toMatchObject({ externalId: null })
  })
})
