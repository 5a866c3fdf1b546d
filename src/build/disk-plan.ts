/** Is there room on the disk for the build and its index? */
import type { CorpusEstimate } from '../corpus/corpus.js'
import type { BuildOptions } from './build-options.js'

/** Text of compressed input, as a multiple of its size: what gzip and zstd make of prose. */
const expansion = 3
/** Index as a share of the text: prose takes 0.35, with its metadata more. */
const indexShare = 0.5

/**
 * Bytes that the build will write and keep at one time: the index, and the spools of the shards under way. A guess, made to
 * refuse what cannot work before hours are spent on it; the disk may still fill up, which ends the build with `no-disk`.
 */
export function estimateDiskBytes(
  { shardBytes }: Pick<BuildOptions, 'shardBytes'>,
  estimate: CorpusEstimate,
  shardsAtOnce: number,
): number {
  const textBytes = estimate.maxTextBytes ?? (estimate.inputBytes ?? 0) * expansion
  // One more is being filled, and one may wait for memory.
  const spoolBytes = Math.min(textBytes, shardBytes * (shardsAtOnce + 2))
  return Math.ceil(textBytes * indexShare + spoolBytes)
}
