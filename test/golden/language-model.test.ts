/** Does a real model say of sequences that are read together what it says of each alone? */
import { beforeEach, expect, it } from 'vitest'
import { openGgufModel } from '../../src/models/gguf-model.js'
import { modelLack, modelPath } from '../support/small-model.js'

beforeEach((context) => {
  if (modelLack !== null) context.skip(modelLack)
})

it('reads several sequences in one pass, each as if it were alone', async () => {
  const model = await openGgufModel(modelPath)
  const texts = [[5, 6, 7], [8], [9, 10, 11, 12, 13]]
  const start = () =>
    Promise.all(
      texts.map(async (text) => {
        const session = model.startSession()
        await session.read(Uint32Array.from(text))
        return session
      }),
    )
  const [together, alone] = [await start(), await start()]
  for (const tokens of [
    [20, 30, 40],
    [21, 31, 41],
  ]) {
    const rows = await model.readTogether(together, Uint32Array.from(tokens))
    const expected = []
    for (const [at, session] of alone.entries()) expected.push(await session.read(Uint32Array.of(tokens[at] ?? 0)))
    expect(rows.length).toBe(texts.length * model.vocabulary)
    for (const [at, row] of expected.entries()) {
      const same = rows.subarray(at * model.vocabulary, (at + 1) * model.vocabulary)
      expect(Buffer.compare(Buffer.from(same.slice().buffer), Buffer.from(row.slice().buffer))).toBe(0)
    }
  }
  const [first] = together
  if (first === undefined) throw new Error('no session')
  expect(await model.readTogether([], Uint32Array.of())).toHaveLength(0)
  await expect(model.readTogether([first, first], Uint32Array.of(1, 2))).rejects.toMatchObject({ code: 'bad-argument' })
  await expect(model.readTogether([first], Uint32Array.of(1, 2))).rejects.toMatchObject({ code: 'bad-argument' })
  expect(first.length).toBe(5)
})
