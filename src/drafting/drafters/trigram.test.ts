import { describe, expect, it } from 'vitest'
import { FixedContinuations } from '../testkit/fixed-continuations.js'
import { rateChild, TrigramDrafter } from './trigram.js'
import { TrigramScores } from './trigram-scores.js'

const budget = { nodes: 64, depth: 64 }

describe('worked example 6E', () => {
  it('rates children', () => {
    expect(rateChild(3, 2, 10, 0.5)).toBeCloseTo(18.821375, 6)
    expect(rateChild(1.2, 1, 10, 0.1)).toBeCloseTo(6.396412, 6)
    expect(rateChild(0, 0, 10, 0.1)).toBe(Number.POSITIVE_INFINITY)
  })

  it('raises a score of .2 to .4 by five hits, and none above 3', async () => {
    const documents = [4, 5, 6, 7, 3].map((token) => [1, 2, token])
    const scores = new TrigramScores(new FixedContinuations(documents))
    const scoreOf = async (token: number) => {
      const listed = await scores.list(1, 2)
      return listed.scores[listed.tokens.indexOf(token)]
    }
    expect(await scoreOf(4)).toBeCloseTo(0.2, 12)
    for (let hit = 0; hit < 5; hit++) await scores.raise(Uint32Array.of(1, 2, 4))
    expect(await scoreOf(4)).toBeCloseTo(0.4, 12)
    for (let hit = 0; hit < 100; hit++) await scores.raise(Uint32Array.of(1, 2, 4))
    expect(await scoreOf(4)).toBe(3)
  })
})

it('drafts paths of the corpus, longest five tokens, within the budget', async () => {
  const source = new FixedContinuations([
    [1, 2, 3, 4, 5, 6, 7, 8],
    [1, 2, 3, 9, 5],
    [2, 3, 4, 6],
  ])
  const tree = await new TrigramDrafter(source, 1).propose(Uint32Array.of(1, 2), budget)
  const paths = Array.from(tree.tokens.keys(), (node) => {
    const path: number[] = []
    for (let at = node; at > 0; at = tree.parents[at] ?? 0) path.unshift(tree.tokens[at] ?? 0)
    return path.join(' ')
  })
  expect(paths).toContain('3 4 5 6 7')
  expect(paths).toContain('3 9 5')
  expect(Math.max(...tree.positions)).toBe(5)
  const small = await new TrigramDrafter(source, 1).propose(Uint32Array.of(1, 2), { nodes: 3, depth: 64 })
  expect(small.tokens.length).toBeLessThanOrEqual(4)
})

it('is the same for the same seed, and silent where nothing is known', async () => {
  const source = new FixedContinuations([[1, 2, 3, 4, 5, 6, 1, 2, 4]])
  const propose = () => new TrigramDrafter(source, 7).propose(Uint32Array.of(1, 2), budget)
  expect(await propose()).toEqual(await propose())
  expect((await new TrigramDrafter(source, 7).propose(Uint32Array.of(8, 8), budget)).tokens).toHaveLength(1)
  expect((await new TrigramDrafter(source, 7).propose(Uint32Array.of(1), budget)).tokens).toHaveLength(1)
})
