import { describe, expect, it } from 'vitest'
import type { IndexReader } from '../query/index-reader.js'
import type { MissingShards } from '../query/missing-shards.js'
import { answerPartially } from './partial-answer.js'

/** Of two shards, the second of which nobody holds. */
const reader = {
  manifest: { shards: [{ documents: 3 }, { documents: 4 }] },
  parts: [{ name: 'sea', firstShard: 0 }],
  lacking(missing: MissingShards) {
    missing.add(1)
    return this
  },
} as unknown as IndexReader

const answer = (body: object) => answerPartially(reader, 1_000, async () => body)

describe('an answer that lacks shards', () => {
  it('calls every number that a missing shard adds to a lower bound', async () => {
    const body = {
      count: 5,
      next: [{ id: 97, count: 4 }],
      otherCount: 1,
      values: [{ value: 'novel', occurrences: 3, documents: 2 }],
      valueCount: 1,
      coverage: 0.5,
      nextCursor: 'more',
    }
    expect(await answer(body)).toEqual({
      countLowerBound: 5,
      next: [{ id: 97, countLowerBound: 4 }],
      otherCountLowerBound: 1,
      values: [{ value: 'novel', occurrencesLowerBound: 3, documentsLowerBound: 2 }],
      valueCountLowerBound: 1,
      nextCursor: null,
      exact: false,
      partial: { shards: 2, missing: [{ index: 'sea', shard: 1, documents: 4 }] },
    })
  })

  it('leaves what a document or a match is as it is, and says which counts of shards are not there', async () => {
    const occurrence = { document: 7, startOffset: 10, endOffset: 12, facets: { count: 3 } }
    expect(await answer({ occurrences: [occurrence], shards: [5, 0] })).toMatchObject({
      occurrences: [occurrence],
      shards: [5, null],
    })
  })
})
