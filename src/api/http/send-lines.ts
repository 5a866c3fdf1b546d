/** How does a client see work while it is done? A line of JSON each time something is there. */
import { once } from 'node:events'
import type { Response } from 'express'
import { type OmnigramError, toOmnigramError } from '../../core/errors.js'
import { mediaTypes } from './media-type.js'
import { toProblem } from './problem.js'

/** A client that reads nothing for so long is let go. */
const stallMs = 60_000

/**
 * Sends each value as a line of its own, at once and as fast as the client reads. What goes wrong before the first one is thrown, to be
 * answered as a problem of its own; later it is told in a last line `{"problem": …}`, and the connection is cut, so that no client takes
 * a part for the whole. `next` answers null at the end.
 */
export async function sendLines(
  response: Response,
  requestId: string,
  next: () => Promise<object | null>,
): Promise<OmnigramError | null> {
  let value = await next()
  response.setHeader('Content-Type', mediaTypes.ndjson)
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('X-Accel-Buffering', 'no')
  response.setTimeout(stallMs, () => response.destroy())
  try {
    while (value !== null) {
      if (!response.write(`${JSON.stringify(value)}\n`))
        await Promise.race([once(response, 'drain'), once(response, 'close')])
      value = await next()
    }
  } catch (thrown) {
    const error = toOmnigramError(thrown)
    if (!response.destroyed) response.write(`${JSON.stringify({ problem: toProblem(error, requestId) })}\n`)
    // What was written still goes out; the last chunk, which says that all is there, does not.
    response.socket?.destroySoon()
    return error
  }
  response.end()
  return null
}
