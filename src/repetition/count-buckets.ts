/** How are grams sorted by how often they occur? */
import type { CountBucket } from './repetition-report.js'

/** As the native scan has them. */
const starts = [1, 2, 3, 5, 10, 100, 1_000]

export function bucketOf(count: number): number {
  return starts.findLastIndex((start) => start <= count)
}

export function describeBuckets(distinct: ArrayLike<number>, occurrences: ArrayLike<number>): CountBucket[] {
  return starts.map((from, at) => ({
    from,
    to: at + 1 < starts.length ? starts[at + 1] - 1 : null,
    distinct: distinct[at],
    occurrences: occurrences[at],
  }))
}

export function newBuckets(): number[] {
  return starts.map(() => 0)
}
