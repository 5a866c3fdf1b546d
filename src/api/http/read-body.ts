/** What bytes did the client send? At most as many as the limit allows, however many it claims. */
import type { IncomingMessage } from 'node:http'
import { OmnigramError } from '../../core/errors.js'

/**
 * The whole body. Throws `too-large` as soon as more than `maxBytes` are announced or have come, and `cancelled` when
 * the client goes away before the end. A client that is merely slow is ended by the server's `requestTimeout`.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const announcedBytes = Number(request.headers['content-length'] ?? 0)
    if (announcedBytes > maxBytes) return reject(tooLarge(`${announcedBytes} bytes are announced`, maxBytes))
    const chunks: Buffer[] = []
    let bytes = 0
    const settle = (error: OmnigramError | null) => {
      request.off('data', take).off('end', end).off('close', close).off('error', close)
      if (error) reject(error)
      else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes))
    }
    const take = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) return settle(tooLarge(`more than ${maxBytes} bytes came`, maxBytes))
      chunks.push(chunk)
    }
    const end = () => settle(null)
    const close = () => settle(new OmnigramError('cancelled', 'The client went away before the end of its body.'))
    request.on('data', take).on('end', end).on('close', close).on('error', close)
  })
}

function tooLarge(seen: string, maxBytes: number): OmnigramError {
  return new OmnigramError('too-large', `The body: ${seen}, the limit is ${maxBytes}.`)
}
