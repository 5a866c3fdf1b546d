/** How are the counts of many shards shown in few bars? */

/** More shards than this share bars. */
const maxBars = 60

/** As many sums of neighbours as there may be bars. */
export function groupCounts(counts: readonly number[]): number[] {
  const size = Math.ceil(counts.length / maxBars)
  const groups: number[] = []
  for (const [at, count] of counts.entries()) {
    const group = Math.floor(at / size)
    groups[group] = (groups[group] ?? 0) + count
  }
  return groups
}
