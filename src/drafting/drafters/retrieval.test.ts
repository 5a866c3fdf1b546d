import { describe, expect, it } from 'vitest'
import { FixedContinuations } from '../testkit/fixed-continuations.js'
import { RetrievalDrafter } from './retrieval.js'

const budget = { nodes: 64, depth: 64 }

describe('worked example 6A', () => {
  const documents = [
    [1, 2, 3, 4],
    [1, 2, 3, 5],
    [1, 2, 6, 7],
  ]
  const propose = (nodes: number) =>
    new RetrievalDrafter(new FixedContinuations(documents), { depth: 2, nodes }).propose(Uint32Array.of(1, 2), budget)

  it('holds every prefix of the continuations, the most frequent first', async () => {
    const { tokens, parents, positions } = await propose(64)
    expect([...tokens]).toEqual([2, 3, 6, 4, 5, 7])
    expect([...parents]).toEqual([-1, 0, 0, 1, 1, 2])
    expect([...positions]).toEqual([0, 1, 1, 2, 2, 2])
  })

  it('keeps to the budget exactly', async () => {
    expect([...(await propose(1)).tokens]).toEqual([2, 3])
    expect((await propose(3)).tokens).toHaveLength(4)
  })
})

it('follows the longest match alone, and ends where documents end', async () => {
  const source = new FixedContinuations([
    [8, 1, 2, 5],
    [9, 1, 2, 6],
    [9, 1, 2, 6],
  ])
  const propose = (context: readonly number[]) =>
    new RetrievalDrafter(source).propose(Uint32Array.from(context), budget)
  expect([...(await propose([8, 1, 2])).tokens]).toEqual([2, 5])
  expect([...(await propose([7, 1, 2])).tokens]).toEqual([2, 6, 5])
  // One token is no match, nor is what ends a document.
  expect([...(await propose([2])).tokens]).toEqual([2])
  expect([...(await propose([2, 6])).tokens]).toEqual([6])
  expect([...(await propose([3, 3])).tokens]).toEqual([3])
})
