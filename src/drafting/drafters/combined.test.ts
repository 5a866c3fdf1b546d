import { expect, it } from 'vitest'
import { type DraftTree, makePathDraft } from '../draft-tree.js'
import type { Drafter } from '../drafter.js'
import { CombinedDrafter } from './combined.js'

const budget = { nodes: 8, depth: 8 }
const context = Uint32Array.of(1)

class FixedDrafter implements Drafter {
  observed: readonly number[] = []

  constructor(
    readonly name: string,
    public path: readonly number[],
  ) {}

  async propose(): Promise<DraftTree> {
    return makePathDraft(1, this.path)
  }

  observe(tokens: readonly number[]): void {
    this.observed = tokens
  }
}

it('goes over to the drafter whose drafts are accepted', async () => {
  const [wrong, right] = [new FixedDrafter('wrong', [5, 6]), new FixedDrafter('right', [2, 3])]
  const combined = new CombinedDrafter([wrong, right])
  expect([...(await combined.propose(context, budget)).tokens]).toEqual([1, 5, 6])
  combined.observe([2, 3, 4])
  expect(wrong.observed).toEqual([2, 3, 4])
  expect([...(await combined.propose(context, budget)).tokens]).toEqual([1, 2, 3])
  expect([...combined.records]).toEqual([
    ['wrong', 0],
    ['right', 2],
  ])
})

it('leaves out who is silent, and keeps its record', async () => {
  const [silent, other] = [new FixedDrafter('silent', []), new FixedDrafter('other', [9])]
  const combined = new CombinedDrafter([silent, other])
  expect([...(await combined.propose(context, budget)).tokens]).toEqual([1, 9])
  combined.observe([9, 9])
  expect(combined.records.get('silent')).toBeNull()
  expect(combined.records.get('other')).toBe(1)
  other.path = []
  expect((await combined.propose(context, budget)).tokens).toHaveLength(1)
})
