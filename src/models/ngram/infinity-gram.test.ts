import { describe, expect, it } from 'vitest'
import { GrowingContext } from './growing-context.js'
import { predictNext, predictToken } from './infinity-gram.js'
import { CountedNgrams } from './testkit/counted-ngrams.js'

const documents = [
  [1, 2, 3, 1, 2, 4],
  [2, 3, 1, 2, 3],
  [5, 1, 2, 3],
]
const index = CountedNgrams.fromDocuments(documents)

async function grow(tokens: readonly number[]) {
  const context = new GrowingContext(index)
  for (const token of tokens) await context.push(token)
  return context
}

describe('worked example 2A', () => {
  it('predicts a token after the longest end that occurs', async () => {
    const known = await predictToken(index, await grow([1, 2]), 3)
    expect(known).toEqual({ suffixLength: 2, promptCount: 4, continuationCount: 3, probability: 3 / 4 })
    expect(await predictToken(index, await grow([9, 1, 2]), 4)).toMatchObject({ suffixLength: 2, probability: 1 / 4 })
  })

  it('predicts distributions, the end of a document among them', async () => {
    const dense = await predictNext(index, await grow([2, 3]))
    expect(dense.distribution).toEqual({ tokens: [{ token: 1, count: 2 }], endCount: 2 })
    expect(dense.isSparse).toBe(false)
    const sparse = await predictNext(index, await grow([4, 3, 1]))
    expect(sparse).toMatchObject({ suffixLength: 2, isSparse: true, count: 2 })
    expect(sparse.distribution).toEqual({ tokens: [{ token: 2, count: 2 }], endCount: 0 })
    const longer = await predictNext(index, await grow([2, 3, 1, 2]))
    expect(longer.suffixLength).toBe(4)
    expect(longer.distribution.tokens).toEqual([
      { token: 3, count: 1 },
      { token: 4, count: 1 },
    ])
  })

  it('falls back to the whole index when nothing occurs', async () => {
    const { suffixLength, count, distribution } = await predictNext(index, await grow([9, 9]))
    expect(suffixLength).toBe(0)
    expect(count).toBe(18)
    expect(distribution.endCount).toBe(3)
  })
})

describe('a growing context', () => {
  it('equals a search for every end, after every token', async () => {
    let state = 12345
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 16) % below
    }
    const corpus = CountedNgrams.fromDocuments([Array.from({ length: 300 }, () => random(3)), [0, 1, 0, 1, 0, 1, 2]])
    const context = new GrowingContext(corpus)
    const tokens: number[] = []
    for (let step = 0; step < 60; step++) {
      tokens.push(random(10) === 0 ? 7 : random(3))
      await context.push(tokens.at(-1) ?? 0)
      let length = 0
      for (const end of context.ends.slice(1)) {
        expect(end.minLength).toBe(length + 1)
        for (length = end.minLength; length <= end.length; length++) {
          expect(await countOf(corpus, tokens.slice(-length))).toBe(end.rows.count)
        }
        length = end.length
      }
      if (length < tokens.length) expect(await countOf(corpus, tokens.slice(-length - 1))).toBe(0)
    }
  })

  it('forks', async () => {
    const context = await grow([1])
    const fork = context.fork()
    await fork.push(2)
    expect(context.longest.length).toBe(1)
    expect(fork.longest.length).toBe(2)
  })
})

it('leaves the evaluated text out by its plateau', async () => {
  const corpus = CountedNgrams.fromDocuments([
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    [6, 7, 8, 2],
  ])
  const context = new GrowingContext(corpus)
  for (const token of [1, 2, 3, 4, 5, 6, 7, 8]) await context.push(token)
  expect(await predictToken(corpus, context, 9)).toMatchObject({ suffixLength: 8, probability: 1 })
  expect(await predictToken(corpus, context, 9, 'plateau')).toMatchObject({ suffixLength: 3, probability: 1 / 2 })
})

async function countOf(corpus: CountedNgrams, tokens: readonly number[]): Promise<number> {
  let rows = corpus.everything
  for (const token of tokens) rows = (await corpus.pushEach([rows], [token])).rows(0, 0)
  return rows.count
}
