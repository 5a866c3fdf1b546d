import { expect, it } from 'vitest'
import { SessionScorer } from './session-scorer.js'
import { makeTableModel } from './testkit/table-model.js'
import { WindowScorer } from './window-scorer.js'

const tokens = Uint32Array.from({ length: 300 }, (_, i) => (i * i + 3) % 11)
const model = makeTableModel(12)

it('scores a text that fits as one window', async () => {
  const whole = await new SessionScorer('model', model).scoreTokens(tokens)
  const told: number[] = []
  const scorer = new WindowScorer('model', model, { onProgress: (scored) => told.push(scored) })
  expect(await scorer.scoreTokens(tokens)).toEqual(whole)
  expect(told.at(-1)).toBe(300)
})

it('scores a longer text with half a window or more before each token', async () => {
  // This model looks at two tokens, so windows change nothing.
  const whole = await new SessionScorer('model', model).scoreTokens(tokens)
  for (const window of [6, 7, 64, 100, 299, 300, 301]) {
    expect(await new WindowScorer('model', model, { window }).scoreTokens(tokens), `${window}`).toEqual(whole)
  }
  expect(await new WindowScorer('model', model).scoreTokens(new Uint32Array())).toEqual(new Float64Array())
  expect((await new WindowScorer('model', model).scoreTokens(Uint32Array.of(3)))[0]).toBeCloseTo(-Math.log(12), 12)
})
