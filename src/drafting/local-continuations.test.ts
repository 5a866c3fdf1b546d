import { expect, it } from 'vitest'
import { LocalContinuations } from './local-continuations.js'

const prompt = [1, 2, 3, 9, 1, 2, 4, 9, 1, 2]
const context = Uint32Array.from(prompt)

it('matches the ends that stood earlier, the end itself left out', async () => {
  const source = new LocalContinuations(prompt)
  const matches = await source.matchEnds(context, 64)
  expect(matches.map(({ count }) => count)).toEqual([2, 2, 1])
  expect(await source.matchEnds(context, 2)).toHaveLength(2)
  expect(await source.matchEnds(Uint32Array.of(7), 64)).toEqual([])
})

it('counts what followed, and goes on', async () => {
  const source = new LocalContinuations(prompt)
  const [one] = await source.matchEnds(context, 1)
  if (one === undefined) throw new Error('no match')
  expect(await source.next(one, 9)).toEqual([
    { token: 3, count: 1 },
    { token: 4, count: 1 },
  ])
  const deeper = await source.descend(one, 4)
  expect(await source.next(deeper, 9)).toEqual([{ token: 9, count: 1 }])
})

it('learns what is decoded', async () => {
  const source = new LocalContinuations([])
  source.observe([5, 6])
  source.observe([5])
  const matches = await source.matchEnds(Uint32Array.of(5, 6, 5), 64)
  expect(matches).toEqual([{ count: 1, ends: [1] }])
})
