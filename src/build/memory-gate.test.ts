import { describe, expect, it } from 'vitest'
import { MemoryGate } from './memory-gate.js'

/** What is in, after the promises that can settle have done so. */
async function enterAll(gate: MemoryGate, claims: readonly number[]): Promise<number[]> {
  const inside: number[] = []
  for (const bytes of claims) void gate.enter(bytes).then(() => inside.push(bytes))
  await settle()
  return inside
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

describe('MemoryGate', () => {
  it('lets in what fits, in the order of asking', async () => {
    const gate = new MemoryGate(10, 8)
    const inside = await enterAll(gate, [4, 5, 6, 1])
    // The last one would fit, but may not overtake.
    expect(inside).toEqual([4, 5])
    gate.leave(5)
    await settle()
    expect(inside).toEqual([4, 5, 6])
    gate.leave(4)
    await settle()
    expect(inside).toEqual([4, 5, 6, 1])
  })

  it('bounds the number', async () => {
    expect(await enterAll(new MemoryGate(100, 2), [1, 1, 1])).toHaveLength(2)
  })

  it('lets in alone what is larger than the budget', async () => {
    const gate = new MemoryGate(10, 2)
    const inside = await enterAll(gate, [11, 1])
    expect(inside).toEqual([11])
    gate.leave(11)
    await settle()
    expect(inside).toEqual([11, 1])
  })
})
