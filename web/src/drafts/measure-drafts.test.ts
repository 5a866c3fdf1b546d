import { expect, it } from 'vitest'
import type { Draft } from './answers.ts'
import { measureDrafts } from './measure-drafts.ts'

const draft = (text: string, score: number): Draft => ({ text, score, ids: [1, 2], isFinished: false })

it('weighs drafts by their scores, and finds where they part', () => {
  const [first, second] = measureDrafts([draft(' of the 🙂 sea', Math.log(0.7)), draft(' of the 🙃', Math.log(0.3))])
  expect(first.weight).toBeCloseTo(0.7, 12)
  expect(second.weight).toBeCloseTo(0.3, 12)
  expect(first.commonLength).toBe(' of the '.length)
  expect(first.perplexity).toBe('1.2')
})

it('takes scores far from zero, a single draft, and none', () => {
  expect(measureDrafts([draft('a', -2_000), draft('a', -2_001)]).map(({ commonLength }) => commonLength)).toEqual([
    1, 1,
  ])
  expect(measureDrafts([draft('a', -2_000)])[0]).toMatchObject({
    weight: 1,
    commonLength: 0,
    perplexity: 'above 1,000,000',
  })
  expect(measureDrafts([])).toEqual([])
})
