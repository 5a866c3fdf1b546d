/** What comes after a pattern, and how often? `POST /v1/indexes/{names}/next` */
import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import type { NextSymbol } from '../../query/index-reader.js'
import { defineRoute } from '../route.js'
import { describeState, stateFields } from '../schemas/answer.js'
import { toPattern } from '../schemas/pattern.js'
import { integerText, namesParams, patternFields, patternLink, readPatternLink, unitField } from '../schemas/request.js'

/** More than there are code points. */
const maxEntries = 2_000_000

const entry = z
  .union([
    z.object({
      id: z.number().int().min(0).describe('The byte value, or the code point.'),
      text: z.string().nullable().describe('The character; null for a byte that is none by itself.'),
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
    'Exactly how often each byte or character is next, most frequent first; with `otherCount` it sums to the count.',
  tag: 'search',
  scope: 'count',
  params: namesParams,
  request: z
    .strictObject({
      ...patternFields,
      unit: unitField.default('character'),
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
      .describe('Occurrences of the pattern; of the empty one, bytes of text and documents.'),
    next: z.array(entry),
    otherCount: z.number().int().min(0).describe('Occurrences followed by what `limit` left out.'),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'bad-pattern', 'too-expensive', 'damaged-index'],
  cost: ({ unit }) => (unit === 'byte' ? 2 : 10),

  async handle({ request: { pattern, matching, unit, limit }, reader, signal }) {
    const { count, next } = await reader.next(toPattern(pattern), { matching, unit, signal })
    const shown = limit === undefined ? next : next.slice(0, limit)
    return {
      ...describeState(reader),
      count,
      next: shown.map((symbol) => describeNext(symbol, unit)),
      otherCount: count - shown.reduce((sum, symbol) => sum + symbol.count, 0),
    }
  },
})

function describeNext({ bytes, count }: NextSymbol, unit: 'byte' | 'character') {
  if (bytes === null) return { end: true as const, count }
  const text = isUtf8(bytes) ? Buffer.from(bytes).toString() : null
  return { id: unit === 'byte' || text === null ? bytes[0] : (text.codePointAt(0) ?? bytes[0]), text, count }
}
