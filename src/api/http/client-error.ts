/** What does a client read that does not even speak HTTP right? */
import type { Duplex } from 'node:stream'

interface Refusal {
  readonly status: number
  readonly reason: string
  readonly detail: string
}

const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: 'Request Header Fields Too Large',
    detail: 'The headers are larger than 16 KiB; POST takes longer queries.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'Request Timeout',
    detail: 'The request did not come to its end in time.',
  },
}

const malformed: Refusal = { status: 400, reason: 'Bad Request', detail: 'That is not HTTP.' }

/** Connections whose request goes on for as long as its client likes, under time limits of its own. */
const longRequests = new WeakSet<Duplex>()

/** The time limit for a request to come to its end does not hold for the one under way on this connection. */
export function allowLongRequest(socket: Duplex): void {
  longRequests.add(socket)
}

/** Answers what the parser of Node gave up on, and ends the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && longRequests.has(socket)) return
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, reason, detail } = refusals[error.code ?? ''] ?? malformed
  const body = JSON.stringify({ type: 'about:blank', title: reason, status, detail })
  socket.end(
    [
      `HTTP/1.1 ${status} ${reason}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
