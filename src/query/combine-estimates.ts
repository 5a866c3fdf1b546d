/** How many documents do several shards hold together, when some of them only estimate? */
import type { DocumentCountResult } from './index-reader.js'

/** Sums the counts. The errors of the estimates are independent, so their distances add up in quadrature. */
export function combineEstimates(counts: readonly DocumentCountResult[]): DocumentCountResult {
  const sum = (pick: (count: DocumentCountResult) => number) => counts.reduce((total, each) => total + pick(each), 0)
  const count = sum((each) => each.count)
  if (counts.every(({ isExact }) => isExact)) {
    return { count, isExact: true, lowerBound: count, interval: [count, count] }
  }
  const lowerBound = sum((each) => each.lowerBound)
  const below = Math.sqrt(sum((each) => (each.count - each.interval[0]) ** 2))
  const above = Math.sqrt(sum((each) => (each.interval[1] - each.count) ** 2))
  const interval = [Math.max(lowerBound, Math.floor(count - below)), Math.ceil(count + above)] as const
  return { count, isExact: false, lowerBound, interval }
}
