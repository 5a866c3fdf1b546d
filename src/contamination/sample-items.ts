/** Which items of a large benchmark are checked? */
import { samplePositions } from '../query/sample-positions.js'
import type { BenchmarkItem } from './benchmark.js'

/**
 * `limit` items in the order of the file, all when there are no more: from each subtask in proportion to its size, the
 * remainders to those with the largest fractions. The same seed draws the same items. O(n log n).
 */
export function sampleItems(
  items: readonly BenchmarkItem[],
  limit: number | null,
  seed: number,
): readonly BenchmarkItem[] {
  if (limit === null || items.length <= limit) return items
  const subtasks = new Map<string | null, number[]>()
  items.forEach(({ subtask }, at) => {
    const members = subtasks.get(subtask)
    if (members) members.push(at)
    else subtasks.set(subtask, [at])
  })
  const groups = [...subtasks.values()]
  const shares = groups.map((members) => (members.length * limit) / items.length)
  const sizes = shares.map(Math.floor)
  const byFraction = shares.map((share, group) => ({ group, fraction: share - sizes[group] }))
  byFraction.sort((a, b) => b.fraction - a.fraction || a.group - b.group)
  const left = limit - sizes.reduce((sum, size) => sum + size, 0)
  for (const { group } of byFraction.slice(0, left)) sizes[group]++
  const chosen = groups.flatMap((members, group) =>
    samplePositions(members.length, sizes[group], seed + group).map((position) => members[position]),
  )
  return chosen.sort((a, b) => a - b).map((at) => items[at])
}
