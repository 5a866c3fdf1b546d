/** In which rows of each shard does a pattern stand? */
import type { FoundRange } from '#native'
import { limits } from '../core/limits.js'
import type { Matching } from '../core/pattern.js'
import { isByCharacter } from './pattern-bytes.js'
import type { QueryCall } from './query-call.js'
import type { Lane } from './shard-runner.js'
import type { ShardSet } from './shard-set.js'

/** The ranges of each shard, all rows for the empty pattern. Throws `too-expensive` where alternatives are too many. */
export async function findInShards(
  shards: ShardSet,
  pattern: Uint8Array,
  matching: Matching | undefined,
  call: QueryCall,
  lane: Lane = 'interactive',
): Promise<FoundRange[][]> {
  if (pattern.length === 0) return shards.rows.map((rows) => (rows > 0 ? [{ lo: 0, hi: rows, length: 0 }] : []))
  const alternatives = isByCharacter(matching)
    ? {
        ignoreCase: matching?.ignoreCase === true,
        flexibleSpace: matching?.flexibleSpace === true,
        maxRanges: limits.liveRanges,
      }
    : null
  const tasks = shards.everywhere<'find'>({ pattern, matching: alternatives })
  const steps = alternatives ? Number.POSITIVE_INFINITY : pattern.length * shards.files.length
  return shards.runBrief(tasks, 'find', steps, call, lane)
}
