import { describe, expect, it } from 'vitest'
import { emptyQuery, groupTerms, isAnswerable, type Query, readQuery, writeQuery } from './query.ts'

const full: Query = {
  indexes: ['books', 'letters'],
  pattern: ' a&b=c?\n"é😀 ',
  asIds: true,
  ignoreCase: true,
  flexibleSpace: true,
  terms: [
    { kind: 'all', pattern: 'any:thing' },
    { kind: 'none', pattern: '' },
  ],
  by: 'document',
  context: 320,
  sampleSeed: 7,
  partial: true,
  open: { index: 'books', document: 3, startOffset: 5, endOffset: 9 },
  generation: '000001-5b0f8b5b',
}

describe('the address of a query', () => {
  it.each([
    ['nothing', emptyQuery],
    ['everything', full],
  ])('brings %s back', (_name, query) => {
    const address = writeQuery(query) ?? ''
    expect(readQuery(new URL(address, 'http://127.0.0.1').search)).toEqual(query)
  })

  it('is short for an empty query, and none at all for one that no server takes', () => {
    expect(writeQuery(emptyQuery)).toBe('/')
    expect(writeQuery({ ...emptyQuery, pattern: 'é'.repeat(5_000) })).toBeNull()
  })

  it('reads what is no query as none', () => {
    const hostile = '?context=7&sample=-1&open=books:x:1-2&term=most:a&by=nothing&index=,,'
    expect(readQuery(hostile)).toEqual(emptyQuery)
  })
})

it('groups patterns by kind and leaves out what is still empty', () => {
  expect(groupTerms(full)).toEqual({ all: [full.pattern, 'any:thing'], any: [], none: [] })
})

it('cannot be answered by what documents lack alone', () => {
  const none: Query = { ...emptyQuery, indexes: ['books'], terms: [{ kind: 'none', pattern: 'a' }] }
  expect(isAnswerable(none)).toBe(false)
  expect(isAnswerable({ ...none, pattern: 'b' })).toBe(true)
})
