/** Do 2,000 random patterns have the counts that reading every byte gives, however the corpus is cut into shards? */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildIndex } from '../../src/build/build-index.js'
import { makeFolder, makeRandom, testOptions } from '../../src/build/testkit/small-corpus.js'
import { openIndex } from '../../src/query/open-index.js'
import { NaiveCorpus } from '../support/naive-corpus.js'
import { readTexts, smallCorpusLack, smallCorpusPath } from '../support/small-corpus.js'

const seed = 1_851
const patternCount = 2_000
const random = makeRandom(seed)
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]

/** What prose has little of: control characters, characters of two to four bytes, runs that overlap themselves. */
const oddPieces = ['\t', '\n', '\u0000', 'é', 'ß', '中', '文', '\u2028', '🙂', '\ufeff', 'aa', ' ']
const oddTexts = Array.from({ length: 60 }, () =>
  Array.from({ length: 400 }, () => (random() < 0.5 ? pick(oddPieces) : pick(['the ', 'whale', '.', 'Mr. ']))).join(''),
)

interface Golden {
  readonly pattern: Buffer
  readonly count: number
  readonly documents: number
}

let folder: Awaited<ReturnType<typeof makeFolder>>
let golden: readonly Golden[] = []

beforeAll(async () => {
  folder = await makeFolder()
  if (smallCorpusLack !== null) return
  await writeFile(join(folder.dir, 'odd.jsonl'), oddTexts.map((text) => `${JSON.stringify({ text })}\n`).join(''))
  golden = makeGolden([...readTexts(smallCorpusPath), ...oddTexts])
})
afterAll(() => folder.remove())
beforeEach((context) => {
  if (smallCorpusLack !== null) context.skip(smallCorpusLack)
})

/** Half of the patterns are there, half are not; 1 to 60 bytes, whole characters, a quarter out of the odd texts. */
function makeGolden(texts: readonly string[]): Golden[] {
  const corpus = new NaiveCorpus(texts)
  return Array.from({ length: patternCount }, (_, at) => {
    let pattern = cutPattern(random() < 0.25 ? pick(oddTexts) : pick(texts))
    while (at % 2 === 1 && corpus.has(pattern)) pattern = spoil(pattern)
    return { pattern, ...corpus.count(pattern) }
  })
}

function cutPattern(text: string): Buffer {
  const byteCount = 1 + Math.floor(random() * 60)
  const start = Math.floor(random() * text.length)
  let pattern = ''
  for (const character of text.slice(start, start + byteCount)) {
    // A place in the middle of a surrogate pair is no character.
    if (/[\ud800-\udfff]/u.test(character)) continue
    if (pattern !== '' && Buffer.byteLength(pattern + character) > byteCount) break
    pattern += character
  }
  return Buffer.from(pattern === '' ? 'e' : pattern)
}

/** Changes one character, or adds one where the pattern is short. */
function spoil(pattern: Buffer): Buffer {
  const characters = [...pattern.toString()]
  const at = Math.floor(random() * characters.length)
  characters.splice(at, characters.length > 3 ? 1 : 0, random() < 0.5 ? pick(oddPieces) : pick(['q', 'Z', '7', 'x']))
  return Buffer.from(characters.join(''))
}

describe('random patterns', () => {
  it('are half absent and hold every odd character', () => {
    expect(golden.filter(({ count }) => count === 0)).toHaveLength(patternCount / 2)
    for (const piece of oddPieces) {
      const holders = golden.filter(({ pattern }) => pattern.includes(piece))
      expect(holders.some(({ count }) => count > 0)).toBe(true)
      expect(holders.some(({ count }) => count === 0)).toBe(true)
    }
    expect(golden.some(({ count }) => count > 100_000)).toBe(true)
  })

  it.each([
    { shards: 1, shardBytes: 1_000_000_000, textStore: false },
    { shards: 7, shardBytes: 1_850_000, textStore: true },
  ])('are counted exactly, with their documents, in $shards shards', async ({ shards, shardBytes, textStore }) => {
    const indexDir = join(folder.dir, `shards-${shards}`)
    const inputs = [smallCorpusPath, join(folder.dir, 'odd.jsonl')]
    const rates = { saRate: 128, isaRate: 512 }
    const options = { shardBytes, textStore, idField: null, facetFields: [], isStrict: true, ...rates }
    const report = await buildIndex(testOptions(inputs, indexDir, options))
    expect(report.shards).toBe(shards)
    const reader = await openIndex(indexDir, { workers: 2 })
    try {
      const counts = await reader.count(golden.map(({ pattern }) => pattern))
      const answers: Golden[] = []
      for (const [at, { pattern }] of golden.entries()) {
        const match = await reader.find(pattern)
        expect(match.count).toBe(counts[at].count)
        const { count, isExact } = await reader.countDocuments(match, { exact: true })
        expect(isExact).toBe(true)
        answers.push({ pattern, count: match.count, documents: count })
      }
      expect(answers.filter((answer, at) => !isSame(answer, golden[at]))).toEqual([])
    } finally {
      await reader.close()
    }
  })
})

function isSame(answer: Golden, { count, documents }: Golden): boolean {
  return answer.count === count && answer.documents === documents
}
