import { describe, expect, it } from 'vitest'
import { combineReaders } from './combine-readers.js'
import { describeReader } from './testkit/conformance.js'
import { createNaiveReader } from './testkit/naive-reader.js'

describeReader('two indexes together', async (corpus) => {
  const half = Math.ceil(corpus.documents.length / 2)
  const part = (start: number, end: number) => ({
    ...corpus,
    documents: corpus.documents.slice(start, end),
    hidden: (corpus.hidden ?? []).filter((document) => document >= start && document < end).map((at) => at - start),
  })
  return combineReaders([
    createNaiveReader({ ...part(0, half), name: 'first', shardCount: 2 }),
    createNaiveReader({ ...part(half, corpus.documents.length), name: 'second' }),
  ])
})

const fruit = createNaiveReader({ name: 'fruit', documents: [{ text: 'banana' }, { text: 'bandana' }] })
const cities = createNaiveReader({ name: 'cities', documents: [{ text: 'new york' }, { text: 'havana' }] })

describe('indexes read together', () => {
  it('say the count of each and the index of each document', async () => {
    const reader = combineReaders([fruit, cities])
    expect(await reader.count(['ana'], { perIndex: true })).toEqual([{ count: 4, indexes: [3, 1] }])
    expect((await reader.documentInfo(3)).index).toBe('cities')
    expect(reader.parts).toMatchObject([
      { name: 'fruit', firstDocument: 0 },
      { name: 'cities', firstDocument: 2, firstShard: 1 },
    ])
  })

  it('may not share a name', () => {
    expect(() => combineReaders([fruit, fruit])).toThrow(/fruit is named twice/)
    expect(() => combineReaders([])).toThrow(/No index is named/)
  })

  it('are themselves when alone', () => {
    expect(combineReaders([fruit])).toBe(fruit)
  })
})
