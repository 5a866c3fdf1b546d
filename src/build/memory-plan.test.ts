import { describe, expect, it } from 'vitest'
import { estimateBuildBytes } from '#native'
import type { CorpusEstimate } from '../corpus/corpus.js'
import { localSeams } from './build-seams.js'
import { MemoryPlan, planMemory, readerBytes } from './memory-plan.js'
import { testOptions } from './testkit/small-corpus.js'

const gib = 2 ** 30
const estimate = (symbols: number, documents: number) => 6 * symbols + 20 * documents + 1_000
const native = { estimateBuildBytes: estimate, estimateTokenBuildBytes: estimate }

function plan(memoryBytes: number, threads: number, plannedTextBytes: number, poolThreads = 64): MemoryPlan {
  return new MemoryPlan(
    { memoryBytes, threads, shardBytes: gib, saRate: 128, isaRate: 512 },
    native,
    plannedTextBytes,
    poolThreads,
  )
}

describe('the plan of the memory', () => {
  it('builds as many shards at once as fit', () => {
    expect(plan(readerBytes + 20 * gib, 16, gib)).toMatchObject({ shardsAtOnce: 3, threadsPerShard: 5 })
    expect(plan(readerBytes + 200 * gib, 2, gib)).toMatchObject({ shardsAtOnce: 2, threadsPerShard: 1 })
  })

  it('leaves a thread of the pool to the reader', () => {
    expect(plan(readerBytes + 200 * gib, 16, gib, 4)).toMatchObject({ shardsAtOnce: 3, threadsPerShard: 5 })
  })

  it('claims more for denser samples', () => {
    const options = { memoryBytes: 2 ** 40, threads: 1, shardBytes: gib, saRate: 32, isaRate: 1_024 }
    expect(new MemoryPlan(options, native, gib).claimShard(12_800, 0)).toBe(6 * 12_800 + 1_000 + 300 * 8)
  })

  it('claims what the core says, and refuses what is above the budget with the needed amount and a size that fits', () => {
    const memory = plan(readerBytes + gib, 4, gib)
    expect(memory.claimShard(1_000, 10)).toBe(7_200)
    expect(() => memory.claimShard(gib, 0)).toThrow(`needs ${readerBytes + 6 * gib + 1_000} bytes of memory`)
    expect(() => memory.claimShard(gib, 0)).toThrow(`A shard size of ${170 * 2 ** 20} would fit.`)
  })
})

describe('planning from the input', () => {
  const options = testOptions(['a'], 'b', { shardBytes: gib, memoryBytes: gib })
  const estimate = (inputBytes: number | null, maxTextBytes: number | null): CorpusEstimate => {
    return { inputBytes, maxTextBytes, readBytes: 0 }
  }

  it('goes by the input where that is smaller than a shard', () => {
    expect(planMemory(options, estimate(30e6, 30e6), localSeams.native).shardsAtOnce).toBe(2)
  })

  it('refuses before anything is read, plain or compressed', () => {
    for (const input of [estimate(2 * gib, 2 * gib), estimate(2 * gib, null)]) {
      expect(() => planMemory(options, input, localSeams.native)).toThrow(
        expect.objectContaining({ code: 'no-memory' }),
      )
    }
  })

  it('begins with what says nothing of its size, one shard at a time', () => {
    expect(planMemory(options, estimate(null, null), localSeams.native).shardsAtOnce).toBe(1)
    expect(planMemory(options, estimate(1e6, null), localSeams.native).shardsAtOnce).toBe(1)
  })

  it('rests on an estimate that grows with text and documents', () => {
    expect(estimateBuildBytes(2e6, 0)).toBeGreaterThan(estimateBuildBytes(1e6, 0))
    expect(estimateBuildBytes(1e6, 1e6)).toBeGreaterThan(estimateBuildBytes(1e6, 0))
  })
})
