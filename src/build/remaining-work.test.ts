import { describe, expect, it } from 'vitest'
import { type BuildWork, estimateRemainingMs, expectedTextBytes } from './remaining-work.js'

const begun: BuildWork = {
  documents: 10,
  textBytes: 1_000,
  inputReadBytes: 2_000,
  inputBytes: 8_000,
  isReadingDone: false,
  isWaiting: false,
  readMs: 10,
  shardBytes: 1_000_000,
  shardsAtOnce: 2,
  shardsBegun: 1,
  shardsDone: 0,
  doneTextBytes: 0,
  running: [],
  buildMsPerByte: 0.5,
}

describe('the rest of a build', () => {
  it('takes the reading of the rest, then the last shard', () => {
    expect(expectedTextBytes(begun)).toBe(4_000)
    expect(estimateRemainingMs(begun)).toBe(30 + 2_000)
  })

  it('cannot be told while nothing is read, or nobody knows how much there is', () => {
    expect(estimateRemainingMs({ ...begun, textBytes: 0, inputReadBytes: 0 })).toBeNull()
    expect(estimateRemainingMs({ ...begun, inputBytes: null })).toBeNull()
  })

  it('is shared by the shards that are built at once', () => {
    const work = { ...begun, isReadingDone: true, textBytes: 4_000, shardBytes: 1_000, doneTextBytes: 1_000 }
    expect(estimateRemainingMs(work)).toBe((3_000 * 0.5) / 2)
  })

  it('is no shorter than the shard that is furthest behind', () => {
    const running = [
      { phase: 'sort', textBytes: 1_000, share: 0.1 },
      { phase: 'encode', textBytes: 1_000, share: 0.9 },
    ] as const
    const work = { ...begun, isReadingDone: true, textBytes: 2_000, shardBytes: 1_000, running }
    expect(estimateRemainingMs(work)).toBe(450)
  })

  it('is nothing for a corpus without text', () => {
    expect(estimateRemainingMs({ ...begun, isReadingDone: true, textBytes: 0 })).toBe(0)
  })
})
