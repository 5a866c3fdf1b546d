/** How does a decoder ask step after step over one connection? `POST /v1/indexes/{names}/stream`, JSON lines both ways. */
import { once } from 'node:events'
import type { RouteConfig } from '@asteasolutions/zod-to-openapi'
import type { Express, Request, Response } from 'express'
import { z } from 'zod'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import { CallSignal, readDeadlineMs } from '../guards/call-signal.js'
import { InFlight } from '../guards/in-flight.js'
import { Turn } from '../guards/turn.js'
import { allowLongRequest } from '../http/client-error.js'
import { decodeJson } from '../http/decode-json.js'
import { mediaTypes } from '../http/media-type.js'
import { toProblem } from '../http/problem.js'
import { requestIdOf } from '../http/request-id.js'
import { refuseMethod, type Service } from '../mount-route.js'
import { restrictIndexes } from '../served-indexes.js'
import { ContextStream } from './context-stream.js'

const path = '/v1/indexes/:names/stream'

const maxStreams = 64

/** Bytes of a line: a context of thousands of tokens. */
const maxLineBytes = 512 * 1024

/** A client that says nothing for so long is let go; it may come back with the whole context. */
const idleMs = 60_000

export function mountContextStream(app: Express, service: Service): void {
  const lane = new InFlight(maxStreams, 'streams')
  app.post(path, (request, response) => stream(request, response, service, lane))
  app.all(path, (request, response) => refuseMethod(request, response, ['POST']))
}

async function stream(request: Request, response: Response, service: Service, lane: InFlight): Promise<void> {
  const { gate, indexes, maxDeadlineMs } = service
  const visitor = await gate.admit(request, response, 'count')
  const type = request.headers['content-type']?.split(';')[0]?.trim()
  if (type !== mediaTypes.ndjson && type !== 'application/ndjson') {
    throw new OmnigramError('unsupported-media-type', `The Content-Type is ${type}; a stream is ${mediaTypes.ndjson}.`)
  }
  const context = new ContextStream(restrictIndexes(indexes, visitor.client).open(String(request.params.names)))
  const deadlineMs = readDeadlineMs(request, undefined, maxDeadlineMs)
  lane.enter()
  const ending = new CallSignal(response)
  try {
    allowLongRequest(request.socket)
    response.setHeader('Content-Type', mediaTypes.ndjson)
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Accel-Buffering', 'no')
    response.setTimeout(idleMs, () => response.destroy())
    response.flushHeaders()
    for await (const line of readLines(request)) {
      const answer = await ending.limit(deadlineMs, (signal) =>
        context.advance(decodeJson(line), new Turn(signal), signal),
      )
      // A step that finds the share used up is the last one.
      await gate.spend(visitor, context.cost, response)
      if (!response.write(`${JSON.stringify(answer)}\n`)) {
        await Promise.race([once(response, 'drain'), once(response, 'close')])
      }
    }
    response.end()
  } catch (thrown) {
    const error = toOmnigramError(thrown)
    if (!response.headersSent) throw thrown
    service.observer.noteError(error, requestIdOf(response))
    if (!response.destroyed) response.write(`${JSON.stringify({ problem: toProblem(error, requestIdOf(response)) })}\n`)
    response.socket?.destroySoon()
  } finally {
    lane.leave()
  }
}

/** Lines as they come; empty ones are left out. Throws `too-large`. */
async function* readLines(request: Request): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = []
  let waitingBytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      const line = Buffer.concat([...pieces, chunk.subarray(start, end)])
      pieces = []
      waitingBytes = 0
      start = end + 1
      if (line.length > maxLineBytes) throw tooLong()
      if (line.length > 0) yield line
    }
    const rest = chunk.subarray(start)
    if (rest.length === 0) continue
    pieces.push(rest)
    waitingBytes += rest.length
    if (waitingBytes > maxLineBytes) throw tooLong()
  }
  if (waitingBytes > 0) yield Buffer.concat(pieces)
}

function tooLong(): OmnigramError {
  return new OmnigramError('too-large', `A line is longer than ${maxLineBytes} bytes.`)
}

export const contextStreamDescription: RouteConfig = {
  method: 'post',
  path: '/v1/indexes/{names}/stream',
  operationId: 'followContext',
  summary: 'Follow a growing context over one connection',
  description: [
    'JSON lines both ways: each line of the client makes the context longer and is answered by a line, while the request goes on.',
    'The deadline holds for each step. What goes wrong is told in a last line `{"problem": …}`, and the connection ends.',
  ].join(' '),
  tags: ['drafting'],
  request: {
    params: z.object({ names: z.string() }),
    body: {
      required: true,
      content: {
        [mediaTypes.ndjson]: {
          schema: z.string(),
          example: '{"context":{"ids":[504,2365]},"drafts":{"nodes":16}}\n{"ids":[282]}\n',
        },
      },
    },
  },
  responses: {
    200: {
      description: 'A line a step: `contextTokens`, with `drafts` and `next` where they are asked for.',
      content: { [mediaTypes.ndjson]: { schema: z.string() } },
    },
  },
}
