/** In which rows of which shards does a pattern stand? `POST /v1/indexes/{names}/find` */
import { z } from 'zod'
import { defineRoute } from '../route.js'
import { describeState, stateFields } from '../schemas/answer.js'
import { declaredIds, resolvePattern } from '../schemas/pattern.js'
import { namesParams, patternFields, patternLink, readPatternLink } from '../schemas/request.js'

const count = z.number().int().min(0)

export const findRoute = defineRoute({
  operationId: 'findPattern',
  path: '/v1/indexes/:names/find',
  summary: 'Find the ranges of a pattern',
  description: 'Rows mean something only inside the ranges they came in, and only for this generation.',
  tag: 'search',
  scope: 'search',
  params: namesParams,
  request: z.strictObject(patternFields).meta({ examples: [{ pattern: 'natural language' }] }),
  hasBody: true,
  link: { query: z.strictObject(patternLink), toRequest: readPatternLink },
  answer: z.object({
    generation: stateFields.generation,
    indexes: stateFields.indexes,
    count: count.describe('Occurrences: the rows of all ranges.'),
    ids: declaredIds,
    ranges: z.array(
      z.object({
        shard: count.describe('Position of the shard among those of all the indexes named.'),
        lo: count.describe('First row.'),
        hi: count.describe('The row after the last.'),
        length: count.describe('Bytes or tokens that matched.'),
      }),
    ),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'bad-pattern', 'too-expensive', 'damaged-index'],
  cost: ({ matching }) => (matching ? 5 : 1),

  async handle({ request: { pattern, matching }, reader, signal }) {
    const resolved = await resolvePattern(reader, pattern)
    const { count: found, ranges } = await reader.find(resolved.pattern, { matching, signal })
    return {
      ...describeState(reader),
      count: found,
      ...resolved.declared,
      ranges: ranges.map(({ shard, lo, hi, length }) => ({ shard, lo, hi, length })),
    }
  },
})
