import { describe, expect, it } from 'vitest'
import { seedUniform } from '../../core/seed-uniform.js'
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

/** By text, which bytes lie in a string that stands twice, or stood before. */
function markRepeated(texts: readonly string[], stringBytes: number, keepsFirst: boolean): Uint8Array[] {
  const seen = new Map<string, { text: number; start: number }[]>()
  for (const [text, content] of texts.entries()) {
    const bytes = Buffer.from(content)
    for (let start = 0; start + stringBytes <= bytes.length; start++) {
      const string = bytes.toString('latin1', start, start + stringBytes)
      seen.set(string, [...(seen.get(string) ?? []), { text, start }])
    }
  }
  const marks = texts.map((text) => new Uint8Array(Buffer.byteLength(text)))
  for (const places of seen.values()) {
    if (places.length < 2) continue
    for (const { text, start } of places.slice(keepsFirst ? 1 : 0)) marks[text].fill(1, start, start + stringBytes)
  }
  return marks
}

/** Places of the trap, overlapping ones too, that hold no marked byte. */
function countWhole(texts: readonly string[], trap: string, marks: readonly Uint8Array[]): number {
  let whole = 0
  for (const [at, text] of texts.entries()) {
    const [bytes, needle] = [Buffer.from(text), Buffer.from(trap)]
    for (let start = bytes.indexOf(needle); start >= 0; start = bytes.indexOf(needle, start + 1)) {
      if (!marks[at]?.subarray(start, start + needle.length).includes(1)) whole++
    }
  }
  return whole
}

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
    expect(await predict(texts, 'zebra quartz lynx', 1, { substringBytes: 13 })).toBe(0)
    expect(await predict(texts, 'zebra quartz lynx', 1, { substringBytes: 14 })).toBe(1)
    expect(await predict(texts, 'zebra quartz lynx', 1, { keepsFirst: true })).toBe(0)
    expect(await predict(texts.toReversed(), 'zebra quartz lynx', 1, { keepsFirst: true })).toBe(1)
  })

  it('a variant goes with what it shares with its trap and with other variants', async () => {
    const texts = ['x zebra quartz lynx y', 'a zebra quartz moss b', 'c zebra quorts moss d']
    const [first, second, third] = ['zebra quartz lynx', 'zebra quartz moss', 'zebra quorts moss']
    const left = async (cleaning: Partial<Cleaning>) =>
      Promise.all([first, second, third].map((variant) => predict(texts, variant, 1, cleaning)))
    expect(await left({ substringBytes: 14 })).toEqual([0, 0, 1])
    expect(await left({ substringBytes: 15 })).toEqual([1, 1, 1])
    expect(await left({ substringBytes: 14, keepsFirst: true })).toEqual([1, 0, 1])
    expect(await left({ substringBytes: 6, keepsFirst: true })).toEqual([1, 0, 0])
  })

  it('a single trap goes with neighbours of it that stand elsewhere together with its edge', async () => {
    const texts = ['once upon a zebra quartz', 'once upon a zoo']
    expect(await predict(texts, 'zebra quartz', 1, { substringBytes: 13 })).toBe(0)
    expect(await predict(texts, 'zebra quartz', 1, { substringBytes: 14 })).toBe(1)
    expect(await predict(texts, 'zebra quartz', 1, { substringBytes: 13, keepsFirst: true })).toBe(1)
  })

  it('is what is left when every repeated string is taken from texts at random', async () => {
    const uniform = seedUniform(11)
    const random = (below: number) => Math.floor(uniform() * below)
    for (let round = 0; round < 300; round++) {
      const write = (length: number) => Array.from({ length }, () => ['a', 'b', 'é'][random(3)]).join('')
      const trap = write(1 + random(8))
      const texts = Array.from({ length: 1 + random(3) }, () => `${write(random(12))}${trap}${write(random(12))}`)
      const substringBytes = 1 + random(12)
      const copies = countWhole(texts, trap, [])
      for (const keepsFirst of [false, true]) {
        const marks = markRepeated(texts, substringBytes, keepsFirst)
        const expected = countWhole(texts, trap, marks)
        const what = JSON.stringify({ texts, trap, substringBytes, keepsFirst })
        expect(await predict(texts, trap, copies, { substringBytes, keepsFirst }), what).toBe(expected)
      }
    }
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
