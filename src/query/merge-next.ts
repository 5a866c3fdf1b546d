/** What follows a match in all shards together? */
import type { NextEntry } from '#native'
import type { NextSymbol, SymbolUnit } from './index-reader.js'
import { compareBytes } from './text-bytes.js'
import { unpackTokens } from './token-bytes.js'

/** What the native core answered, in the words of readers. */
export function readNextEntry({ bytes, count }: NextEntry, unit: SymbolUnit): NextSymbol {
  if (bytes === null) return { bytes: null, token: null, count }
  return unit === 'token'
    ? { bytes: null, token: unpackTokens(bytes)[0], count }
    : { bytes: new Uint8Array(bytes), token: null, count }
}

/** Adds up the counts of equal symbols: most frequent first, then by bytes or id, the end of a document last among equals. */
export function mergeNext(shards: readonly (readonly NextSymbol[])[]): NextSymbol[] {
  if (shards.length === 1) return [...shards[0]].sort(compareNext)
  const merged = new Map<string | number, { -readonly [Field in keyof NextSymbol]: NextSymbol[Field] }>()
  for (const entry of shards.flat()) {
    const key = keyOfNext(entry)
    const known = merged.get(key)
    if (known) known.count += entry.count
    else merged.set(key, { ...entry })
  }
  return [...merged.values()].sort(compareNext)
}

/** Equal for equal symbols; empty for the end of a document. */
export function keyOfNext({ bytes, token }: NextSymbol): string | number {
  return token ?? (bytes === null ? '' : String.fromCharCode(...bytes))
}

export function isEnd({ bytes, token }: NextSymbol): boolean {
  return bytes === null && token === null
}

function compareNext(a: NextSymbol, b: NextSymbol): number {
  return b.count - a.count || compareSymbols(a, b)
}

function compareSymbols(a: NextSymbol, b: NextSymbol): number {
  if (a.token !== null && b.token !== null) return a.token - b.token
  if (a.bytes !== null && b.bytes !== null) return compareBytes(a.bytes, b.bytes)
  return Number(isEnd(a)) - Number(isEnd(b))
}
