/** What follows the occurrences of a pattern? */
import type { NextSymbols, SymbolUnit } from '../index-reader.js'
import type { NaiveOccurrence, NaiveShard } from './naive-shard.js'
import { characterEdges } from './naive-text.js'

export function countNext(
  shards: readonly NaiveShard[],
  places: readonly (NaiveOccurrence & { shard: number })[],
  unit: SymbolUnit = 'character',
  limit?: number,
): NextSymbols {
  const counts = new Map<string, number>()
  for (const { shard, document, endOffset } of places) {
    const text = shards[shard].texts[document]
    const next = unit === 'byte' ? text.subarray(endOffset, endOffset + 1) : readCharacter(text, endOffset)
    const key = next.toString('hex')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const next = [...counts].map(([hex, count]) => ({
    bytes: hex ? new Uint8Array(Buffer.from(hex, 'hex')) : null,
    token: null,
    count,
  }))
  next.sort((a, b) => b.count - a.count || compareEndLast(a.bytes, b.bytes))
  return { count: places.length, next: next.slice(0, limit) }
}

/** The character that starts at `offset`, or the rest of the one that `offset` stands in. */
function readCharacter(text: Buffer, offset: number): Buffer {
  const edges = characterEdges(text)
  return text.subarray(
    offset,
    edges.find((edge) => edge > offset),
  )
}

function compareEndLast(a: Uint8Array | null, b: Uint8Array | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return Buffer.compare(a, b)
}
