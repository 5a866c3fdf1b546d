/** What comes after a pattern, and how often? `POST /v1/indexes/{names}/next` */
import { z } from 'zod'
import { chooseUnit } from '../../query/check-arguments.js'
import { describeNext } from '../../query/describe-next.js'
import { defineRoute } from '../route.js'
import { describeState, stateFields } from '../schemas/answer.js'
import { declaredIds, resolvePattern } from '../schemas/pattern.js'
import { integerText, namesParams, patternFields, patternLink, readPatternLink, unitField } from '../schemas/request.js'

/** More than there are code points. */
const maxEntries = 2_000_000

const entry = z
  .union([
    z.object({
      id: z.number().int().min(0).describe('The byte value, the code point, or the token id.'),
      text: z
        .string()
        .nullable()
        .describe('The character, or what the token says; null for what is no whole character by itself.'),
      count: z.number().int().min(1),
    }),
    z.object({ end: z.literal(true), count: z.number().int().min(1) }).describe('The end of a document.'),
  ])
  .meta({ id: 'NextSymbol' })

export const nextRoute = defineRoute({
  operationId: 'listNext',
  path: '/v1/indexes/:names/next',
  summary: 'List what follows a pattern',
  description:
    'Exactly how often each byte, character or token is next, most frequent first; with `otherCount` it sums to the count.',
  tag: 'search',
  scope: 'count',
  params: namesParams,
  request: z
    .strictObject({
      ...patternFields,
      unit: unitField.optional().describe('By default characters, in an index of tokens tokens.'),
      limit: z.number().int().min(1).max(maxEntries).optional().describe('Entries at most; all by default.'),
    })
    .meta({ examples: [{ pattern: 'natural ', limit: 10 }] }),
  hasBody: true,
  link: {
    query: z.strictObject({
      ...patternLink,
      unit: unitField.optional(),
      limit: integerText(1, maxEntries, 'Entries at most.').optional(),
    }),
    toRequest: readPatternLink,
  },
  answer: z.object({
    generation: stateFields.generation,
    indexes: stateFields.indexes,
    count: z
      .number()
      .int()
      .min(0)
      .describe('Occurrences of the pattern; of the empty one, bytes of text or tokens, and documents.'),
    unit: unitField.describe('What is listed.'),
    ids: declaredIds,
    next: z.array(entry),
    otherCount: z.number().int().min(0).describe('Occurrences followed by what `limit` left out.'),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'bad-pattern', 'too-expensive', 'damaged-index'],
  cost: ({ unit }) => (unit === 'byte' ? 2 : 10),

  async handle({ request: { pattern, matching, unit, limit }, reader, signal }) {
    const resolved = await resolvePattern(reader, pattern)
    const { count, next } = await reader.next(resolved.pattern, { matching, unit, limit, signal })
    return {
      ...describeState(reader),
      count,
      unit: chooseUnit(unit, reader.manifest.symbols),
      ...resolved.declared,
      next: await describeNext(reader, next, unit),
      otherCount: count - next.reduce((sum, symbol) => sum + symbol.count, 0),
    }
  },
})
