import { expect, it } from 'vitest'
import { type Branch, growBestFirst } from './grow-paths.js'

/** A chain whose children have the fractions of worked example 6C. */
async function growChain(nodes: number) {
  const fractions = [3 / 4, 2 / 3, 1]
  const branch = (place: number, probability: number): Branch<number>[] => {
    const fraction = fractions[place]
    return fraction === undefined ? [] : [{ token: place, score: probability * fraction, state: place }]
  }
  return growBestFirst(9, branch(0, 1), { nodes, depth: 9 }, async ({ score, state }) => branch(state + 1, score))
}

it('scores worked example 6C: .75 + .5 + .5', async () => {
  expect((await growChain(9)).score).toBe(1.75)
  expect((await growChain(2)).score).toBe(1.25)
  expect((await growChain(0)).tree.tokens).toHaveLength(1)
})

it('takes the best candidates wherever they hang', async () => {
  const start = [
    { token: 1, score: 8, state: 0 },
    { token: 2, score: 5, state: 0 },
  ]
  const { tree } = await growBestFirst(0, start, { nodes: 4, depth: 2 }, async ({ token, score }) => [
    { token: token + 10, score: score - 4, state: 0 },
  ])
  expect([...tree.tokens]).toEqual([0, 1, 2, 11, 12])
  expect([...tree.parents]).toEqual([-1, 0, 0, 1, 2])
})
