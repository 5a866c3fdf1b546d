import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeJudge } from './language-model-judge.js'

let said = ''
const asked: { messages: { role: string; content: string }[] }[] = []
const server = createServer(async (request, response) => {
  asked.push((await json(request)) as (typeof asked)[number])
  response.end(JSON.stringify({ choices: [{ message: { content: said } }] }))
})

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())

const judge = () => makeJudge({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, model: 'small' })

describe('a language model as judge', () => {
  it.each([
    ['3', 3],
    ['Category 2.', 2],
  ])('that says %j means category %i', async (answer, category) => {
    said = answer
    expect(await judge().judge('question', 'answer', 'passage')).toBe(category)
  })

  it('gets texts as data, cut to a length', async () => {
    said = '1'
    await judge().judge('q"}]', null, 'x'.repeat(20_000))
    const { messages } = asked.at(-1) ?? { messages: [] }
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user'])
    expect(JSON.parse(messages[1].content)).toEqual({ question: 'q"}]', answer: null, passage: 'x'.repeat(8_000) })
  })

  it('that names no category is an error', async () => {
    said = 'I cannot tell'
    await expect(judge().judge('q', 'a', 'p')).rejects.toThrow(/said "I cannot tell", no category/)
  })
})
