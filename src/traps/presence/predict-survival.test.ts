import { describe, expect, it } from 'vitest'
import { NaiveReader } from '../../query/testkit/naive-reader.js'
import { type Cleaning, predictCopies } from './predict-survival.js'

const openCorpus = (texts: readonly string[]) =>
  new NaiveReader({
    name: 'corpus',
    documents: texts.map((text) => ({ externalId: null, metadata: null, facets: [], text })),
  })

const predict = (texts: readonly string[], trap: string, copies: number, cleaning: Partial<Cleaning>) =>
  predictCopies(openCorpus(texts), trap, copies, {
    method: 'substring',
    substringBytes: 12,
    keepsFirst: false,
    ...cleaning,
  })

describe('of repeated strings', () => {
  it('none is left of a trap that is long enough and stands twice, or the first', async () => {
    const texts = ['x zebra quartz y', 'zebra quartz']
    expect(await predict(texts, 'zebra quartz', 2, {})).toBe(0)
    expect(await predict(texts, 'zebra quartz', 2, { keepsFirst: true })).toBe(1)
    expect(await predict(texts, 'zebra quartz', 2, { substringBytes: 13 })).toBe(2)
    expect(await predict(texts.slice(1), 'zebra quartz', 1, {})).toBe(1)
    expect(await predict([], 'zebra quartz', 0, {})).toBe(0)
  })

  it('a shorter trap goes with neighbours that another copy has too', async () => {
    const texts = ['in the zebra quartzes', 'on the zebra quart', 'a zebra quartzes']
    const options = { substringBytes: 16 }
    expect(await predict(texts, 'zebra quart', 3, options)).toBe(1)
    expect(await predict(texts, 'zebra quart', 3, { ...options, keepsFirst: true })).toBe(2)
    expect(await predict(texts, 'zebra quart', 3, { substringBytes: 15 })).toBe(0)
  })

  it('a trap goes with a variant that shares a string of it', async () => {
    const texts = ['the zebra quartzes', 'x zebra quartz lynx']
    expect(await predict(texts, 'zebra quartz lynx', 1, {})).toBe(0)
    expect(await predict(texts, 'zebra quartz lynx', 1, { substringBytes: 13 })).toBe(1)
    expect(await predict(texts, 'zebra quartz lynx', 1, { keepsFirst: true })).toBe(0)
    expect(await predict(texts.toReversed(), 'zebra quartz lynx', 1, { keepsFirst: true })).toBe(1)
  })

  it('counts bytes, not characters', async () => {
    expect(await predict(['né zäbra q', 'té zäbra q'], 'zäbra q', 2, { substringBytes: 12 })).toBe(2)
    expect(await predict(['né zäbra q', 'té zäbra q'], 'zäbra q', 2, { substringBytes: 11 })).toBe(0)
  })
})

describe('of equal lines', () => {
  const method = 'line' as const

  it('a trap inside lines stays, one that is a line goes but for the first', async () => {
    expect(await predict(['a\nb zebra c\nd zebra e\nf'], 'zebra', 2, { method })).toBe(2)
    expect(await predict(['a\n\nzebra\n\nb\n\nzebra\n\nc'], 'zebra', 2, { method })).toBe(1)
    expect(await predict(['a\nb zebra c\nd\nb zebra c\nf'], 'zebra', 2, { method })).toBe(1)
  })

  it('a trap that holds a line goes where that line stood before', async () => {
    const trap = 'zebra\nquartz\nlynx'
    expect(await predict([`a\nb ${trap} c\nd ${trap} e\n`], trap, 2, { method })).toBe(1)
    expect(await predict([`a\nquartz\nb ${trap} c\nd ${trap} e\n`], trap, 2, { method })).toBe(0)
    expect(await predict([`a\nb ${trap} c\nd ${trap} e\nquartz\n`], trap, 2, { method })).toBe(1)
    expect(await predict(['a\n\nzebra b\na\n\nzebra c\n'], '\nzebra', 2, { method })).toBe(2)
    expect(await predict(['a\nb zebra\n\nlynx c\nd zebra\n\nlynx e\n'], 'zebra\n\nlynx', 2, { method })).toBe(2)
  })
})
