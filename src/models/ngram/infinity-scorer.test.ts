import { expect, it } from 'vitest'
import { InfinityScorer } from './infinity-scorer.js'
import { CountedNgrams } from './testkit/counted-ngrams.js'

const documents = [
  [1, 2, 3, 1, 2, 4],
  [5, 1, 2, 3],
]

it('mixes the longest match with how common a token is', async () => {
  const scorer = new InfinityScorer(CountedNgrams.fromDocuments(documents), { vocabulary: 8, lambda: 0.9 })
  const [first, second, third] = await scorer.scoreTokens(Uint32Array.of(1, 2, 4))
  // 12 places of the empty string: 10 tokens and 2 ends; 12 + 8 in the smoothed share.
  expect(first).toBeCloseTo(Math.log(0.9 * (3 / 12) + 0.1 * (4 / 20)), 12)
  expect(second).toBeCloseTo(Math.log(0.9 * 1 + 0.1 * (4 / 20)), 12)
  expect(third).toBeCloseTo(Math.log(0.9 * (1 / 3) + 0.1 * (2 / 20)), 12)
})

it('holds what it saw likelier than what it did not, and never impossible', async () => {
  const scorer = new InfinityScorer(CountedNgrams.fromDocuments(documents), { vocabulary: 8 })
  const sum = async (tokens: readonly number[]) =>
    (await scorer.scoreTokens(Uint32Array.from(tokens))).reduce((total, score) => total + score, 0)
  expect(await sum([5, 1, 2, 3])).toBeGreaterThan(await sum([3, 2, 1, 5]))
  expect(await sum([7, 7])).toBeGreaterThan(Number.NEGATIVE_INFINITY)
  const empty = new InfinityScorer(CountedNgrams.fromDocuments([]), { vocabulary: 8 })
  expect((await empty.scoreTokens(Uint32Array.of(3)))[0]).toBeCloseTo(Math.log(0.1 / 8), 12)
})
