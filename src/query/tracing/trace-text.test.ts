import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IndexReader } from '../index-reader.js'
import { openIndex } from '../open-index.js'
import { buildTestIndex, makeTestFolder } from '../testkit/build-test-index.js'
import { traceText } from './trace-text.js'

const words = 'the quick brown fox jumps over a lazy dog while naïve café owners watch'.split(' ')
const documents = Array.from({ length: 40 }, (_, d) => ({
  text: Array.from(
    { length: 30 },
    (_, i) => words[Math.imul(d * 31 + i * 7 + (i >> 2), 2654435761 % 97) % words.length],
  ).join(' '),
  externalId: `d${d}`,
  metadata: null,
  facets: [],
}))

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let reader: IndexReader

beforeAll(async () => {
  folder = await makeTestFolder()
  await buildTestIndex(join(folder.path, 'index'), { documents, shardCount: 3 })
  reader = await openIndex(join(folder.path, 'index'), { workers: 0 })
})

afterAll(async () => {
  await reader.close()
  await folder.remove()
})

/** Maximal spans of bytes by trying every start. */
function traceNaively(text: string): { start: number; end: number }[] {
  const bytes = Buffer.from(text)
  const all = documents.map((document) => Buffer.from(document.text))
  const spans: { start: number; end: number }[] = []
  let end = 0
  for (let start = 0; start < bytes.length; start++) {
    let longest = Math.max(end, start)
    while (longest < bytes.length && all.some((document) => document.includes(bytes.subarray(start, longest + 1))))
      longest++
    if (longest > end && longest > start && all.some((document) => document.includes(bytes.subarray(start, longest)))) {
      spans.push({ start, end: longest })
      end = longest
    }
  }
  return spans
}

/** Pieces of documents, changed here and there. */
function makeText(seed: number): string {
  const piece = (n: number) =>
    (documents[(seed * 7 + n) % 40]?.text ?? '').slice((seed * 13 + n) % 50, 60 + ((seed * 5) % 60))
  return `${piece(1)} zebra ${piece(2)}é${seed % 3 === 0 ? 'ï' : ''} ${piece(3)}`
}

describe('all spans', () => {
  it('equal the naive ones, byte by byte, of 200 texts, five of them verbatim', async () => {
    for (let seed = 0; seed < 200; seed++) {
      const text = seed < 5 ? (documents[seed]?.text ?? '') : makeText(seed)
      const { spans, coverage, symbolCount } = await traceText(reader, text, { isAll: true })
      expect(spans.map(({ startOffset, endOffset }) => ({ start: startOffset, end: endOffset }))).toEqual(
        traceNaively(text),
      )
      expect(symbolCount).toBe(Buffer.byteLength(text))
      if (seed < 5) expect(coverage).toBe(1)
      for (const { startOffset, endOffset, count } of spans.slice(0, 3)) {
        const pattern = Buffer.from(text).subarray(startOffset, endOffset)
        expect(await reader.count([pattern])).toEqual([{ count }])
      }
    }
  })
})

describe('the spans that are shown', () => {
  it('are whole words, counted, the rarest, with documents that hold them', async () => {
    const text = `Zebras ${documents[3]?.text ?? ''} unseen ${documents[9]?.text ?? ''}`
    const { spans } = await traceText(reader, text, { documentsPerSpan: 2 })
    expect(spans.length).toBeGreaterThan(0)
    expect(spans.length).toBeLessThanOrEqual(Math.ceil(0.05 * text.split(' ').length))
    for (const span of spans) {
      expect(` ${text} `).toContain(` ${span.text} `)
      expect(await reader.count([span.text])).toEqual([{ count: span.count }])
      expect(span.documents.length).toBe(Math.min(2, span.count))
      expect(text.slice(span.startUtf16Offset, span.endUtf16Offset)).toBe(span.text)
      expect(span.documents.some(({ relevance }) => relevance.level === span.relevance)).toBe(true)
      for (const { occurrence, relevance } of span.documents) {
        expect(occurrence.snippet.text).toContain(span.text)
        expect(['high', 'medium', 'low']).toContain(relevance.level)
      }
    }
    expect(await traceText(reader, text, { documentsPerSpan: 2 })).toEqual(
      await traceText(reader, text, { documentsPerSpan: 2 }),
    )
  })

  it('are none where nothing matches, or nothing is asked', async () => {
    expect(await traceText(reader, '')).toEqual({ spans: [], coverage: 0, symbolCount: 0, text: '' })
    expect((await traceText(reader, 'ZZZ 999')).spans).toEqual([])
  })
})
