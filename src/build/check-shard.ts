/** Does a shard hold exactly the bytes that went into it? */
import type { BuiltShard, Shard } from '#native'
import { OmnigramError } from '../core/errors.js'
import type { NativeBuilder } from './build-seams.js'
import type { SealedSpool } from './shard-spool.js'
import type { TokenHistogram } from './token-histogram.js'

/** Tokens that are counted in one native call. */
const countedTokens = 8_192

/**
 * Opens a shard that was just built and compares it with its documents: their number, their symbols, and how often each
 * symbol occurs. O(distinct symbols). Throws `internal` on any difference.
 */
export function checkShard(path: string, built: BuiltShard, spool: SealedSpool, native: NativeBuilder): void {
  const shard = native.openShard(path, 'mmap')
  const difference = describeMismatch(shard, spool)
  if (difference !== null) throw new OmnigramError('internal', `${path}: ${difference}. Nothing was published.`)
  const info = shard.info()
  if (info.checksum !== built.checksum || info.fileBytes !== built.fileBytes) {
    throw new OmnigramError('internal', `${path} is not the file that was built. Nothing was published.`)
  }
}

/** What a shard and the documents that it should hold differ in; `null` when they agree. */
export function describeMismatch(shard: Pick<Shard, 'info' | 'count'>, spool: SealedSpool): string | null {
  const info = shard.info()
  const { symbols } = spool
  if (info.symbols !== symbols.kind) return `it holds ${info.symbols}, the input ${symbols.kind}`
  if (info.documents !== spool.documents) return `documents is ${info.documents}, of the input it is ${spool.documents}`
  const symbolCount = symbols.kind === 'tokens' ? symbols.tokenCounts.total : spool.textBytes
  if (info.symbolCount !== symbolCount) return `it has ${info.symbolCount} ${symbols.kind}, the input ${symbolCount}`
  if (symbols.kind === 'tokens') return compareTokens(shard, symbols.tokenCounts)
  for (let byte = 0; byte < 256; byte++) {
    if (info.byteCounts[byte] === symbols.byteCounts[byte]) continue
    return `byte ${byte} occurs ${info.byteCounts[byte]} times, in the input ${symbols.byteCounts[byte]} times`
  }
  return null
}

function compareTokens(shard: Pick<Shard, 'count'>, tokenCounts: TokenHistogram): string | null {
  const entries = [...tokenCounts.entries()]
  for (let start = 0; start < entries.length; start += countedTokens) {
    const slice = entries.slice(start, start + countedTokens)
    const patterns = slice.map(([id]) => new Uint8Array(Uint32Array.of(id).buffer))
    const found = shard.count(patterns, 0)
    const at = slice.findIndex(([, count], index) => found[index] !== count)
    if (at >= 0) return `token ${slice[at][0]} occurs ${found[at]} times, in the input ${slice[at][1]} times`
  }
  return null
}
