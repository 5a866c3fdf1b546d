/** Does a reader answer as the oracle does? The same battery for every implementation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Matching } from '../../core/pattern.js'
import type {
  DocumentInfo,
  DocumentQuery,
  IndexReader,
  Match,
  Occurrence,
  PageOptions,
  Symbols,
} from '../index-reader.js'
import { type ConformanceCorpus, choosePatterns, conformanceCorpora } from './conformance-corpora.js'
import { describeRefusals } from './conformance-refusals.js'
import { createNaiveReader } from './naive-reader.js'

const matchings: readonly Matching[] = [
  { ignoreCase: true },
  { flexibleSpace: true },
  { ignoreCase: true, flexibleSpace: true },
]

/** `makeReader` builds an index of the corpus in any number of shards; the battery closes it. */
export function describeReader(
  name: string,
  makeReader: (corpus: ConformanceCorpus) => Promise<IndexReader>,
  { canHide = true } = {},
): void {
  describe(`${name} answers as the oracle`, () => {
    for (const corpus of conformanceCorpora.filter(({ hidden }) => canHide || hidden === undefined)) {
      describe(corpus.name, () => describeCorpus(corpus, makeReader))
    }
    describeRefusals(makeReader)
  })
}

function describeCorpus(
  corpus: ConformanceCorpus,
  makeReader: (corpus: ConformanceCorpus) => Promise<IndexReader>,
): void {
  const patterns = choosePatterns(corpus)
  const oracle = createNaiveReader({ ...corpus, name: 'oracle' })
  let reader: IndexReader
  beforeAll(async () => {
    reader = await makeReader(corpus)
  })
  afterAll(() => reader.close())

  it('counts every pattern, in one batch and per shard and index', async () => {
    const found = await reader.count(patterns, { perShard: true, perIndex: true })
    expect(found.map(({ count }) => count)).toEqual((await oracle.count(patterns)).map(({ count }) => count))
    for (const { count, shards, indexes } of found) {
      expect(sum(shards)).toBe(count)
      expect(sum(indexes)).toBe(count)
      expect(shards).toHaveLength(reader.manifest.shards.length)
      expect(indexes).toHaveLength(reader.parts.length)
    }
  })

  it('counts alternatives', async () => {
    for (const matching of matchings) {
      const [found, expected] = await Promise.all([
        reader.count(patterns, { matching }),
        oracle.count(patterns, { matching }),
      ])
      expect(found, JSON.stringify(matching)).toEqual(expected)
    }
  })

  it('counts pieces of characters', async () => {
    const pieces = [
      Uint8Array.of(0xc3),
      Uint8Array.of(0xa9),
      Uint8Array.of(0xe6, 0x97),
      Uint8Array.of(0xc0),
      Uint8Array.of(0),
    ]
    expect(await reader.count(pieces)).toEqual(await oracle.count(pieces))
  })

  it('pages through all occurrences, each once', async () => {
    for (const pattern of patterns) {
      for (const unit of ['byte', 'character'] as const) {
        const page = { by: 'occurrence', context: pattern.length % 7, unit } as const
        const [match, expected] = await Promise.all([reader.find(pattern), oracle.find(pattern)])
        expect(match.count).toBe(expected.count)
        expect(sortPlaces(await readAll(reader, match, { ...page, limit: 40 })), JSON.stringify(pattern)).toEqual(
          sortPlaces(await readAll(oracle, expected, { ...page, limit: 1000 })),
        )
      }
    }
  })

  it('pages through alternatives and by document', async () => {
    for (const matching of [undefined, ...matchings]) {
      for (const pattern of patterns) {
        const page = { by: 'document', context: 4, unit: 'character' } as const
        const [match, expected] = [await reader.find(pattern, { matching }), await oracle.find(pattern, { matching })]
        expect((await readAll(reader, match, { ...page, limit: 2 })).map(comparable), JSON.stringify(pattern)).toEqual(
          (await readAll(oracle, expected, { ...page, limit: 1000 })).map(comparable),
        )
      }
    }
  })

  it('finds the same occurrence by its position as on a page', async () => {
    const match = await reader.find('a')
    const snippet = { context: 3, unit: 'byte' } as const
    const { occurrences } = await reader.documents(match, { ...snippet, by: 'occurrence', limit: 9 })
    const alone = await Promise.all(occurrences.map((_, position) => reader.occurrence(match, position, snippet)))
    expect(alone).toEqual(occurrences)
  })

  it('samples the same occurrences for the same seed, none twice', async () => {
    const match = await reader.find('')
    const page = { by: 'occurrence', context: 0, unit: 'byte', limit: 5 } as const
    const sample = await reader.documents(match, { ...page, sampleSeed: 3 })
    const places = sample.occurrences.map(({ document, startOffset }) => `${document.document}:${startOffset}`)
    expect(new Set(places).size).toBe(Math.min(5, match.count))
    expect(await reader.documents(match, { ...page, sampleSeed: 3 })).toEqual(sample)
  })

  it('counts documents and facets', async () => {
    for (const pattern of patterns) {
      const [match, expected] = [await reader.find(pattern), await oracle.find(pattern)]
      expect(await reader.countDocuments(match, { exact: true })).toEqual(await oracle.countDocuments(expected))
      for (const field of corpus.facetFields) {
        expect(await reader.countFacets(match, field, { exact: true })).toEqual(
          await oracle.countFacets(expected, field),
        )
      }
    }
  })

  it('finds documents by several patterns', async () => {
    const [one, two, three] = [patterns[1], patterns.at(-2) ?? 'a', patterns[4]]
    const queries: DocumentQuery[] = [
      { all: [one] },
      { all: [one, two] },
      { any: [one, two] },
      { all: [three], none: [one] },
      { all: [''], none: [one, two] },
      { all: [one], any: [two, three], none: ['zz'] },
    ]
    for (const query of queries) {
      for (const matching of [undefined, ...matchings]) {
        const options = { matching, exact: true, limit: 1000 }
        const [found, expected] = [
          await reader.findDocuments(query, options),
          await oracle.findDocuments(query, options),
        ]
        expect(found.documents.map(withoutIndex), JSON.stringify(query)).toEqual(expected.documents.map(withoutIndex))
        expect(found).toMatchObject({ count: expected.count, isExact: true, nextPosition: null })
        expect(await readDocumentPages(reader, query, matching)).toEqual(found.documents)
      }
    }
  })

  it('reads documents whole and in part', async () => {
    for (const document of corpus.documents.keys()) {
      if (corpus.hidden?.includes(document)) {
        const refusal = { code: 'hidden-document' }
        await expect(reader.document(document)).rejects.toMatchObject(refusal)
        await expect(reader.documentInfo(document)).rejects.toMatchObject(refusal)
        await expect(reader.extract(document, 0, 0)).rejects.toMatchObject(refusal)
        continue
      }
      const expected = await oracle.document(document)
      expect(withoutIndex(await reader.document(document))).toEqual(withoutIndex(expected))
      expect(withoutIndex(await reader.documentInfo(document))).toEqual(
        withoutIndex(await oracle.documentInfo(document)),
      )
      const { symbolCount: textBytes } = expected
      for (let start = 0; start <= textBytes; start += 1 + (textBytes >> 4)) {
        for (const end of [start, start + 1, start + 5, textBytes]) {
          if (end < start) continue
          expect(await reader.extract(document, start, end)).toEqual(await oracle.extract(document, start, end))
        }
        expect(await reader.countUnits(document, start)).toEqual(await oracle.countUnits(document, start))
      }
    }
  })

  it('finds documents by external id', async () => {
    for (const externalId of ['id-0', 'id-1', 'id-4', '', 'none']) {
      const find = (of: IndexReader) => of.findExternalId(externalId).catch(({ code }: { code: string }) => code)
      expect(await find(reader)).toBe(await find(oracle))
    }
  })

  it('says what comes next, summing to the count', async () => {
    for (const pattern of patterns) {
      for (const unit of ['byte', 'character'] as const) {
        const found = await reader.next(pattern, { unit })
        expect(found, JSON.stringify(pattern)).toEqual(await oracle.next(pattern, { unit }))
        expect(found.next.reduce((total, { count }) => total + count, 0)).toBe(found.count)
      }
    }
    const { documents, textBytes } = reader.manifest.statistics
    expect((await reader.next('', { unit: 'byte' })).count).toBe(documents + textBytes)
  })

  it('traces a text', async () => {
    const texts = [
      patterns.join('').slice(0, 400),
      'the best of \u{1f468} naïve straße ana new york city',
      '',
      '\u00e8\u00e9',
    ]
    for (const text of texts) {
      expect(await reader.trace(text)).toEqual(await oracle.trace(text))
      expect(await reader.trace(text, { minBytes: 3 })).toEqual(await oracle.trace(text, { minBytes: 3 }))
    }
  })

  it('follows a growing text', async () => {
    for (const pattern of patterns.slice(0, 12)) {
      const [cursor, expected] = [reader.cursor(), oracle.cursor()]
      expect(cursor.count).toBe(expected.count)
      for (const character of pattern) {
        const before = cursor.fork()
        expect(await cursor.push(character)).toBe(await expected.push(character))
        expect(before.count).toBeGreaterThanOrEqual(cursor.count)
      }
      expect(await cursor.next('byte')).toEqual(await expected.next('byte'))
      expect(cursor.toMatch().count).toBe(expected.toMatch().count)
      const texts = await cursor.follow(1000, 6)
      expect(texts).toHaveLength(Math.min(1000, cursor.toMatch().count))
      if (texts.length === 1000) continue
      expect(texts.map(toHex).sort()).toEqual((await expected.follow(1000, 6)).map(toHex).sort())
    }
  })

  it('follows documents from their start', async () => {
    let [batch, expected] = [reader.cursors(1, 'document'), oracle.cursors(1, 'document')]
    for (const byte of Buffer.from(patterns.find((pattern) => pattern.length > 2)?.slice(0, 3) ?? 'abc')) {
      expect([...batch.counts]).toEqual([...expected.counts])
      expect(await batch.cursor(0).next('byte')).toEqual(await expected.cursor(0).next('byte'))
      ;[batch, expected] = [await batch.push(Uint8Array.of(byte)), await expected.push(Uint8Array.of(byte))]
    }
    expect([...batch.counts]).toEqual([...expected.counts])
  })

  it('follows byte by byte through characters', async () => {
    const [cursor, expected] = [reader.cursor(), oracle.cursor()]
    for (const byte of Buffer.from('日本')) {
      expect(await cursor.push(Uint8Array.of(byte))).toBe(await expected.push(Uint8Array.of(byte)))
      const snippet = { by: 'occurrence', context: 1, unit: 'character', limit: 100 } as const
      expect(sortPlaces(await readAll(reader, cursor.toMatch(), snippet))).toEqual(
        sortPlaces(await readAll(oracle, expected.toMatch(), snippet)),
      )
    }
  })
}

/** All pages one after the other. */
async function readAll(reader: IndexReader, match: Match, page: PageOptions): Promise<Occurrence[]> {
  const occurrences: Occurrence[] = []
  for (let position: number | null = 0; position !== null; ) {
    const found = await reader.documents(match, { ...page, position })
    expect(found.occurrences.length).toBeLessThanOrEqual(page.limit)
    occurrences.push(...found.occurrences)
    position = found.nextPosition
  }
  return occurrences
}

async function readDocumentPages(
  reader: IndexReader,
  query: DocumentQuery,
  matching?: Matching,
): Promise<DocumentInfo[]> {
  const documents: DocumentInfo[] = []
  for (let position: number | null = 0; position !== null; ) {
    const found = await reader.findDocuments(query, { matching, exact: true, limit: 2, position })
    documents.push(...found.documents)
    position = found.nextPosition
  }
  return documents
}

function sortPlaces(occurrences: readonly Occurrence[]) {
  return occurrences
    .map(comparable)
    .sort(
      (a, b) => a.document.document - b.document.document || a.startOffset - b.startOffset || a.endOffset - b.endOffset,
    )
}

/** Readers may be made of indexes of any name. */
function comparable(occurrence: Occurrence) {
  return { ...occurrence, document: withoutIndex(occurrence.document) }
}

function withoutIndex<Info extends DocumentInfo>({ index: _, ...info }: Info): Omit<Info, 'index'> {
  return info
}

function sum(counts: readonly number[] = []): number {
  return counts.reduce((total, count) => total + count, 0)
}

function toHex(symbols: Symbols): string {
  return Buffer.from(symbols).toString('hex')
}
