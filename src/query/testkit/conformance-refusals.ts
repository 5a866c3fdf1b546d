/** Does a reader refuse what cannot be answered, with the right error? */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../core/errors.js'
import type { IndexReader, Match, PageOptions } from '../index-reader.js'
import type { ConformanceCorpus } from './conformance-corpora.js'

const corpus: ConformanceCorpus = {
  name: 'refusals',
  facetFields: ['source'],
  documents: [
    { text: 'banana', facets: ['a'] },
    { text: 'bandana', facets: [null] },
  ],
}

const page: PageOptions = { by: 'occurrence', limit: 10, context: 5, unit: 'byte' }

type Refusal = readonly [string, ErrorCode, (reader: IndexReader, match: Match) => Promise<unknown>]

const badNumbers = [Number.NaN, -1, 1.5, 2 ** 53, Number.POSITIVE_INFINITY]

const refusals: readonly Refusal[] = [
  ['a lone surrogate', 'bad-pattern', (reader) => reader.count(['a\ud800b'])],
  ['byte 0xFF', 'bad-pattern', (reader) => reader.find(Uint8Array.of(0x61, 0xff))],
  ['a pattern past the limit', 'bad-pattern', (reader) => reader.count(['a'.repeat(65_537)])],
  ['bytes past the limit', 'bad-pattern', (reader) => reader.count([new Uint8Array(65_537)])],
  ['a lone surrogate in a trace', 'bad-pattern', (reader) => reader.trace('\udfff')],
  ['a lone surrogate for a cursor', 'bad-pattern', (reader) => reader.cursor().push('\udfff')],
  [
    'half a character without case',
    'bad-pattern',
    (reader) => reader.find(Uint8Array.of(0xc3), { matching: { ignoreCase: true } }),
  ],
  ['too many patterns', 'bad-argument', (reader) => reader.count(new Array(10_001).fill('a'))],
  ['a field that is none', 'unknown-facet', (reader, match) => reader.countFacets(match, 'nowhere')],
  ['the first document past the end', 'unknown-document', (reader) => reader.document(2)],
  ['information on a document past the end', 'unknown-document', (reader) => reader.documentInfo(1e15)],
  ['an extract past the end', 'bad-argument', (reader) => reader.extract(0, 7, 8)],
  ['an extract that ends before it starts', 'bad-argument', (reader) => reader.extract(0, 3, 2)],
  ['units past the end', 'bad-argument', (reader) => reader.countUnits(0, 7)],
  ['a page of none', 'bad-argument', (reader, match) => reader.documents(match, { ...page, limit: 0 })],
  ['a page of too many', 'bad-argument', (reader, match) => reader.documents(match, { ...page, limit: 1001 })],
  [
    'a sample with a position',
    'bad-argument',
    (reader, match) => reader.documents(match, { ...page, sampleSeed: 1, position: 1 }),
  ],
  [
    'a sample by document',
    'bad-argument',
    (reader, match) => reader.documents(match, { ...page, sampleSeed: 1, by: 'document' }),
  ],
  ['no positive term', 'bad-argument', (reader) => reader.findDocuments({ none: ['a'] }, { limit: 1 })],
  ['too many terms', 'bad-argument', (reader) => reader.findDocuments({ any: new Array(33).fill('a') }, { limit: 1 })],
  ['an occurrence past the last', 'bad-argument', (reader, match) => reader.occurrence(match, 3, page)],
  ['another generation', 'stale-cursor', (reader, match) => reader.documents({ ...match, generation: 'gone' }, page)],
  ['a range past the rows', 'bad-argument', (reader, match) => reader.documents(withRange(match, { hi: 1e9 }), page)],
  ['an empty range', 'bad-argument', (reader, match) => reader.documents(withRange(match, { lo: 2, hi: 2 }), page)],
  ['a shard that is none', 'bad-argument', (reader, match) => reader.documents(withRange(match, { shard: 99 }), page)],
  [
    'a count that is not that of the ranges',
    'bad-argument',
    (reader, match) => reader.countDocuments({ ...match, count: 1 }),
  ],
  ...badNumbers.flatMap((bad): Refusal[] => [
    [`limit ${bad}`, 'bad-argument', (reader, match) => reader.documents(match, { ...page, limit: bad })],
    [`position ${bad}`, 'bad-argument', (reader, match) => reader.documents(match, { ...page, position: bad })],
    [`context ${bad}`, 'bad-argument', (reader, match) => reader.documents(match, { ...page, context: bad })],
    [`sampleSeed ${bad}`, 'bad-argument', (reader, match) => reader.documents(match, { ...page, sampleSeed: bad })],
    [`document ${bad}`, 'bad-argument', (reader) => reader.document(bad)],
    [`startOffset ${bad}`, 'bad-argument', (reader) => reader.extract(0, bad, 3)],
    [`endOffset ${bad}`, 'bad-argument', (reader) => reader.extract(0, 0, bad)],
    [`offset ${bad}`, 'bad-argument', (reader) => reader.countUnits(0, bad)],
    [`occurrence ${bad}`, 'bad-argument', (reader, match) => reader.occurrence(match, bad, page)],
    [`lo ${bad}`, 'bad-argument', (reader, match) => reader.documents(withRange(match, { lo: bad }), page)],
  ]),
]

export function describeRefusals(makeReader: (corpus: ConformanceCorpus) => Promise<IndexReader>): void {
  describe('refusals', () => {
    let reader: IndexReader
    let match: Match
    beforeAll(async () => {
      reader = await makeReader(corpus)
      match = await reader.find('ana')
    })
    afterAll(() => reader.close())

    it.each(refusals)('refuses %s with %s', async (_, code, ask) => {
      await expect(ask(reader, match)).rejects.toMatchObject({ name: 'OmnigramError', code })
    })
  })
}

function withRange(match: Match, change: Partial<Match['ranges'][number]>): Match {
  const [first, ...rest] = match.ranges
  const ranges = [{ ...first, ...change }, ...rest]
  return { ...match, ranges, count: ranges.reduce((count, { lo, hi }) => count + hi - lo, 0) }
}
