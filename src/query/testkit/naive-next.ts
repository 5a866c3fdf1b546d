/** What follows the occurrences of a pattern? */
import type { NextSymbols } from '../index-reader.js'
import type { NaiveOccurrence, NaiveShard } from './naive-shard.js'

export function countNext(
  shards: readonly NaiveShard[],
  places: readonly (NaiveOccurrence & { shard: number })[],
  unit: 'byte' | 'character',
): NextSymbols {
  const counts = new Map<string, number>()
  for (const { shard, document, endOffset } of places) {
    const text = shards[shard].texts[document]
    const key = text
      .subarray(endOffset, endOffset + (unit === 'byte' ? 1 : characterBytes(text[endOffset])))
      .toString('hex')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const next = [...counts].map(([hex, count]) => ({
    bytes: hex ? new Uint8Array(Buffer.from(hex, 'hex')) : null,
    count,
  }))
  next.sort((a, b) => b.count - a.count || compareEndLast(a.bytes, b.bytes))
  return { count: places.length, next }
}

function characterBytes(lead: number | undefined): number {
  if (lead === undefined || lead < 0xc0) return 1
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

function compareEndLast(a: Uint8Array | null, b: Uint8Array | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return Buffer.compare(a, b)
}
