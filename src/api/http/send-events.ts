/** How does a client follow work that goes on? By server-sent events, as long as it listens. */
import type { Response } from 'express'
import { toOmnigramError } from '../../core/errors.js'
import { mediaTypes } from './media-type.js'
import { toProblem } from './problem.js'

/** A line now and then, so that no proxy takes the connection for dead. */
const pulseMs = 15_000

/** What a client waits before it comes back after a lost connection. */
const retryMs = 1_000

/**
 * Sends each value as an event of the JSON in its `data`. The stream ends after the last value, with an event `problem`
 * when one came up, or silently after `limitMs`: the client then comes back by itself.
 *
 * Source: the HTML standard, 9.2 Server-sent events.
 */
export async function sendEvents(
  response: Response,
  limitMs: number,
  requestId: string,
  watch: (signal: AbortSignal) => AsyncIterable<object>,
): Promise<void> {
  const controller = new AbortController()
  const stop = () => controller.abort()
  response.once('close', stop)
  const limit = setTimeout(stop, limitMs)
  const pulse = setInterval(() => response.headersSent && response.write(':\n\n'), pulseMs)
  const values = watch(controller.signal)[Symbol.asyncIterator]()
  try {
    // What goes wrong before the first value is answered as a problem of its own.
    const first = await values.next()
    response.setHeader('Content-Type', mediaTypes.events)
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Accel-Buffering', 'no')
    response.write(`retry: ${retryMs}\n\n`)
    for (let step = first; !step.done; step = await values.next()) writeEvent(response, 'state', step.value)
  } catch (thrown) {
    if (!response.headersSent) throw thrown
    if (!controller.signal.aborted) writeEvent(response, 'problem', toProblem(toOmnigramError(thrown), requestId))
  } finally {
    clearInterval(pulse)
    clearTimeout(limit)
    await values.return?.()
  }
  response.end()
}

function writeEvent(response: Response, name: string, value: object): void {
  response.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`)
}
