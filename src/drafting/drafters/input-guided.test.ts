import { describe, expect, it } from 'vitest'
import { acceptGreedily } from '../verification/accept-path.js'
import { InputGuidedDrafter } from './input-guided.js'

/** Decodes `output` with a model that is certain of it; answers the passes that it took. */
async function countPasses(input: string, output: string): Promise<number> {
  const words = [...new Set(`${input} ${output} <end>`.split(' '))]
  const encode = (text: string) => Uint32Array.from(text.split(' '), (word) => words.indexOf(word))
  const wanted = [...encode(`${output} <end>`)]
  const prompt = encode(input)
  const drafter = new InputGuidedDrafter(prompt)
  const decoded: number[] = []
  let passes = 0
  for (; decoded.length < wanted.length; passes++) {
    const tree = await drafter.propose(Uint32Array.of(...prompt, ...decoded), { nodes: 64, depth: 64 })
    const likeliest = Array.from(tree.positions, (position) => wanted[decoded.length + position] ?? 0)
    const { tokens } = acceptGreedily(tree, likeliest)
    decoded.push(...tokens)
    drafter.observe(tokens)
  }
  expect(decoded.slice(0, wanted.length)).toEqual(wanted)
  return passes
}

describe('worked example 6J', () => {
  const input = 'I has a apple on the table .'

  it('takes 3 passes for one mended word', async () => {
    expect(await countPasses(input, 'I have a apple on the table .')).toBe(3)
  })

  it('takes 1 pass for a copy', async () => {
    expect(await countPasses(input, input)).toBe(1)
  })
})

it('waits while the end of the output stands in the input more than once', async () => {
  const input = 'a b a c'
  expect(await countPasses(input, 'x a c')).toBeLessThanOrEqual(4)
  const drafter = new InputGuidedDrafter(Uint32Array.of(1, 2, 1, 3))
  drafter.observe([9, 1])
  expect((await drafter.propose(Uint32Array.of(1), { nodes: 9, depth: 9 })).tokens).toHaveLength(1)
})
