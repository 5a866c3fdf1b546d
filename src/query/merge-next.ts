/** What follows a match in all shards together? */
import type { NextSymbol, NextSymbols } from './index-reader.js'

/** Adds up the counts of equal symbols: most frequent first, then by bytes, the end of a document last among equals. */
export function mergeNext(shards: readonly (readonly NextSymbol[])[]): NextSymbols {
  const merged = new Map<string, { bytes: Uint8Array | null; count: number }>()
  let count = 0
  for (const entry of shards.flat()) {
    const key = entry.bytes === null ? '' : Buffer.from(entry.bytes).toString('latin1')
    const known = merged.get(key)
    if (known) known.count += entry.count
    else merged.set(key, { bytes: entry.bytes && new Uint8Array(entry.bytes), count: entry.count })
    count += entry.count
  }
  const next = [...merged.values()].sort((a, b) => b.count - a.count || compareSymbols(a.bytes, b.bytes))
  return { count, next }
}

function compareSymbols(a: Uint8Array | null, b: Uint8Array | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return Buffer.compare(a, b)
}
