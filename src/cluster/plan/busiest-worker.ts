/** What does the worker do that has the most to do, and who has it? */

export interface WorkerLoad {
  /** Text of its shards. */
  readonly ownBytes: number
  /** Text that it reads on the way to them: what stands before a shard in the file in which it begins. */
  readonly skippedBytes: number
}

export interface WorkQuestion {
  readonly textBytes: number
  /** Of each shard but the last one, which has what is left. */
  readonly shardBytes: number
  readonly workers: number
  /** Of the input, as it lies on the disk, in the order of reading; empty where that is not known. */
  readonly fileBytes: readonly number[]
}

/**
 * Deals the shards out by turns, as workers take them, and answers the load that `costOf` says is the dearest. O(shards + files).
 */
export function findBusiestWorker(
  { textBytes, shardBytes, workers, fileBytes }: WorkQuestion,
  costOf: (load: WorkerLoad) => number,
): WorkerLoad {
  const inputBytes = fileBytes.reduce((sum, bytes) => sum + bytes, 0)
  const textShare = inputBytes === 0 ? 0 : textBytes / inputBytes
  const loads: { ownBytes: number; skippedBytes: number }[] = []
  let [file, fileOffset] = [0, 0]
  for (let shard = 0; shard === 0 || shard * shardBytes < textBytes; shard++) {
    const offset = shard * shardBytes
    while (file + 1 < fileBytes.length && fileOffset + fileBytes[file] * textShare <= offset) {
      fileOffset += fileBytes[file] * textShare
      file += 1
    }
    loads[shard % workers] ??= { ownBytes: 0, skippedBytes: 0 }
    const load = loads[shard % workers]
    load.ownBytes += Math.min(shardBytes, textBytes - offset)
    if (textShare > 0) load.skippedBytes += Math.max(0, offset - fileOffset)
  }
  return loads.reduce((busiest, load) => (costOf(load) > costOf(busiest) ? load : busiest))
}
