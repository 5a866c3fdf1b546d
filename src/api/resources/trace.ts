/** Which parts of a text stand in the corpus word for word? `POST /v1/indexes/{names}/trace` */
import { z } from 'zod'
import { defineRoute } from '../route.js'
import { describeState, stateFields } from '../schemas/answer.js'
import { declaredIds, resolvePattern } from '../schemas/pattern.js'
import { callFields, namesParams } from '../schemas/request.js'

const maxTextUnits = 1_000_000

const count = z.number().int().min(0)

export const traceRoute = defineRoute({
  operationId: 'traceText',
  path: '/v1/indexes/:names/trace',
  summary: 'List the longest matches of a text',
  description: 'Spans of the text that stand in the index and cannot be made longer on either side.',
  tag: 'search',
  scope: 'search',
  params: namesParams,
  request: z
    .strictObject({
      text: z.string().max(maxTextUnits),
      minBytes: z
        .number()
        .int()
        .min(1)
        .max(maxTextUnits)
        .default(32)
        .describe('Shorter spans are left out; an index of tokens counts tokens.'),
      ...callFields,
    })
    .meta({ examples: [{ text: 'Some text that may stand in the corpus.', minBytes: 8 }] }),
  hasBody: true,
  answer: z.object({
    generation: stateFields.generation,
    indexes: stateFields.indexes,
    ids: declaredIds,
    spans: z.array(
      z.object({
        startOffset: count.describe(
          'Byte offset in the UTF-8 of the text; in an index of tokens its offset among `ids`.',
        ),
        endOffset: count,
        count: count.describe('Occurrences of the span.'),
      }),
    ),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'bad-pattern', 'too-expensive', 'damaged-index'],
  cost: ({ text }) => 1 + text.length / 100,

  async handle({ request: { text, minBytes }, reader, signal }) {
    const { pattern, declared } = await resolvePattern(reader, text)
    const spans = await reader.trace(pattern, { minBytes, signal })
    return {
      ...describeState(reader),
      ...declared,
      spans: spans.map(({ startOffset, endOffset, count: found }) => ({ startOffset, endOffset, count: found })),
    }
  },
})
