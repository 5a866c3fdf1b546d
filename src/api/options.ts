/** What may an operator decide about the service? */
import type { Logger } from 'pino'
import { limits } from '../core/limits.js'
import type { ApiKeys, Scope } from './guards/api-keys.js'
import type { RateLimitOptions } from './guards/rate-limit.js'

export interface ApiOptions {
  /** Requests worked on at the same time; one more is told `overloaded`. */
  readonly maxInFlight: number
  /** Exports that run at the same time. */
  readonly maxExports: number
  /** Longest deadline that a request may ask for, and the default where that is longer. */
  readonly maxDeadlineMs: number
  /** Null: no limit. */
  readonly rateLimit: RateLimitOptions | null
  /** Null: everybody may ask everything but the metrics. */
  readonly apiKeys: ApiKeys | null
  /** What a visitor without a key may ask, where keys are; never `publish` or `admin`. */
  readonly publicScopes: readonly Scope[]
  /** Origins of other sites whose pages may ask; none by default. */
  readonly corsOrigins: readonly string[]
  /** 32 bytes or more, so that servers behind one address take each other's cursors; null: a key of this process. */
  readonly cursorKey: Uint8Array | null
  /** What the log says of the text that was asked for. `hash` shows which queries of a day are equal, no more. */
  readonly logQueries: 'none' | 'hash' | 'text'
  /** Proxies before the server whose `X-Forwarded-For` is believed, as express takes it; false for none. */
  readonly trustProxy: boolean | number | string
  /** Whether the metrics are at `/metrics` of this app for everybody: where only this machine reaches it. */
  readonly hasOpenMetrics: boolean
  /** Null: nothing is logged. */
  readonly log: Logger | null
}

export const defaultApiOptions: ApiOptions = {
  maxInFlight: 256,
  maxExports: 8,
  maxDeadlineMs: limits.maxDeadlineMs,
  rateLimit: { points: 1_000_000, windowSeconds: 60 },
  apiKeys: null,
  publicScopes: [],
  corsOrigins: [],
  cursorKey: null,
  logQueries: 'none',
  trustProxy: false,
  hasOpenMetrics: false,
  log: null,
}
