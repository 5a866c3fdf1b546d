import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { type EndpointOptions, OpenAiEndpoint } from './openai-endpoint.js'

interface Request {
  readonly path: string | undefined
  readonly key: string | undefined
  readonly body: Record<string, unknown>
}

type Answer = (response: ServerResponse, attempt: number) => void

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** An endpoint that answers as a test says, and keeps what it was asked. */
async function serve(answer: Answer): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const body = (await json(request)) as Record<string, unknown>
    requests.push({ path: request.url, key: request.headers.authorization, body })
    answer(response, requests.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`, requests }
}

const say = (response: ServerResponse, content: unknown) =>
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ choices: [{ message: { content } }] }))

const messages = [{ role: 'user', content: 'hello' }] as const

function ask(url: string, options: Partial<EndpointOptions> = {}, signal?: AbortSignal): Promise<string> {
  return new OpenAiEndpoint({ url, model: 'small', apiKey: 'secret', ...options }).chat(messages, {
    maxTokens: 8,
    signal,
  })
}

describe('an endpoint', () => {
  it('is asked with the model, the key and no randomness', async () => {
    const { url, requests } = await serve((response) => say(response, 'hi'))
    expect(await ask(url)).toBe('hi')
    expect(requests).toEqual([
      {
        path: '/v1/chat/completions',
        key: 'Bearer secret',
        body: { model: 'small', messages, max_tokens: 8, temperature: 0 },
      },
    ])
  })

  it('that is busy is asked again', async () => {
    const { url, requests } = await serve((response, attempt) => {
      if (attempt === 1) response.writeHead(429).end()
      else if (attempt === 2) response.writeHead(503, { 'retry-after': '1' }).end()
      else say(response, 'late')
    })
    expect(await ask(url)).toBe('late')
    expect(requests).toHaveLength(3)
  })

  it.each<[string, Answer, RegExp]>([
    [
      'refuses',
      (response) => response.writeHead(401).end('{"error":"key secret"}'),
      /small at 127\.0\.0\.1:\d+: it answered with status 401/,
    ],
    ['answers without a message', (response) => response.end('{"choices":[]}'), /it holds no message/],
    ['answers with what is not text', (response) => say(response, { a: 1 }), /it holds no message/],
    ['answers with what is not JSON', (response) => response.end('<html>'), /the answer is not JSON/],
    [
      'sends the client elsewhere',
      (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      /redirect/,
    ],
    ['never ends', (response) => response.end('x'.repeat(2 * 1024 * 1024)), /more than 1048576 bytes/],
  ])('that %s is an error without the key', async (_, answer, message) => {
    const { url } = await serve(answer)
    const failed = ask(url, { attempts: 1 })
    await expect(failed).rejects.toMatchObject({ code: 'model-failure' })
    await expect(failed).rejects.toThrow(message)
    await expect(failed).rejects.not.toThrow(/secret/)
  })

  it('that does not answer in time is given up', async () => {
    const { url, requests } = await serve(() => undefined)
    // Long enough for each request to reach it.
    await expect(ask(url, { timeoutMs: 500, attempts: 2 })).rejects.toThrow(/did not answer in 500 ms/)
    expect(requests).toHaveLength(2)
  })

  it('that is not there is an error', async () => {
    const { url } = await serve(() => undefined)
    closers.pop()?.()
    await expect(ask(url, { attempts: 1 })).rejects.toThrow(/ECONNREFUSED/)
    expect(() => new OpenAiEndpoint({ url: 'file:///x', model: 'm' })).toThrow(/not the address of an endpoint/)
  })

  it('is no longer waited for when the caller is gone', async () => {
    const controller = new AbortController()
    const { url } = await serve(() => controller.abort())
    await expect(ask(url, {}, controller.signal)).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('an endpoint that echoes prompts', () => {
  const echo = (response: ServerResponse, logprobs: unknown) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ choices: [{ logprobs }] }))
  const score = (url: string) => new OpenAiEndpoint({ url, model: 'small', attempts: 1 }).scoreText('one two')

  it('tells the log-probability of each token', async () => {
    const { url, requests } = await serve((response) =>
      echo(response, { token_logprobs: [null, -1.5], text_offset: [0, 3] }),
    )
    expect(await score(url)).toEqual([
      { startOffset: 0, logProbability: null },
      { startOffset: 3, logProbability: -1.5 },
    ])
    expect(requests[0]?.path).toBe('/v1/completions')
    expect(requests[0]?.body).toMatchObject({ prompt: 'one two', max_tokens: 0, echo: true })
  })

  it.each([
    [null],
    [{ token_logprobs: [-1], text_offset: [0, 3] }],
    [{ token_logprobs: [-1, null], text_offset: [0, 3] }],
    [{ token_logprobs: [1], text_offset: [0] }],
  ])('answers %j, which is no echo', async (logprobs) => {
    const { url } = await serve((response) => echo(response, logprobs))
    await expect(score(url)).rejects.toMatchObject({ code: 'model-failure' })
  })
})
