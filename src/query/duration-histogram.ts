/** How long did things take? Counts in fixed buckets, as Prometheus reads them. */

/** Upper bounds in milliseconds; a last bucket takes the rest. */
const boundsMs = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] as const

export interface HistogramSnapshot {
  /** Upper bound of each bucket in milliseconds, and how many durations were within it and no smaller one. */
  readonly buckets: readonly { readonly boundMs: number; readonly count: number }[]
  readonly count: number
  readonly sumMs: number
}

export class DurationHistogram {
  readonly #counts = new Array<number>(boundsMs.length + 1).fill(0)
  #sumMs = 0

  record(durationMs: number): void {
    let bucket = 0
    while (bucket < boundsMs.length && durationMs > boundsMs[bucket]) bucket++
    this.#counts[bucket]++
    this.#sumMs += durationMs
  }

  snapshot(): HistogramSnapshot {
    const bounds = [...boundsMs, Number.POSITIVE_INFINITY]
    return {
      buckets: bounds.map((boundMs, bucket) => ({ boundMs, count: this.#counts[bucket] })),
      count: this.#counts.reduce((sum, count) => sum + count, 0),
      sumMs: this.#sumMs,
    }
  }
}
