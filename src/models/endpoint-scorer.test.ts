import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { EndpointScorer } from './endpoint-scorer.js'
import { OpenAiEndpoint } from './openai-endpoint.js'
import { SessionScorer } from './session-scorer.js'
import { makeTableModel } from './testkit/table-model.js'

const vocabulary = 12
const model = new SessionScorer('table', makeTableModel(vocabulary))
const tokens = Uint32Array.from({ length: 60 }, (_, i) => (i * i + 3) % 11)

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** An endpoint that scores ids by a small model, and keeps the prompts. */
async function serve(cut = 0): Promise<{ endpoint: OpenAiEndpoint; prompts: number[][] }> {
  const prompts: number[][] = []
  const server = createServer(async (request, response) => {
    const { prompt } = (await json(request)) as { prompt: number[] }
    prompts.push(prompt)
    const scores: (number | null)[] = [...(await model.scoreTokens(Uint32Array.from(prompt)))]
    scores[0] = null
    const token_logprobs = scores.slice(cut)
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ choices: [{ logprobs: { token_logprobs } }] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return { endpoint: new OpenAiEndpoint({ url, model: 'small', attempts: 1 }), prompts }
}

it('scores ids as the model does, whatever the windows', async () => {
  const whole = await model.scoreTokens(tokens)
  // The model looks at two tokens; the first one has no score there.
  const expected = [-Math.log(vocabulary), ...whole.subarray(1)]
  const { endpoint, prompts } = await serve()
  for (const window of [undefined, 6, 7, 59, 60, 61]) {
    const told: number[] = []
    const scorer = new EndpointScorer(endpoint, { vocabulary, window, onProgress: (scored) => told.push(scored) })
    const scores = await scorer.scoreTokens(tokens)
    for (const [at, score] of expected.entries()) expect(scores[at], `${window}: ${at}`).toBeCloseTo(score, 12)
    expect(told.at(-1)).toBe(60)
  }
  expect(prompts[0]).toEqual([...tokens])
  expect(prompts[1]).toEqual([...tokens.subarray(0, 6)])
})

it('asks nothing for a text of one token or none', async () => {
  const { endpoint, prompts } = await serve()
  const scorer = new EndpointScorer(endpoint, { vocabulary })
  expect(await scorer.scoreTokens(new Uint32Array())).toEqual(new Float64Array())
  expect((await scorer.scoreTokens(Uint32Array.of(3)))[0]).toBeCloseTo(-Math.log(vocabulary), 12)
  expect(prompts).toHaveLength(0)
})

it('refuses an answer with another number of tokens', async () => {
  const { endpoint } = await serve(1)
  await expect(new EndpointScorer(endpoint, { vocabulary }).scoreTokens(tokens)).rejects.toMatchObject({
    code: 'model-failure',
  })
})
