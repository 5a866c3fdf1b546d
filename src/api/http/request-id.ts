/** By what name do the client, the answer and the log know a request? */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

const acceptable = /^[A-Za-z0-9_-]{1,64}$/
const processPrefix = randomBytes(6).toString('base64url')
let requestCount = 0

/** The id that the client sent if it is plain, else a new one: unique, cheap, and nothing about the server in it. */
export function takeRequestId(request: IncomingMessage): string {
  const sent = request.headers['x-request-id']
  if (typeof sent === 'string' && acceptable.test(sent)) return sent
  requestCount += 1
  return `${processPrefix}-${requestCount.toString(36)}`
}

/** The id of the request that `response` answers; its header is where it is kept. */
export function requestIdOf(response: ServerResponse): string {
  return String(response.getHeader('X-Request-Id'))
}
