/** Does a shard hold exactly the bytes that went into it? */
import type { BuiltShard, ShardInfo, SpoolSummary } from '#native'
import { OmnigramError } from '../core/errors.js'
import type { NativeBuilder } from './build-seams.js'

/**
 * Opens a shard that was just built and compares it with its documents: their number, their bytes, and how often each byte
 * value occurs. O(1) in the text. Throws `internal` on any difference.
 */
export function checkShard(path: string, built: BuiltShard, spool: SpoolSummary, native: NativeBuilder): void {
  const info = native.openShard(path, 'mmap').info()
  const difference = describeMismatch(info, spool)
  if (difference !== null) throw new OmnigramError('internal', `${path}: ${difference}. Nothing was published.`)
  if (info.checksum !== built.checksum || info.fileBytes !== built.fileBytes) {
    throw new OmnigramError('internal', `${path} is not the file that was built. Nothing was published.`)
  }
}

/** What a shard and the documents that it should hold differ in; `null` when they agree. */
export function describeMismatch(
  shard: Pick<ShardInfo, 'documents' | 'textBytes' | 'byteCounts'>,
  spool: Pick<SpoolSummary, 'documents' | 'textBytes' | 'byteCounts'>,
): string | null {
  for (const field of ['documents', 'textBytes'] as const) {
    if (shard[field] !== spool[field]) return `${field} is ${shard[field]}, of the input it is ${spool[field]}`
  }
  for (let byte = 0; byte < 256; byte++) {
    if (shard.byteCounts[byte] === spool.byteCounts[byte]) continue
    return `byte ${byte} occurs ${shard.byteCounts[byte]} times, in the input ${spool.byteCounts[byte]} times`
  }
  return null
}
