/** When is a second server asked the same, and how often may that be? */

/** Hedges for each request, in the long run. */
const hedgeShare = 0.05
/** Hedges that may come at once after a quiet time. */
const maxSaved = 10

/** Times that are remembered of a kind of request, and how many are needed to go by them. */
const rememberedTimes = 64
const neededTimes = 16
/** Before that, and at least. */
const firstDelayMs = 50
const leastDelayMs = 2
/** Times of the 95th percentile: right at it the budget would go to requests that are about to be answered. */
const patience = 2

/**
 * A second request after twice the time that 95 of 100 take (Dean and Barroso 2013, doi:10.1145/2408776.2408794, who wait as
 * long as these), within a budget of one for twenty requests, so that a slow time does not double the work.
 */
export class HedgePolicy {
  readonly #times = new Map<string, number[]>()
  #saved = 1

  /** A request begins. */
  began(): void {
    this.#saved = Math.min(maxSaved, this.#saved + hedgeShare)
  }

  /** Takes a hedge out of the budget; false where none is left. */
  spend(): boolean {
    if (this.#saved < 1) return false
    this.#saved -= 1
    return true
  }

  /** How long a request of that kind is waited for. */
  delayMs(kind: string): number {
    const times = this.#times.get(kind) ?? []
    if (times.length < neededTimes) return firstDelayMs
    const sorted = [...times].sort((a, b) => a - b)
    return Math.max(leastDelayMs, patience * sorted[Math.floor(sorted.length * 0.95)])
  }

  answered(kind: string, timeMs: number): void {
    const times = this.#times.get(kind)
    if (!times) {
      this.#times.set(kind, [timeMs])
      return
    }
    times.push(timeMs)
    if (times.length > rememberedTimes) times.shift()
  }
}
