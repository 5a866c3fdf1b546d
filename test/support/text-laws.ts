/** Does an index hold its texts and nothing else? Laws that every text has to keep, counted by scanning it. */
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/core/limits.js'
import type { IndexReader, NextSymbol, PageOptions } from '../../src/query/index-reader.js'
import { type AdversarialCorpus, adversarialCorpora } from './adversarial-texts.js'

const lengths = [1, 2, 3, 4, 5, 8, 13, 33, 64, 65, 250, 1000]
const page = { by: 'occurrence', limit: 1000, context: 0, unit: 'byte' } as const satisfies PageOptions
/** Where every match is located, not counted alone. */
const locatedCount = 700

/** `makeReader` makes an index of the texts in this order; each test closes its own. */
export function describeTextLaws(name: string, makeReader: (corpus: AdversarialCorpus) => Promise<IndexReader>): void {
  describe(`${name} keeps the laws on`, () => {
    it.each(adversarialCorpora)('$name', async (corpus) => {
      const texts = corpus.texts.map((text) => Buffer.from(text))
      const reader = await makeReader(corpus)
      const patterns = drawPatterns(texts)
      const counts = patterns.map((pattern) => findPlaces(texts, pattern).length)
      expect((await reader.count(patterns)).map(({ count }) => count)).toEqual(counts)
      for (const pattern of patterns.filter((_, at) => at % 7 === 0)) {
        await checkNext(reader, texts, pattern)
        await checkPlaces(reader, texts, pattern)
      }
      await checkTexts(reader, texts)
      await checkSpans(reader, texts, mixPieces(texts))
      await reader.close()
    })
  })
}

/** Pieces of each length from the ends and in between; the same with another last byte; every byte by itself. */
function drawPatterns(texts: readonly Buffer[]): Uint8Array[] {
  const patterns = new Map<string, Uint8Array>()
  const add = (pattern: Uint8Array) => patterns.set(Buffer.from(pattern).toString('hex'), pattern)
  for (let byte = 0; byte < 0xff; byte++) add(Uint8Array.of(byte))
  for (const text of texts) {
    for (const length of [...lengths, text.length].filter((each) => each > 0 && each <= text.length)) {
      for (const start of [0, ((text.length - length) * 0.382) | 0, text.length - length]) {
        const piece = Uint8Array.from(text.subarray(start, start + length))
        add(piece)
        add(Uint8Array.of(...piece.subarray(0, -1), (piece[length - 1] + 1) % 0xff))
      }
    }
    add(Uint8Array.of(...text, 0x61))
  }
  return [...patterns.values()].filter(({ length }) => length <= limits.patternUnits)
}

/** Document and offset of each, overlapping ones too. */
function findPlaces(texts: readonly Buffer[], pattern: Uint8Array): [number, number][] {
  const places: [number, number][] = []
  for (const [document, text] of texts.entries()) {
    for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) places.push([document, at])
  }
  return places
}

async function checkPlaces(reader: IndexReader, texts: readonly Buffer[], pattern: Uint8Array): Promise<void> {
  const match = await reader.find(pattern)
  const expected = findPlaces(texts, pattern)
  expect(match.count).toBe(expected.length)
  if (match.count > locatedCount) return
  const { occurrences } = await reader.documents(match, page)
  const places = occurrences.map(({ document, startOffset }): [number, number] => [document.document, startOffset])
  expect(places.sort((a, b) => a[0] - b[0] || a[1] - b[1])).toEqual(expected)
}

/** What follows, most often first, then by byte, the end of the document last. */
async function checkNext(reader: IndexReader, texts: readonly Buffer[], pattern: Uint8Array): Promise<void> {
  const end = 0xff
  const counts = new Map<number, number>()
  for (const [document, start] of findPlaces(texts, pattern)) {
    const byte = texts[document][start + pattern.length] ?? end
    counts.set(byte, (counts.get(byte) ?? 0) + 1)
  }
  const expected = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  const toPair = ({ bytes, count }: NextSymbol) => [bytes === null ? end : bytes[0], count]
  expect((await reader.next(pattern, { unit: 'byte' })).next.map(toPair)).toEqual(expected)
}

async function checkTexts(reader: IndexReader, texts: readonly Buffer[]): Promise<void> {
  for (const [document, text] of texts.entries()) {
    expect((await reader.document(document)).text).toBe(text.toString())
  }
}

/** Pieces of the texts with something foreign in between. */
function mixPieces(texts: readonly Buffer[]): Buffer {
  const pieces = texts.flatMap((text) => [text.subarray(0, 40), Buffer.from('~'), text.subarray(-40)])
  return Buffer.concat(pieces).subarray(0, 400)
}

/** Every span is a match, none can be longer, and every byte that occurs lies in one. */
async function checkSpans(reader: IndexReader, texts: readonly Buffer[], asked: Buffer): Promise<void> {
  const spans = await reader.trace(Uint8Array.from(asked), { edges: 'byte' })
  const countAt = (start: number, end: number) => findPlaces(texts, asked.subarray(start, end)).length
  const covered = new Set<number>()
  for (const { startOffset, endOffset, count } of spans) {
    expect(count).toBe(countAt(startOffset, endOffset))
    if (startOffset > 0) expect(countAt(startOffset - 1, endOffset)).toBe(0)
    if (endOffset < asked.length) expect(countAt(startOffset, endOffset + 1)).toBe(0)
    for (let at = startOffset; at < endOffset; at++) covered.add(at)
  }
  for (const at of asked.keys()) expect(covered.has(at)).toBe(countAt(at, at + 1) > 0)
}
