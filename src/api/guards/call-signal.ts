/** Until when is it worth working on a request? */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'

/** The deadline that the request asks for, in its body or by `Prefer: wait=SECONDS`; the server's own else. */
export function readDeadlineMs(request: IncomingMessage, asked: number | undefined, maxMs: number): number {
  return Math.max(1, Math.min(asked ?? readPreference(request) ?? limits.deadlineMs, maxMs))
}

function readPreference({ headers: { prefer } }: IncomingMessage): number | null {
  if (prefer === undefined) return null
  const wait = /(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])/.exec(String(prefer))
  return wait && Number(wait[1]) * 1_000
}

/** Aborts with the reason as an error of the registry: the client has gone, or the deadline has passed. */
export class CallSignal {
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout | null

  /** Without a deadline only the client can end it. */
  constructor(response: ServerResponse, deadlineMs: number | null) {
    response.once('close', () => {
      this.release()
      if (!response.writableFinished) {
        this.#controller.abort(new OmnigramError('cancelled', 'The client has gone.'))
      }
    })
    this.#timer = deadlineMs === null ? null : setTimeout(() => this.#controller.abort(passed(deadlineMs)), deadlineMs)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  release(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }
}

/** The outcome of `work`, or the reason of the signal: whatever a reader does about it, the client is answered. */
export function raceSignal<Outcome>(work: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, (error: unknown) => reject(signal.aborted ? signal.reason : error))
  })
}

/** A signal that also ends after `deadlineMs`. */
export function limitSignal(signal: AbortSignal, deadlineMs: number): AbortSignal {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(passed(deadlineMs)), deadlineMs)
  timer.unref()
  return AbortSignal.any([signal, controller.signal])
}

function passed(deadlineMs: number): OmnigramError {
  return new OmnigramError('deadline-exceeded', `It was ${deadlineMs} ms.`)
}
