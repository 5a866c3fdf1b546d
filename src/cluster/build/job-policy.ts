/** What becomes of a job that was delivered before, or that failed? */
import type { OmnigramError } from '../../core/errors.js'

/** Deliveries after which a shard is given up. */
export const maxDeliveries = 5

const firstDelayMs = 10_000
const maxDelayMs = 600_000

export type JobVerdict = { readonly kind: 'postpone'; readonly delayMs: number } | { readonly kind: 'give-up' }

/** Failures of this machine or of the way to the store, which another try or another machine may not meet. */
const passing: ReadonlySet<OmnigramError['code']> = new Set([
  'store-failure',
  'io-failure',
  'no-disk',
  'no-memory',
  'cancelled',
  'internal',
])

/** Failures that the next shard would meet here too. */
const ofTheMachine: ReadonlySet<OmnigramError['code']> = new Set(['no-disk', 'no-memory', 'io-failure'])

/**
 * How long a worker takes no job after one that was postponed: twice as long as the job waits where its machine is at fault, so
 * that others get it. A worker that fails fast would else take all jobs there are.
 */
export function chooseRestMs({ code }: Pick<OmnigramError, 'code'>, delayMs: number): number {
  return ofTheMachine.has(code) ? 2 * delayMs : 0
}

/** A delivery above the limit means that workers died over the job without a word. */
export function judgeDelivery(deliveries: number): JobVerdict | null {
  return deliveries > maxDeliveries ? { kind: 'give-up' } : null
}

export function judgeFailure(deliveries: number, { code }: Pick<OmnigramError, 'code'>): JobVerdict {
  if (!passing.has(code) || deliveries >= maxDeliveries) return { kind: 'give-up' }
  // Somebody stopped this worker: another one may begin at once.
  if (code === 'cancelled') return { kind: 'postpone', delayMs: 0 }
  return { kind: 'postpone', delayMs: Math.min(maxDelayMs, firstDelayMs * 2 ** (deliveries - 1)) }
}
