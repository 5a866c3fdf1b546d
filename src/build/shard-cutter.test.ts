import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CorpusDocument } from '../core/document.js'
import { ShardCutter } from './shard-cutter.js'

function makeDocument(lengthBytes: number): CorpusDocument {
  const source = { path: 'a', line: 1 }
  return { text: new Uint8Array(lengthBytes), externalId: null, metadata: null, facets: [], source }
}

/** Lengths of the texts by shard, from batches of documents. */
function cutLengths(batches: readonly (readonly number[])[], shardBytes: number, shardDocuments?: number): number[][] {
  const cutter = new ShardCutter(shardBytes, shardDocuments)
  const shards: number[][] = []
  for (const batch of batches) {
    for (const { shard, documents } of cutter.cut(batch.map(makeDocument))) {
      shards[shard] ??= []
      shards[shard].push(...documents.map(({ text }) => text.length))
    }
  }
  return shards
}

describe('the borders of shards', () => {
  it('are drawn before the document that would overflow', () => {
    expect(cutLengths([[4, 6, 1, 9, 1]], 10)).toEqual([[4, 6], [1, 9], [1]])
  })

  it('let a shard be full to the byte, and empty documents in after that', () => {
    expect(cutLengths([[10, 0, 0], [1]], 10)).toEqual([[10, 0, 0], [1]])
  })

  it('bound the number of documents too', () => {
    expect(cutLengths([[0, 0, 0, 0, 0]], 10, 2)).toEqual([[0, 0], [0, 0], [0]])
  })

  it('do not depend on the batches', () => {
    const batches = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 8 }), { maxLength: 12 })
    fc.assert(
      fc.property(batches, fc.integer({ min: 20, max: 60 }), (lengths, shardBytes) => {
        const shards = cutLengths(lengths, shardBytes)
        expect(shards).toEqual(cutLengths([lengths.flat()], shardBytes))
        expect(shards.flat()).toEqual(lengths.flat())
        for (const [shard, texts] of shards.entries()) {
          const bytes = texts.reduce((sum, length) => sum + length, 0)
          expect(bytes).toBeLessThanOrEqual(shardBytes)
          const next = shards[shard + 1]
          if (next) expect(bytes + next[0]).toBeGreaterThan(shardBytes)
        }
      }),
    )
  })
})
