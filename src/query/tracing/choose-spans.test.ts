import { describe, expect, it } from 'vitest'
import { chooseRarest, countShownSpans, cutToWords, measureCoverage, mergeOverlapping } from './choose-spans.js'
import { nameLevel, rateDocuments } from './rate-documents.js'
import { findTokenEdges, findWordEdges, type SpanEdges } from './word-edges.js'

/** Length of the longest prefix of each suffix of `text` that stands in a document. */
function findLongest<T>(text: readonly T[], documents: readonly (readonly T[])[]): number[] {
  return text.map((_, start) => {
    let longest = 0
    for (const document of documents) {
      for (let at = 0; at < document.length; at++) {
        let length = 0
        while (
          start + length < text.length &&
          at + length < document.length &&
          text[start + length] === document[at + length]
        )
          length++
        longest = Math.max(longest, length)
      }
    }
    return longest
  })
}

const everywhere = (length: number): SpanEdges => ({
  starts: new Uint8Array(length + 1).fill(1),
  ends: new Uint8Array(length + 1).fill(1),
  delimiters: new Uint8Array(length + 1),
})

describe('worked example 3A', () => {
  const documents = [
    [10, 11, 12, 13, 99],
    [12, 13, 14, 15, 98],
    [15, 16, 97],
  ]
  const response = [10, 11, 12, 13, 14, 15, 16, 50]
  const spans = cutToWords(findLongest(response, documents), everywhere(response.length))

  it('keeps the maximal spans', () => {
    expect(spans.map(({ startOffset, endOffset }) => [startOffset, endOffset])).toEqual([
      [0, 4],
      [2, 6],
      [5, 7],
    ])
  })

  it('shows the rarest', () => {
    const counts = new Map<number, number>()
    for (const token of documents.flat()) counts.set(token, (counts.get(token) ?? 0) + 1)
    // With the separators counted, as upstream does.
    const logs = response.map((token) => Math.log((counts.get(token) ?? 0) / 16))
    const sums = spans.map(({ startOffset, endOffset }) =>
      logs.slice(startOffset, endOffset).reduce((a, b) => a + b, 0),
    )
    for (const [i, expected] of [-9.704061, -9.010913, -4.85203].entries()) expect(sums[i]).toBeCloseTo(expected, 6)
    expect(countShownSpans(8)).toBe(1)
    expect(chooseRarest(spans, logs, 1)).toEqual([{ startOffset: 0, endOffset: 4 }])
    expect([countShownSpans(458), countShownSpans(100)]).toEqual([23, 5])
  })
})

it('names the levels of worked example 3B', () => {
  expect([252, 180, 179.9].map((score) => nameLevel(score, 2000))).toEqual(['high', 'medium', 'low'])
})

describe('whole words', () => {
  const cut = (text: string, documents: readonly string[]) => {
    const longest = findLongest(
      [...Buffer.from(text)],
      documents.map((document) => [...Buffer.from(document)]),
    )
    return cutToWords(longest, findWordEdges(text)).map(({ startOffset, endOffset }) =>
      Buffer.from(text).subarray(startOffset, endOffset).toString(),
    )
  }

  it('end where words end and begin where they begin', () => {
    expect(cut('the quick brown foxes', ['a quick brown fox runs'])).toEqual(['quick brown'])
    expect(cut('overquick brown fox', ['quick brown fox'])).toEqual(['brown fox'])
    expect(cut('naïve – café au lait', ['café au l', 'naïve – c'])).toEqual(['naïve –', 'café au'])
  })

  it('end behind a delimiter', () => {
    expect(cut('one two. three four', ['one two. three four'])).toEqual(['one two.', 'three four'])
    expect(cut('one two\nthree', ['one two\nthree'])).toEqual(['one two', 'three'])
  })

  it('hold nothing where nothing matches', () => {
    expect(cut('', ['abc'])).toEqual([])
    expect(cut('zz yy', ['abc'])).toEqual([])
  })

  it('go by the texts of tokens', () => {
    const { starts, ends, delimiters } = findTokenEdges(['Hel', 'lo', ' wor', 'ld', '.', null, null, '!'])
    expect([...starts]).toEqual([1, 0, 1, 0, 1, 0, 0, 0, 0])
    expect([...ends]).toEqual([1, 0, 1, 0, 1, 0, 0, 0, 1])
    expect([...delimiters]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0])
  })
})

it('merges and measures', () => {
  const spans = [
    [0, 4],
    [2, 6],
    [8, 9],
  ].map(([startOffset = 0, endOffset = 0]) => ({ startOffset, endOffset }))
  expect(mergeOverlapping(spans)).toEqual([
    { startOffset: 0, endOffset: 6 },
    { startOffset: 8, endOffset: 9 },
  ])
  expect(measureCoverage(spans, 14)).toBe(0.5)
  expect(measureCoverage([], 0)).toBe(0)
})

it('rates documents by what they share with the question', () => {
  const [close, far, empty] = rateDocuments('whales of the sea', 10, [
    'Whales live in the sea.',
    'The bread of the baker.',
    '',
  ])
  expect(close?.score).toBeGreaterThan(far?.score ?? 0)
  expect(empty).toEqual({ score: 0, level: 'low' })
})
