import { expect, it } from 'vitest'
import { recyclingTemplate } from './recycling-template.js'
import { AdjacencyMatrix, TokenRecyclingDrafter } from './token-recycling.js'

it('drafts worked example 6D', async () => {
  const matrix = new AdjacencyMatrix(10)
  const drafter = new TokenRecyclingDrafter(matrix, ['0', '1', '00', '01', '10'])
  drafter.observe(
    [],
    [
      { token: 5, likeliest: [7, 9] },
      { token: 7, likeliest: [9, 5] },
      { token: 9, likeliest: [5, 7] },
    ],
  )
  const tree = await drafter.propose(Uint32Array.of(5), { nodes: 80, depth: 6 })
  expect([...tree.tokens]).toEqual([5, 7, 9, 9, 5, 5])
  expect([...tree.parents]).toEqual([-1, 0, 0, 1, 1, 2])
  expect([...tree.positions]).toEqual([0, 1, 1, 2, 2, 2])
})

it('has the published tree: 80 nodes, each after its parent', () => {
  expect(new Set(recyclingTemplate).size).toBe(80)
  const sizes = [1, 2, 3, 4, 5, 6].map((depth) => recyclingTemplate.filter(({ length }) => length === depth).length)
  expect(sizes).toEqual([8, 21, 25, 15, 8, 3])
  for (const [place, path] of recyclingTemplate.entries()) {
    if (path.length > 1) expect(recyclingTemplate.slice(0, place)).toContain(path.slice(0, -1))
  }
})

it('takes less than 2 MB for 32,000 tokens, and the last of equal observations', () => {
  const matrix = new AdjacencyMatrix(32_000)
  expect(matrix.sizeBytes).toBe(1_024_000)
  matrix.update({ token: 31_999, likeliest: [1, 2, 3, 4, 5, 6, 7, 8, 9] })
  matrix.update({ token: 31_999, likeliest: [6] })
  expect([matrix.successor(31_999, 0), matrix.successor(31_999, 1), matrix.successor(31_999, 7)]).toEqual([6, 2, 8])
})

it('keeps to the budget', async () => {
  const drafter = new TokenRecyclingDrafter(new AdjacencyMatrix(4))
  expect((await drafter.propose(Uint32Array.of(1), { nodes: 64, depth: 9 })).tokens).toHaveLength(65)
  expect((await drafter.propose(Uint32Array.of(1), { nodes: 64, depth: 1 })).tokens).toHaveLength(9)
  expect((await drafter.propose(Uint32Array.of(1), { nodes: 0, depth: 9 })).tokens).toHaveLength(1)
})
