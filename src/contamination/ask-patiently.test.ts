import { expect, it } from 'vitest'
import { OmnigramError } from '../core/errors.js'
import { askPatiently, mapInParallel } from './ask-patiently.js'

it('an index that is overloaded is asked again', async () => {
  let asked = 0
  const ask = async () => {
    if (++asked < 3) throw new OmnigramError('overloaded', 'Full.')
    return 'answer'
  }
  expect(await askPatiently(undefined, ask)).toBe('answer')
  expect(asked).toBe(3)
})

it('other errors are passed on at once, and a cancelled call is not made', async () => {
  const fail = () => Promise.reject(new OmnigramError('damaged-index', 'Gone.'))
  await expect(askPatiently(undefined, fail)).rejects.toMatchObject({ code: 'damaged-index' })
  await expect(askPatiently(AbortSignal.abort(), fail)).rejects.toMatchObject({ code: 'cancelled' })
})

it('work in parallel keeps its order and its width', async () => {
  let [running, most] = [0, 0]
  const outputs = await mapInParallel([5, 1, 4, 2, 3], 2, async (input) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, input))
    running--
    return input * 10
  })
  expect([outputs, most]).toEqual([[50, 10, 40, 20, 30], 2])
})
