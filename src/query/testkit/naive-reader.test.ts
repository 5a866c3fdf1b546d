import { describe, expect, it } from 'vitest'
import { createNaiveReader } from './naive-reader.js'

const fruit = createNaiveReader({ name: 'fruit', documents: [{ text: 'banana' }, { text: 'bandana' }] })

describe('the oracle', () => {
  it('counts overlapping occurrences', async () => {
    const counts = await fruit.count(['ana', 'ban', 'nan', 'ab', 'Ban', ''])
    expect(counts.map(({ count }) => count)).toEqual([3, 2, 1, 0, 0, 13])
  })

  it('finds places in the order of what precedes', async () => {
    const page = await fruit.documents(await fruit.find('ana'), {
      by: 'occurrence',
      limit: 9,
      context: 1,
      unit: 'byte',
    })
    const places = page.occurrences.map(({ document, startOffset, snippet }) => [
      document.document,
      startOffset,
      snippet.text,
    ])
    expect(new Set(places)).toEqual(
      new Set([
        [0, 1, 'banan'],
        [0, 3, 'nana'],
        [1, 4, 'dana'],
      ]),
    )
  })

  it('folds case as Unicode does, with lengths that differ', async () => {
    const reader = createNaiveReader({ name: 'k', documents: [{ text: 'k K \u212a ß ẞ ss' }] })
    expect((await reader.find('K', { matching: { ignoreCase: true } })).count).toBe(3)
    expect((await reader.find('ß', { matching: { ignoreCase: true } })).count).toBe(2)
  })

  it('lets only inner white space vary', async () => {
    const reader = createNaiveReader({ name: 'w', documents: [{ text: 'a b  a\n\u00a0b a  b ' }] })
    expect((await reader.find('a b', { matching: { flexibleSpace: true } })).count).toBe(3)
    expect((await reader.find(' a b ', { matching: { flexibleSpace: true } })).count).toBe(2)
  })
})
