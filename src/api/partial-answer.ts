/** How does an answer look that lacks shards, when somebody asked for it all the same? Never like a whole one. */
import { z } from 'zod'
import { OmnigramError } from '../core/errors.js'
import type { IndexReader } from '../query/index-reader.js'
import { MissingShards } from '../query/missing-shards.js'

/** Share of the deadline after which shards are missing that have said nothing. */
const waitShare = 0.9

/** In the requests that may be answered so. */
export const partialField = z
  .enum(['refuse', 'allow'])
  .optional()
  .describe(
    'What to do when shards are missing: `refuse`, the default, is a 503; `allow` answers for the others, with lower bounds.',
  )

const count = z.number().int().min(0)

/** What is added to an answer that lacks shards. */
export const partialSchema = z
  .looseObject({
    exact: z.literal(false),
    partial: z.object({
      shards: count.describe('Shards that there are.'),
      missing: z.array(
        z.object({
          index: z.string(),
          shard: count.describe('Position of the shard among those of all the indexes named.'),
          documents: count.describe('Documents in it, of which the answer says nothing.'),
        }),
      ),
    }),
  })
  .meta({
    id: 'PartialAnswer',
    description:
      'Only where the request allows it and shards are missing: the fields of the whole answer, but for each `count` there is a `countLowerBound`, for other numbers that a missing shard could add to likewise, and `exact` is false.',
  })

/**
 * What `handle` answers, or, where nobody answers for some shards, what it says of the others, marked.
 *
 * Throws `incomplete-answer` when no shard is left.
 */
export async function answerPartially(
  reader: IndexReader,
  deadlineMs: number,
  handle: (reader: IndexReader) => Promise<object>,
): Promise<object> {
  const missing = new MissingShards(performance.now() + waitShare * deadlineMs)
  for (;;) {
    const known = missing.size
    try {
      const body = await handle(reader.lacking(missing))
      if (missing.size === 0) return body
      if (missing.size < reader.manifest.shards.length) return markPartial(body, reader, missing)
    } catch (thrown) {
      const isLost = thrown instanceof OmnigramError && thrown.code === 'incomplete-answer'
      // A shard that went away half-way: once more, without it from the beginning.
      if (!isLost || missing.size === known) throw thrown
      continue
    }
    throw new OmnigramError('incomplete-answer', `None of ${missing.size} shards has a server.`)
  }
}

function markPartial(body: object, reader: IndexReader, missing: MissingShards): object {
  const { shards } = reader.manifest
  return {
    ...(boundFields(body, missing) as object),
    exact: false,
    // Positions are others as soon as a shard is back.
    ...('nextCursor' in body && { nextCursor: null }),
    partial: {
      shards: shards.length,
      missing: missing.list().map((shard) => ({
        index: reader.parts.findLast(({ firstShard }) => firstShard <= shard)?.name ?? '',
        shard,
        documents: shards[shard].documents,
      })),
    },
  }
}

/** Of what a missing shard can only add to: each of them is called a lower bound. */
const growing = ['otherCount', 'occurrences', 'documents', 'valueCount']

/** No number that could be taken for a whole one. */
function boundFields(value: unknown, missing: MissingShards): unknown {
  if (Array.isArray(value)) return value.map((each) => boundFields(each, missing))
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
      if (name === 'count') return [['countLowerBound', 'lowerBound' in value ? value.lowerBound : field]]
      if (growing.includes(name) && typeof field === 'number') return [[`${name}LowerBound`, field]]
      if (name === 'exact') return [['exact', false]]
      // Estimates of what was not seen at all; the missing shards have a say in which spans are chosen to cover a text.
      if (name === 'interval' || name === 'lowerBound' || name === 'coverage') return []
      // Names of the corpus' own.
      if (name === 'facets') return [[name, field]]
      if (name === 'shards') return [['shards', markMissing(field, missing)]]
      return [[name, boundFields(field, missing)]]
    }),
  )
}

/** Counts by shard: null is not 0. */
function markMissing(counts: unknown, missing: MissingShards): unknown {
  return Array.isArray(counts) ? counts.map((each, shard) => (missing.has(shard) ? null : each)) : counts
}
