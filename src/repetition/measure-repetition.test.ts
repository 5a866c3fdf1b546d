import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IndexReader } from '../query/index-reader.js'
import { openIndex } from '../query/open-index.js'
import type { Copies } from '../query/repetition-scan.js'
import { buildTestIndex, makeTestFolder } from '../query/testkit/build-test-index.js'
import { measureRepetition } from './measure-repetition.js'
import type { RepetitionOptions } from './repetition-options.js'
import { type DocumentSpans, formatSpanLines, parseSpanLine } from './span-lines.js'

interface TestDocument {
  readonly text: string
  readonly source?: string | null
}

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let indexes = 0

beforeAll(async () => {
  folder = await makeTestFolder()
})
afterAll(() => folder.remove())

async function withIndex<T>(
  documents: readonly TestDocument[],
  shardCount: number,
  work: (reader: IndexReader) => Promise<T>,
): Promise<T> {
  const path = join(folder.path, `index-${indexes++}`)
  await buildTestIndex(path, {
    documents: documents.map(({ text, source = null }, at) => ({
      text,
      externalId: `id-${at}`,
      metadata: null,
      facets: [source],
    })),
    facetFields: ['source'],
    shardCount,
  })
  const reader = await openIndex(path, { workers: 0 })
  try {
    return await work(reader)
  } finally {
    await reader.close()
  }
}

const options = { memoryBytes: 2 ** 30, threads: 2 }

/** The report with its spans, as they are read from their lines. */
async function measure(reader: IndexReader, given: Partial<RepetitionOptions> & { length: number }) {
  const spans: DocumentSpans[] = []
  const report = await measureRepetition(reader, {
    ...options,
    ...given,
    onSpans: async (batch) => {
      for (const { line } of formatSpanLines(batch)) spans.push(parseSpanLine(line, 'spans'))
    },
  })
  return { report, spans }
}

function removeSpans(text: string, spans: readonly (readonly [number, number])[]): string {
  const bytes = Buffer.from(text)
  const starts = [0, ...spans.map(([, end]) => end)]
  return starts.map((start, at) => bytes.subarray(start, spans[at]?.[0] ?? bytes.length).toString()).join('')
}

/** By looking at every gram of every document. */
function findSpans(texts: readonly string[], length: number, copies: Copies): Record<number, [number, number][]> {
  const places = new Map<string, [number, number][]>()
  for (const [document, text] of texts.entries()) {
    const key = Buffer.from(text).toString('latin1')
    for (let start = 0; start + length <= key.length; start++) {
      const gram = key.slice(start, start + length)
      places.set(gram, [...(places.get(gram) ?? []), [document, start]])
    }
  }
  const repeated = [...places.values()].filter(({ length: count }) => count > 1)
  const removed = repeated.flatMap((all) => (copies === 'all' ? all : all.slice(1)))
  const spans: Record<number, [number, number][]> = {}
  for (const [document, start] of removed.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    spans[document] ??= []
    const last = spans[document].at(-1)
    if (last && start <= last[1]) last[1] = start + length
    else spans[document].push([start, start + length])
  }
  return spans
}

const asRecord = (spans: readonly DocumentSpans[]) =>
  Object.fromEntries(spans.map((entry) => [entry.document, entry.spans]))

describe('measureRepetition', () => {
  it('gives the numbers of the worked example of the report', async () => {
    await withIndex([{ text: 'eabcdfgh.efabcdgh' }], 1, async (reader) => {
      const { report } = await measure(reader, { length: 4 })
      expect(report).toMatchObject({ grams: 14, distinctGrams: 13, duplicateShare: 1 / 7, excessShare: 1 / 14 })
      expect(report.histogram.slice(0, 3)).toEqual([
        { from: 1, to: 1, distinct: 12, occurrences: 12 },
        { from: 2, to: 2, distinct: 1, occurrences: 2 },
        { from: 3, to: 4, distinct: 0, occurrences: 0 },
      ])
    })
  })

  it('gives the spans of the worked example of exact substrings', async () => {
    const text = 'eabcdfgh.efabcdgh'
    await withIndex([{ text }], 1, async (reader) => {
      const { spans, report } = await measure(reader, { length: 4 })
      expect(spans).toEqual([
        {
          document: 0,
          externalId: 'id-0',
          length: 17,
          spans: [
            [1, 5],
            [11, 15],
          ],
        },
      ])
      expect(report.exact?.sources[0].repeatedGrams).toBe(2)
      expect(removeSpans(text, spans[0].spans)).toBe('efgh.efgh')
      const later = await measure(reader, { length: 4, copies: 'later' })
      expect(later.spans[0].spans).toEqual([[11, 15]])
    })
    await withIndex([{ text: 'efgh.efgh' }], 1, async (reader) => {
      const { spans, report } = await measure(reader, { length: 4 })
      expect(removeSpans('efgh.efgh', spans[0].spans)).toBe('.')
      expect(report.exact?.sources[0].repeatedGrams).toBe(2)
    })
    await withIndex([{ text: 'abcabcabc' }], 1, async (reader) => {
      const { spans, report } = await measure(reader, { length: 3 })
      expect(spans[0].spans).toEqual([[0, 9]])
      expect(report.exact?.sources[0].repeatedGrams).toBe(7)
    })
  })

  const texts = [
    'the whale and the sea',
    '',
    'the sea and the whale',
    'and',
    'the whale and the sea',
    'a white whale, a sea',
  ]
  it.each([1, 2, 3])('finds the spans that looking at every string finds, in %d shards', async (shardCount) => {
    await withIndex(
      texts.map((text) => ({ text })),
      shardCount,
      async (reader) => {
        for (const length of [1, 3, 5, 8, 21, 22]) {
          for (const copies of ['all', 'later'] as const) {
            const { spans } = await measure(reader, { length, copies })
            expect(asRecord(spans)).toEqual(findSpans(texts, length, copies))
          }
        }
      },
    )
  })

  it('cuts no character', async () => {
    // The bytes of 'é' and 'è' begin alike, and so do the next characters' last bytes.
    await withIndex([{ text: 'xé世界y' }, { text: 'zè世界w' }], 2, async (reader) => {
      const { spans } = await measure(reader, { length: 6 })
      expect(spans.map((entry) => entry.spans)).toEqual([[[3, 9]], [[3, 9]]])
    })
    await withIndex([{ text: 'aé' }, { text: 'bé' }, { text: 'bè' }], 1, async (reader) => {
      const { spans } = await measure(reader, { length: 1 })
      expect(asRecord(spans)).toEqual({ 0: [[1, 3]], 1: [[0, 3]], 2: [[0, 1]] })
    })
  })

  it('tells sources, duplicates and epochs apart', async () => {
    const documents = [
      { text: 'one two three', source: 'web' },
      { text: 'one two three', source: 'books' },
      { text: 'four five six', source: 'web' },
      { text: 'four five six', source: 'web' },
      { text: 'seven', source: null },
    ]
    await withIndex(documents, 2, async (reader) => {
      const epochs = new Map([['books', 9]])
      const { report } = await measure(reader, { length: 13, field: 'source', epochs })
      const none = { grams: 0, repeatedGrams: 0, repeatedSymbols: 0, removableSymbols: 0, duplicateDocuments: 0 }
      expect(report.exact?.sources).toEqual([
        { source: null, documents: 1, symbols: 5, ...none },
        {
          ...{ source: 'books', documents: 1, symbols: 13, grams: 1, repeatedGrams: 1 },
          ...{ repeatedSymbols: 13, removableSymbols: 13, duplicateDocuments: 1 },
        },
        {
          ...{ source: 'web', documents: 3, symbols: 39, grams: 3, repeatedGrams: 3 },
          ...{ repeatedSymbols: 39, removableSymbols: 13, duplicateDocuments: 1 },
        },
      ])
      expect(report.exact?.duplicates).toMatchObject({
        groups: 2,
        documents: 4,
        redundantDocuments: 2,
        crossingGroups: 1,
      })
      expect(report.exact?.duplicates.largest[0]).toEqual({
        symbols: 13,
        count: 2,
        documents: [
          { document: 0, externalId: 'id-0' },
          { document: 1, externalId: 'id-1' },
        ],
      })
      // The one is seen 1 + 9 times, the other twice.
      expect(report.exact?.epochs).toMatchObject({ epochs: [1, 9, 1], exposures: 12, effectiveEpochs: 6 })
      expect(report.exact?.epochs).toMatchObject({ shareFrom10: 10 / 12, shareFrom100: 0 })
    })
  })

  it('lists maximal strings with their places, each passage once', async () => {
    const passage = 'It was the best of times, it was the worst of times'
    const documents = [`<${passage}>`, `(${passage})`, `[${passage.slice(3)}]`, 'nothing of it'].map((text) => ({
      text,
    }))
    await withIndex(documents, 2, async (reader) => {
      const { report } = await measure(reader, { length: 20, field: 'source' })
      const [longest, ...others] = report.exact?.longest ?? []
      expect(longest).toMatchObject({ length: passage.length, count: 2, text: passage, isCut: false })
      expect(longest.places).toEqual([
        { document: 0, externalId: 'id-0', startOffset: 1, endOffset: 1 + passage.length },
        { document: 1, externalId: 'id-1', startOffset: 1, endOffset: 1 + passage.length },
      ])
      expect(longest.documents).toEqual({ count: 2, isExact: true })
      expect(longest.sources).toEqual([{ source: null, occurrences: 2 }])
      expect(others).toEqual([])
      expect(report.exact?.mostRepeated).toMatchObject([{ length: passage.length - 3, count: 3 }])
      expect(report.exact?.maximalStrings).toBe(2)
    })
  })

  it('estimates from a sample what the whole says, and all of it exactly', async () => {
    await withIndex(
      texts.map((text) => ({ text })),
      2,
      async (reader) => {
        const exact = await measureRepetition(reader, { ...options, length: 5 })
        const whole = await measureRepetition(reader, { ...options, length: 5, sampleGrams: 10_000 })
        expect({ ...whole, isExact: true, sample: null, exact: exact.exact }).toEqual({
          ...exact,
          excessShare: expect.closeTo(exact.excessShare, 10),
        })
        expect(whole.sample).toMatchObject({
          sampled: exact.grams,
          duplicateShare: [exact.duplicateShare, exact.duplicateShare],
        })
        const part = await measureRepetition(reader, { ...options, length: 5, sampleGrams: 20, seed: 3 })
        const [low, high] = part.sample?.duplicateShare ?? [1, 0]
        expect(part.sample?.sampled).toBe(20)
        expect(low).toBeLessThanOrEqual(exact.duplicateShare)
        expect(high).toBeGreaterThanOrEqual(exact.duplicateShare)
        expect(await measureRepetition(reader, { ...options, length: 5, sampleGrams: 20, seed: 3 })).toEqual(part)
      },
    )
  })

  it('draws a sample where the memory does not suffice, and has no spans then', async () => {
    await withIndex([{ text: 'abcabc' }], 1, async (reader) => {
      const report = await measureRepetition(reader, { length: 3, memoryBytes: 1, threads: 1 })
      expect(report).toMatchObject({ isExact: false, exact: null, duplicateShare: 0.5 })
      await expect(measure(reader, { length: 3, memoryBytes: 1 })).rejects.toMatchObject({ code: 'no-memory' })
      await expect(measure(reader, { length: 3, sampleGrams: 9 })).rejects.toMatchObject({ code: 'bad-argument' })
    })
  })

  it('finds nothing in nothing', async () => {
    for (const documents of [[], [{ text: '' }], [{ text: 'short' }]]) {
      await withIndex(documents, 1, async (reader) => {
        const { report, spans } = await measure(reader, { length: 100 })
        expect(report).toMatchObject({ grams: 0, distinctGrams: 0, largestCount: 0, duplicateShare: 0, excessShare: 0 })
        expect(spans).toEqual([])
        const sample = await measureRepetition(reader, { ...options, length: 100, sampleGrams: 5 })
        expect(sample).toMatchObject({ grams: 0, duplicateShare: 0, sample: { sampled: 0, duplicateShare: [0, 0] } })
      })
    }
  })

  it('reads one letter over and over', async () => {
    await withIndex([{ text: 'a'.repeat(5_000) }], 1, async (reader) => {
      const { report, spans } = await measure(reader, { length: 100 })
      expect(report).toMatchObject({ grams: 4_901, distinctGrams: 1, largestCount: 4_901 })
      expect(spans[0].spans).toEqual([[0, 5_000]])
      expect((await measure(reader, { length: 100, copies: 'later' })).spans[0].spans).toEqual([[1, 5_000]])
    })
  })

  it.each([0, -1, 1.5, Number.NaN, 65_537, 1e300])('refuses strings of %d symbols', async (length) => {
    await withIndex([{ text: 'abc' }], 1, async (reader) => {
      await expect(measure(reader, { length })).rejects.toMatchObject({ code: 'bad-argument' })
    })
  })

  it('refuses unknown fields and sources, and hears that nobody waits', async () => {
    await withIndex([{ text: 'abc', source: 'web' }], 1, async (reader) => {
      const epochs = new Map([['books', 2]])
      await expect(measure(reader, { length: 2, field: 'tongue' })).rejects.toMatchObject({ code: 'unknown-facet' })
      await expect(measure(reader, { length: 2, epochs })).rejects.toMatchObject({ code: 'bad-argument' })
      await expect(measure(reader, { length: 2, epochs, field: 'source' })).rejects.toMatchObject({
        code: 'bad-argument',
      })
      const signal = AbortSignal.abort()
      await expect(measure(reader, { length: 2, signal })).rejects.toMatchObject({ code: 'cancelled' })
    })
  })
})

it('refuses an index that hides documents, whose copies it would count', async () => {
  const path = join(folder.path, 'hiding')
  const documents = ['banana', 'banana'].map((text) => ({ text, externalId: null, metadata: null, facets: [] }))
  await buildTestIndex(path, { documents, hidden: [0] })
  const reader = await openIndex(path, { workers: 0 })
  await expect(measure(reader, { length: 2 })).rejects.toMatchObject({ code: 'bad-argument' })
  await reader.close()
})
