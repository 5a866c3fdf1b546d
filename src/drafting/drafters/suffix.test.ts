import { describe, expect, it } from 'vitest'
import type { ContinuationNode, ContinuationSource } from '../continuation-source.js'
import { FixedContinuations } from '../testkit/fixed-continuations.js'
import { SuffixDrafter, type SuffixOptions } from './suffix.js'

const budget = { nodes: 64, depth: 64 }

const propose = (
  sources: readonly ContinuationSource<ContinuationNode>[],
  context: readonly number[],
  options: SuffixOptions,
) => new SuffixDrafter(sources, options).propose(Uint32Array.from(context), budget)

describe('worked example 6C', () => {
  // After "1 2": 3/4 go on with 3; of those 2/3 with 4; of those all with 5, then 6.
  const source = new FixedContinuations([
    [1, 2, 3, 4, 5, 6],
    [1, 2, 3, 4, 5, 6],
    [1, 2, 3, 7],
    [1, 2, 8],
  ])

  it('drafts at most two tokens after a match of two', async () => {
    const { tokens } = await propose([source], [1, 2], { shape: 'path' })
    expect([...tokens]).toEqual([2, 3, 4])
  })

  it('follows the fractions 3/4, 2/3, 1 while the budget lasts', async () => {
    const { tokens } = await propose([source], [1, 2], { shape: 'path', offset: 1 })
    expect([...tokens]).toEqual([2, 3, 4, 5])
    const limited = await propose([source], [1, 2], { shape: 'path', offset: 9, minProbability: 0.6 })
    expect([...limited.tokens]).toEqual([2, 3])
  })

  it('takes the likeliest nodes of the tree', async () => {
    const { tokens, parents } = await propose([source], [1, 2], { offset: 4 })
    expect([...tokens]).toEqual([2, 3, 4, 5, 6, 8, 7].slice(0, tokens.length))
    expect([...parents].slice(0, 5)).toEqual([-1, 0, 1, 2, 3])
  })
})

it('prefers the first source among equals, and the surer one else', async () => {
  const first = new FixedContinuations([[1, 2, 3]])
  const equal = new FixedContinuations([[1, 2, 4]])
  const unsure = new FixedContinuations([
    [1, 2, 5],
    [1, 2, 6],
  ])
  expect([...(await propose([first, equal], [1, 2], {})).tokens]).toEqual([2, 3])
  expect([...(await propose([unsure, equal], [1, 2], { shape: 'path' })).tokens]).toEqual([2, 4])
  expect([...(await propose([first], [9], {})).tokens]).toEqual([9])
  expect([...(await propose([], [9], {})).tokens]).toEqual([9])
})
