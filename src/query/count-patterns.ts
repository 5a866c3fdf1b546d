/** How often do many patterns occur in many shards? */
import type { CountResult } from './index-reader.js'
import { packPatterns } from './packed-patterns.js'
import type { QueryCall } from './query-call.js'
import type { ShardSet } from './shard-set.js'
import { sumUp } from './sum-up.js'

/** Work of one task: enough to be worth sending, little enough to share a long list among all workers. */
const taskPatterns = 256
const taskBytes = 16_384

/** Above so many search steps a call goes behind those of people who wait. */
const batchSteps = 200_000

/** A row of counts for each pattern: one count a shard. O(bytes of the patterns * shards). */
export async function countPatterns(
  shards: ShardSet,
  patterns: readonly Uint8Array[],
  symbolBytes: number,
  call: QueryCall,
): Promise<number[][]> {
  const slices = slicePatterns(patterns)
  const steps = (sumUp(patterns, ({ length }) => length) / symbolBytes) * shards.files.length
  const tasks = slices.flatMap((slice) => shards.everywhere<'count'>(packPatterns(slice)))
  const answers = await shards.runBrief(tasks, 'count', steps, call, steps > batchSteps ? 'batch' : 'interactive')
  const counts: number[][] = []
  slices.forEach((slice, at) => {
    const perShard = answers.slice(at * shards.files.length, (at + 1) * shards.files.length)
    for (const number of slice.keys()) counts.push(perShard.map((answer) => answer[number]))
  })
  return counts
}

function slicePatterns(patterns: readonly Uint8Array[]): Uint8Array[][] {
  const slices: Uint8Array[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const pattern of patterns) {
    if (bytes + pattern.length > taskBytes || (slices.at(-1)?.length ?? 0) >= taskPatterns) {
      slices.push([])
      bytes = 0
    }
    slices[slices.length - 1].push(pattern)
    bytes += pattern.length
  }
  return slices
}

export function describeCount(
  shards: readonly number[],
  options: { perShard?: boolean; perIndex?: boolean },
): CountResult {
  const count = sumUp(shards, (each) => each)
  return { count, ...(options.perShard && { shards }), ...(options.perIndex && { indexes: [count] }) }
}
