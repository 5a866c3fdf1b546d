/** What follows ranges of rows in many shards, and which of it is most frequent? */
import type { MatchRange, NextSymbol, NextSymbols, SymbolUnit } from './index-reader.js'
import { isEnd, keyOfNext, mergeNext, readNextEntry } from './merge-next.js'
import type { QueryCall } from './query-call.js'
import type { ShardSet, ShardTask } from './shard-set.js'
import { countRows } from './sum-up.js'
import { packTokens } from './token-bytes.js'

/** Entries that each shard is asked for at first, as a multiple of those that are wanted of all. */
const firstMargin = 4

/**
 * Exact, with a limit too: an entry that is among the most frequent of all shards together need not be among those of any.
 * O(distinct symbols) without a limit; with one, O(limit) where the shards agree on what is frequent.
 */
export async function listNext(
  shards: ShardSet,
  ranges: readonly MatchRange[],
  unit: SymbolUnit,
  limit: number | undefined,
  call: QueryCall,
): Promise<NextSymbols> {
  const count = countRows(ranges)
  const groups = shards.groupRanges(ranges)
  const isBounded = limit !== undefined && unit === 'token' && groups.length > 1 && ranges.length === groups.length
  const next = isBounded
    ? await listTop(shards, ranges, limit, call)
    : mergeNext(await askShards(shards, ranges, unit, groups.length === 1 ? limit : undefined, call))
  return { count, next: limit === undefined ? next : next.slice(0, limit) }
}

/** By shard, in the order of `groupRanges`. */
async function askShards(
  shards: ShardSet,
  ranges: readonly MatchRange[],
  unit: SymbolUnit,
  limit: number | undefined,
  call: QueryCall,
): Promise<NextSymbol[][]> {
  const tasks: ShardTask<'next'>[] = shards.groupRanges(ranges).map(({ shard, ranges: inShard }) => ({
    shard,
    input: { ranges: Float64Array.from(inShard.flatMap(({ lo, hi }) => [lo, hi])), unit, limit: limit ?? null },
  }))
  // A few entries of a token shard take microseconds, all of them may take milliseconds.
  const steps = unit === 'token' && limit !== undefined ? limit * tasks.length : Number.POSITIVE_INFINITY
  const answers = await shards.runBrief(tasks, 'next', steps, call)
  return answers.map((entries) => entries.map((entry) => readNextEntry(entry, unit)))
}

/**
 * The threshold algorithm (Fagin, Lotem, Naor 2003, doi:10.1016/S0022-0000(03)00026-6): the most frequent of each shard are
 * counted in all of them, and the list is deeper until nothing that was not seen can reach the last one that is wanted.
 */
async function listTop(
  shards: ShardSet,
  ranges: readonly MatchRange[],
  limit: number,
  call: QueryCall,
): Promise<NextSymbol[]> {
  for (let depth = limit * firstMargin; ; depth *= firstMargin) {
    const lists = await askShards(shards, ranges, 'token', depth, call)
    if (lists.every((list) => list.length < depth)) return mergeNext(lists)
    const seen = new Map(lists.flat().map((entry) => [keyOfNext(entry), entry]))
    const isEndKnown = lists.every((list) => list.length < depth || list.some(isEnd))
    if (seen.has('') && !isEndKnown) continue
    const tokens = [...seen.values()].filter((entry) => !isEnd(entry))
    const counts = await countTokens(
      shards,
      ranges,
      Uint32Array.from(tokens, ({ token }) => token ?? 0),
      call,
    )
    const ends = lists.flatMap((list) => list.filter(isEnd))
    const exact = tokens.map((entry, at) => ({ ...entry, count: counts[at] }))
    const top = mergeNext([[...exact, ...mergeNext([[], ends])]]).slice(0, limit)
    const unseen = lists.reduce((sum, list) => sum + (list.length < depth ? 0 : (list.at(-1)?.count ?? 0)), 0)
    if (top.length === limit && top[limit - 1].count > unseen) return top
  }
}

/** How often each token follows the ranges, one range a shard. */
async function countTokens(
  shards: ShardSet,
  ranges: readonly MatchRange[],
  tokens: Uint32Array,
  call: QueryCall,
): Promise<Float64Array> {
  const symbols = packTokens(tokens)
  const tasks = ranges.map(({ shard, lo, hi }) => ({
    shard,
    input: { ranges: Float64Array.from({ length: 2 * tokens.length }, (_, at) => (at % 2 === 0 ? lo : hi)), symbols },
  }))
  const counts = new Float64Array(tokens.length)
  for (const pushed of await shards.runAll(tasks, 'pushBatch', call)) {
    for (let at = 0; at < counts.length; at++) counts[at] += pushed[2 * at + 1] - pushed[2 * at]
  }
  return counts
}
