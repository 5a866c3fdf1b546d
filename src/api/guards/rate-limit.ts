/** Does a client take more than its share? */

import type { ServerResponse } from 'node:http'
import { isIPv6 } from 'node:net'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { OmnigramError } from '../../core/errors.js'

export interface RateLimitOptions {
  /** What a client may spend in a window: a count of one short pattern costs 1 point. */
  readonly points: number
  readonly windowSeconds: number
}

/** Points that each client has left. */
export class RateLimit {
  readonly #limiter: RateLimiterMemory
  readonly #policy: string

  constructor(readonly options: RateLimitOptions) {
    this.#limiter = new RateLimiterMemory({ points: options.points, duration: options.windowSeconds })
    this.#policy = `"points";q=${options.points};w=${options.windowSeconds}`
  }

  /** Takes `cost` points of `client` and says in the headers, where they are not sent yet, what is left. Throws `rate-limited`. */
  async spend(client: string, cost: number, response: ServerResponse): Promise<void> {
    // What costs more than a whole window could never be asked for; it may, once a window. One point has been taken for
    // coming in.
    const points = Math.max(1, Math.min(Math.ceil(cost), this.options.points - 1))
    const state = await this.#limiter.consume(client, points).catch((refused: unknown) => {
      if (refused instanceof RateLimiterRes) return refused
      throw refused
    })
    const isOver = state.consumedPoints > this.options.points
    const waitSeconds = Math.ceil(state.msBeforeNext / 1_000)
    if (!response.headersSent) {
      response.setHeader('RateLimit-Policy', this.#policy)
      response.setHeader('RateLimit', `"points";r=${Math.max(0, state.remainingPoints)};t=${waitSeconds}`)
      if (isOver) response.setHeader('Retry-After', Math.max(1, waitSeconds))
    }
    if (!isOver) return
    throw new OmnigramError(
      'rate-limited',
      `${this.options.points} points in ${this.options.windowSeconds} s are spent.`,
    )
  }
}

/** One client a network: an IPv6 subscriber has a /64 to hide in. */
export function groupAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  if (!isIPv6(plain)) return plain
  const [head, tail = ''] = plain.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = [...groups, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...tail.split(':')]
  return all.slice(0, 4).join(':')
}
