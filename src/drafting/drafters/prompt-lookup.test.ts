import { describe, expect, it } from 'vitest'
import { PromptLookupDrafter, type PromptLookupOptions } from './prompt-lookup.js'

const budget = { nodes: 64, depth: 64 }

async function draft(context: readonly number[], options: PromptLookupOptions): Promise<number[]> {
  const tree = await new PromptLookupDrafter(options).propose(Uint32Array.from(context), budget)
  expect(tree.tokens[0]).toBe(context.at(-1))
  return [...tree.tokens.subarray(1)]
}

describe('worked example 6B, by the published rule', () => {
  const ids = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3]
  it.each([
    { context: ids, tokens: 4, drafted: [4, 5, 6, 7] },
    { context: ids, tokens: 10, drafted: [] },
    { context: [9, 8, 7, 8], tokens: 1, drafted: [7] },
  ])('$tokens tokens after $context', async ({ context, tokens, drafted }) => {
    expect(await draft(context, { tokens, isFullOnly: true })).toEqual(drafted)
  })
})

it('drafts what there is near the end', async () => {
  expect(await draft([1, 2, 3, 4, 5, 1, 2, 3], { tokens: 10 })).toEqual([4, 5, 1, 2, 3])
  expect(await draft([7, 7], {})).toEqual([7])
  expect(await draft([7], {})).toEqual([])
  expect(await draft([1, 2, 3], {})).toEqual([])
})

it('keeps to the budget', async () => {
  const context = Uint32Array.of(1, 2, 3, 4, 1)
  const drafter = new PromptLookupDrafter()
  expect((await drafter.propose(context, { nodes: 2, depth: 9 })).tokens).toHaveLength(3)
  expect((await drafter.propose(context, { nodes: 9, depth: 1 })).tokens).toHaveLength(2)
  expect((await drafter.propose(context, { nodes: 0, depth: 9 })).tokens).toHaveLength(1)
})
