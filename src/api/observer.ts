/** What was asked, how did it end, how long did it take? For the operator: numbers and a line a request, no text. */
import { createHash, randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import type { Logger } from 'pino'
import type { OmnigramError } from '../core/errors.js'
import type { ApiMetrics } from './metrics.js'
import type { ApiOptions } from './options.js'

const dayMs = 24 * 60 * 60 * 1_000

export class Observer {
  readonly #metrics: ApiMetrics
  readonly #log: Logger | null
  readonly #logQueries: ApiOptions['logQueries']
  readonly #queries = new WeakMap<Response, string>()
  #salt = randomBytes(16)
  #saltMadeMs = Date.now()

  constructor(metrics: ApiMetrics, { log, logQueries }: ApiOptions) {
    this.#metrics = metrics
    this.#log = log
    this.#logQueries = logQueries
  }

  /** Follows an answer to its end. The route is told by its pattern: addresses hold what was asked for. */
  watch(request: Request, response: Response, requestId: string): void {
    const startMs = performance.now()
    response.once('close', () => {
      const tookMs = performance.now() - startMs
      const route: unknown = request.route?.path
      const path = typeof route === 'string' ? route : 'none'
      const status = response.writableFinished ? response.statusCode : 499
      this.#metrics.observeRequest(request.method, path, status, tookMs / 1_000)
      this.#log?.info({
        requestId,
        method: request.method,
        route: path,
        status,
        tookMs: Math.round(tookMs * 1_000) / 1_000,
        query: this.#queries.get(response),
      })
    })
  }

  /** Keeps the request for the line of the log, as far as the operator wants it there. */
  noteQuery(response: Response, call: { readonly canonical: string }): void {
    if (this.#logQueries === 'none' || !this.#log) return
    this.#queries.set(response, this.#logQueries === 'text' ? call.canonical : this.#hash(call.canonical))
  }

  /** What is our fault goes to the log with its trace; the client gets the request id. */
  noteError(error: OmnigramError, requestId: string): void {
    if (error.kind.exitCode === 70) this.#log?.error({ requestId, err: error.cause ?? error }, error.message)
  }

  #hash(text: string): string {
    if (Date.now() - this.#saltMadeMs > dayMs) {
      this.#salt = randomBytes(16)
      this.#saltMadeMs = Date.now()
    }
    return createHash('sha256').update(this.#salt).update(text).digest('base64url').slice(0, 16)
  }
}
