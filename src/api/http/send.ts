/** How does an answer leave the server? */
import { createHash } from 'node:crypto'
import compression from 'compression'
import type { Request, Response } from 'express'
import { Packr } from 'msgpackr'
import type { OmnigramError } from '../../core/errors.js'
import { mediaTypes } from './media-type.js'
import { problemMediaType, toProblem } from './problem.js'

/** Smaller answers fit a few packets anyway, and compressing costs more than sending them. */
const compressFromBytes = 8 * 1024
const compress = compression({ threshold: 0 })

const packr = new Packr({ useRecords: false })

/** Sends `body` in the format that was negotiated. */
export function sendBody(request: Request, response: Response, format: 'json' | 'msgpack', body: object): void {
  response.setHeader('Content-Type', mediaTypes[format])
  response.setHeader('Vary', 'Accept, Accept-Encoding')
  sendPayload(request, response, format === 'json' ? JSON.stringify(body) : packr.pack(body))
}

/** Sends a body of which the headers are set, compressed where that pays. A short string leaves together with them. */
export function sendPayload(request: Request, response: Response, payload: string | Buffer): void {
  const payloadBytes = Buffer.byteLength(payload)
  response.setHeader('Content-Length', payloadBytes)
  if (payloadBytes < compressFromBytes || request.headers['accept-encoding'] === undefined) {
    response.end(payload)
    return
  }
  compress(request, response, () => response.end(payload))
}

export function sendProblem(request: Request, response: Response, error: OmnigramError, requestId: string): void {
  if (response.destroyed) return
  if (response.headersSent) {
    // Half an answer that looks whole would be worse than none.
    response.destroy()
    return
  }
  const problem = toProblem(error, requestId)
  response.statusCode = problem.status
  response.removeHeader('ETag')
  response.setHeader('Content-Type', problemMediaType)
  response.setHeader('Cache-Control', 'no-store')
  if (error.code === 'unauthorized') response.setHeader('WWW-Authenticate', 'Bearer realm="omnigram"')
  if (error.kind.retryable && !response.hasHeader('Retry-After')) response.setHeader('Retry-After', 1)
  leaveBodyUnread(request, response)
  const payload = JSON.stringify(problem)
  response.setHeader('Content-Length', Buffer.byteLength(payload))
  response.end(payload)
}

/** How long a client may go on sending what nobody reads, so that it gets to see the answer. */
const lingerMs = 500

/** Ends the connection behind the answer when the body was not read to its end: the rest of it is never taken in. */
export function leaveBodyUnread(request: Request, response: Response): void {
  if (request.complete) return
  response.setHeader('Connection', 'close')
  response.once('finish', () => {
    request.resume()
    setTimeout(() => request.destroy(), lingerMs).unref()
  })
}

/** A weak tag: the time an answer took differs, what it says does not. */
export function makeEntityTag(fingerprint: string, canonical: string, format: string): string {
  const digest = createHash('sha256').update(`${fingerprint}\n${format}\n${canonical}`).digest('base64url')
  return `W/"${digest.slice(0, 27)}"`
}

/** Whether the client has that answer already. */
export function hasEntity(request: Request, tag: string): boolean {
  const known = request.headers['if-none-match']
  return known !== undefined && (known === '*' || known.split(',').some((candidate) => candidate.trim() === tag))
}
