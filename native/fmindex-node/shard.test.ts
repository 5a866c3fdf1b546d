import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findEnds, findLongest, locateAll, openFixture } from './shard-fixture.js'

const exact = Number.MAX_SAFE_INTEGER
const anyCase = { ignoreCase: true, flexibleSpace: true, maxRanges: 1000 }

const bytesOf = (text: string) => Buffer.from(text)
const triples = (ranges: readonly { lo: number; hi: number; length: number }[]) =>
  Float64Array.from(ranges.flatMap(({ lo, hi, length }) => [lo, hi, length]))
const pairs = (ranges: readonly { lo: number; hi: number }[]) =>
  Float64Array.from(ranges.flatMap(({ lo, hi }) => [lo, hi]))

const fruit = await openFixture([
  { text: 'banana', externalId: 'b', metadata: '{"n":1e2}', source: 'web' },
  { text: '' },
  { text: 'bandana', externalId: 'a', source: 'books' },
  { text: 'naïve  CAFÉ 𝄞', externalId: 'b', source: 'web' },
])

describe('a shard', () => {
  it('says what it is made of', () => {
    const info = fruit.info()
    expect(info).toMatchObject({ documents: 4, textBytes: 31, rows: 35, saRate: 128, isaRate: 512, profile: 'default' })
    expect(info).toMatchObject({ facetFields: ['source'], hasExternalIds: true, format: '1.1' })
    expect(info.checksum).toMatch(/^[0-9a-f]{32}$/)
    expect(info.byteCounts).toHaveLength(256)
    expect(info.byteCounts[0x61]).toBe(7)
    expect(info.sections.map(({ name }) => name)).toContain('rank.groups')
  })

  it('counts overlapping occurrences, and bytes for the empty pattern', () => {
    const counts = fruit.count(['ana', 'ban', 'ab', 'é', 'É', ''].map(bytesOf), 0)
    expect([...counts]).toEqual([3, 2, 0, 0, 1, 31])
    expect([...fruit.count([Uint8Array.of(0xc3)], 0)]).toEqual([2])
    expect([...fruit.count([], 0)]).toEqual([])
  })

  it('finds ranges that locate to the ends of the occurrences', () => {
    const ranges = fruit.find(bytesOf('ana'), null, 0)
    expect(ranges).toHaveLength(1)
    expect(locateAll(fruit, ranges).sort()).toEqual(['0:4', '0:6', '2:7'])
    expect(fruit.find(bytesOf('nothing'), null, 0)).toEqual([])
  })

  it('pushes symbols in reading order', () => {
    const [range] = fruit.find(bytesOf('an'), null, 0)
    const longer = fruit.push(range!.lo, range!.hi, bytesOf('d'))
    expect(longer.hi - longer.lo).toBe(1)
    const empty = fruit.push(range!.lo, range!.hi, bytesOf('xyz'))
    expect(empty.lo).toBe(empty.hi)
  })

  it('matches other case and other white space', () => {
    const ranges = fruit.find(bytesOf('NAÏVE café'), anyCase, 0)
    expect(ranges.map(({ length }) => length)).toEqual([13])
    expect(locateAll(fruit, ranges)).toEqual(['3:13'])
  })

  it('says what follows, the end of a document included', () => {
    const next = fruit.next(pairs(fruit.find(bytesOf('ana'), null, 0)), 'byte', null, 0)
    expect(next).toEqual([
      { bytes: null, count: 2 },
      { bytes: bytesOf('n'), count: 1 },
    ])
    expect(fruit.next(pairs(fruit.find(bytesOf('É '), null, 0)), 'character', null, 0)).toEqual([
      { bytes: bytesOf('𝄞'), count: 1 },
    ])
    const all = fruit.next(Float64Array.of(0, 35), 'character', null, 0)
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(35)
  })

  it('gives back text, what follows a match, and records', () => {
    expect(fruit.extract(3, 0, 18, 0).toString()).toBe('naïve  CAFÉ 𝄞')
    expect(fruit.extract(3, 2, 4, 0).toString()).toBe('ï')
    const [range] = fruit.find(bytesOf('band'), null, 0)
    expect(fruit.follow(range!.lo, 100, 0).toString()).toBe('ana')
    expect(fruit.follow(range!.lo, 2, 0).toString()).toBe('an')
    expect(fruit.document(0)).toEqual({ bytes: 6, externalId: 'b', metadata: '{"n":1e2}', facets: ['web'] })
    expect(fruit.document(1)).toEqual({ bytes: 0, externalId: null, metadata: null, facets: [null] })
    expect(fruit.findExternalId('b')).toBe(0)
    expect(fruit.findExternalId('c')).toBeNull()
    expect(fruit.countUnits(3, 18, 0)).toEqual({ codePoints: 13, utf16Units: 14 })
  })

  it('counts and lists documents, by facet too', () => {
    const ranges = triples(fruit.find(bytesOf('an'), null, 0))
    const count = { count: 2, isExact: true, lowerBound: 2, intervalLow: 2, intervalHigh: 2 }
    expect(fruit.countDocuments(ranges, exact, 1, 0)).toEqual(count)
    const list = fruit.listDocuments(ranges, exact, 0)
    expect(list.isComplete).toBe(true)
    expect([list.documents, list.counts, list.firstEnds, list.firstLengths].map((column) => [...column])).toEqual([
      [0, 2],
      [2, 2],
      [3, 3],
      [2, 2],
    ])
    expect(fruit.countFacets(ranges, 'source', exact, 0)).toEqual({
      values: ['books', 'web'],
      occurrences: Float64Array.of(2, 2),
      documents: Float64Array.of(1, 1),
      isComplete: true,
    })
  })

  it('finds the longest match at each position of a text', () => {
    expect([...fruit.longestMatches(bytesOf('bananaXdana'), 0)]).toEqual([6, 5, 4, 3, 2, 1, 0, 4, 3, 2, 1])
    expect(fruit.longestMatches(new Uint8Array(), 0)).toHaveLength(0)
  })

  it('is sound', () => {
    expect(() => fruit.verify(true, 0)).not.toThrow()
  })
})

describe('any shard', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('a', 'B', ' ', '\n', '\0', 'é', '世', '𝄞', '\u0301'), maxLength: 30 }),
  )
  const texts = fc.array(text, { maxLength: 6 })

  it('answers as scanning does', async () => {
    const property = fc.asyncProperty(
      texts,
      text,
      fc.constantFrom<'mmap' | 'ram' | 'read'>('mmap', 'ram', 'read'),
      async (texts, probe, residency) => {
        const shard = await openFixture(
          texts.map((text) => ({ text })),
          residency,
        )
        const patterns = [probe, probe.slice(0, 2), texts[0]?.slice(1, 4) ?? 'a'].filter((pattern) =>
          pattern.isWellFormed(),
        )
        for (const pattern of patterns.filter((pattern) => pattern.length > 0)) {
          const ends = findEnds(texts, pattern)
          const ranges = shard.find(bytesOf(pattern), null, 0)
          expect([...shard.count([bytesOf(pattern)], 0)]).toEqual([ends.length])
          expect(locateAll(shard, ranges).sort()).toEqual([...ends].sort())
          const documents = new Set(ends.map((end) => end.split(':')[0]))
          expect(shard.countDocuments(triples(ranges), exact, 0, 0).count).toBe(documents.size)
          const next = shard.next(pairs(ranges), 'byte', null, 0)
          expect(next.reduce((sum, { count }) => sum + count, 0)).toBe(ends.length)
        }
        for (const [document, text] of texts.entries()) {
          const { bytes } = shard.document(document)
          expect(shard.extract(document, 0, bytes, 0).equals(bytesOf(text))).toBe(true)
          expect(shard.countUnits(document, bytes, 0)).toEqual({
            codePoints: [...text].length,
            utf16Units: text.length,
          })
        }
        expect([...shard.longestMatches(bytesOf(probe), 0)]).toEqual(findLongest(texts, probe))
        shard.verify(true, 0)
      },
    )
    await fc.assert(property, { numRuns: 256 })
  })
})
