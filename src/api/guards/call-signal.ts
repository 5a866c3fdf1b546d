/** Until when is it worth working on a request? */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'

/** The deadline that the request asks for, in its body or by `Prefer: wait=SECONDS`; the server's own else. */
export function readDeadlineMs(request: IncomingMessage, asked: number | undefined, maxMs: number): number {
  return Math.max(1, Math.min(asked ?? readWaitMs(request) ?? limits.deadlineMs, maxMs))
}

/** What `Prefer: wait=SECONDS` says. */
export function readWaitMs({ headers: { prefer } }: IncomingMessage): number | null {
  if (prefer === undefined) return null
  const wait = /(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])/.exec(String(prefer))
  return wait && Number(wait[1]) * 1_000
}

/** Ends the work for a request: its client has gone, or a deadline has passed. */
export class CallSignal {
  readonly #controller = new AbortController()

  constructor(response: ServerResponse) {
    response.once('close', () => {
      if (!response.writableFinished) this.#controller.abort(new OmnigramError('cancelled', 'The client has gone.'))
    })
  }

  /** The outcome of `work`, or why it was ended: whatever it does about its signal, the client is answered in time. */
  limit<Outcome>(deadlineMs: number, work: (signal: AbortSignal) => Promise<Outcome>): Promise<Outcome> {
    const { signal } = this.#controller
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const timer = setTimeout(() => {
        this.#controller.abort(new OmnigramError('deadline-exceeded', `It was ${deadlineMs} ms.`))
      }, deadlineMs)
      const stop = () => reject(signal.reason)
      const release = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
      signal.addEventListener('abort', stop)
      work(signal).then(resolve, reject).finally(release)
    })
  }
}
