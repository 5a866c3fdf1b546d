/** How long will the rest of a build take? */

/** A shard that is being built. */
export interface RunningShard {
  readonly phase: 'sort' | 'encode'
  readonly textBytes: number
  /** Share of it that is done, 0..1. */
  readonly share: number
}

/** What a build has done so far. */
export interface BuildWork {
  readonly documents: number
  /** Text read. */
  readonly textBytes: number
  /** Input read, and all of it; null where its size is not known. */
  readonly inputReadBytes: number
  readonly inputBytes: number | null
  readonly isReadingDone: boolean
  /** Whether the reader waits for room to build in. */
  readonly isWaiting: boolean
  /** Time spent on reading, without waiting for room. */
  readonly readMs: number
  readonly shardBytes: number
  readonly shardsAtOnce: number
  readonly shardsBegun: number
  readonly shardsDone: number
  /** Text of the shards that are done, those included that an earlier run had built. */
  readonly doneTextBytes: number
  readonly running: readonly RunningShard[]
  /** Time one thread takes to build a shard, per byte of its text. */
  readonly buildMsPerByte: number
}

/** Text that will be read in all; null while nothing can be said. */
export function expectedTextBytes(work: BuildWork): number | null {
  if (work.isReadingDone) return work.textBytes
  if (work.inputBytes === null || work.inputReadBytes === 0) return null
  return work.textBytes * Math.max(1, work.inputBytes / work.inputReadBytes)
}

/** Null while it cannot be told. O(running shards). */
export function estimateRemainingMs(work: BuildWork): number | null {
  const expected = expectedTextBytes(work)
  if (expected === null || work.textBytes === 0) return work.isReadingDone ? 0 : null
  const runningDone = work.running.reduce((sum, { textBytes, share }) => sum + textBytes * share, 0)
  const buildMs = Math.max(0, expected - work.doneTextBytes - runningDone) * work.buildMsPerByte
  const sharedMs = buildMs / Math.min(work.shardsAtOnce, Math.max(1, Math.ceil(expected / work.shardBytes)))
  if (work.isReadingDone) {
    const longestMs = work.running.map(({ textBytes, share }) => textBytes * (1 - share) * work.buildMsPerByte)
    return Math.max(sharedMs, ...longestMs)
  }
  // The last shard begins when all is read.
  const readMs = (expected - work.textBytes) * (work.readMs / work.textBytes)
  const lastBytes = expected % work.shardBytes || work.shardBytes
  return Math.max(sharedMs, readMs + Math.min(lastBytes * work.buildMsPerByte, buildMs))
}
