/** Which parts of a text stand in the corpus word for word? `POST /v1/indexes/{names}/trace` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import type { IndexReader } from '../../query/index-reader.js'
import { relevanceLevels } from '../../query/tracing/rate-documents.js'
import { type TextTrace, traceText } from '../../query/tracing/trace-text.js'
import { partialField } from '../partial-answer.js'
import { defineRoute } from '../route.js'
import { describeOccurrence, describeState, occurrenceSchema, stateFields } from '../schemas/answer.js'
import { declaredIds, resolvePattern } from '../schemas/pattern.js'
import { callFields, namesParams } from '../schemas/request.js'

const maxTextUnits = 1_000_000

/** A text whose rarest spans are chosen: each has documents, and their number grows with it. */
const maxChosenUnits = 20_000

const maxDocumentsPerSpan = 10

const count = z.number().int().min(0)

export const traceRoute = defineRoute({
  operationId: 'traceText',
  path: '/v1/indexes/:names/trace',
  summary: 'List the longest matches of a text',
  description: [
    'Spans of the text that stand in the index and cannot be made longer on either side. With `spans: "rarest"` they are cut to whole words and',
    'clauses, the rarest are chosen (5 % of the words), and each comes with documents that hold it, rated by BM25: OLMoTrace.',
  ].join(' '),
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
        .describe('Shorter spans are left out; an index of tokens counts tokens. Of `maximal` spans only.'),
      spans: z
        .enum(['maximal', 'rarest'])
        .default('maximal')
        .describe(`\`rarest\` takes texts of up to ${maxChosenUnits} UTF-16 units, and needs the scope \`documents\`.`),
      documentsPerSpan: z
        .number()
        .int()
        .min(0)
        .max(maxDocumentsPerSpan)
        .default(maxDocumentsPerSpan)
        .describe('Occurrences of each of the rarest spans that are shown, drawn by the seed.'),
      seed: z.number().int().min(0).max(4_294_967_295).default(42),
      prompt: z
        .string()
        .max(maxChosenUnits)
        .default('')
        .describe('What the text answers; documents are rated by both together.'),
      partial: partialField,
      ...callFields,
    })
    .meta({
      examples: [
        { text: 'Some text that may stand in the corpus.', minBytes: 8 },
        { text: 'Some text that may stand in the corpus.', spans: 'rarest', documentsPerSpan: 3 },
      ],
    }),
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
        startUtf16Offset: count.optional().describe('Offset in the `text` of the answer, in UTF-16 units.'),
        endUtf16Offset: count.optional(),
        relevance: z.enum(relevanceLevels).nullable().optional().describe('That of the most relevant document.'),
        documents: z
          .array(
            z.object({
              ...occurrenceSchema.shape,
              relevance: z.object({ score: z.number().min(0), level: z.enum(relevanceLevels) }),
            }),
          )
          .optional(),
      }),
    ),
    coverage: z.number().min(0).max(1).optional().describe('Share of the symbols that lie in a span.'),
    symbolCount: count.optional().describe('Bytes, or tokens, of the text.'),
    text: z.string().optional().describe('The text that was traced; in an index of tokens as its tokens say it.'),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'bad-pattern', 'too-expensive', 'damaged-index'],
  cost: ({ text, spans, documentsPerSpan }) =>
    1 + text.length / 100 + (spans === 'rarest' ? (text.length / 100) * (1 + documentsPerSpan) : 0),
  extraScope: ({ spans }) => (spans === 'rarest' ? 'documents' : null),

  async handle({ request: { text, minBytes, spans: wanted, documentsPerSpan, seed, prompt }, reader, signal }) {
    if (wanted === 'rarest') {
      if (text.length > maxChosenUnits) {
        throw new OmnigramError(
          'bad-argument',
          `The text has ${text.length} UTF-16 units; the rarest spans are chosen of up to ${maxChosenUnits}.`,
        )
      }
      return describeTrace(reader, await traceText(reader, text, { documentsPerSpan, seed, prompt, signal }))
    }
    const { pattern, declared } = await resolvePattern(reader, text)
    const spans = await reader.trace(pattern, { minBytes, signal })
    return {
      ...describeState(reader),
      ...declared,
      spans: spans.map(({ startOffset, endOffset, count: found }) => ({ startOffset, endOffset, count: found })),
    }
  },
})

function describeTrace(reader: IndexReader, { spans, coverage, symbolCount, text }: TextTrace) {
  return {
    ...describeState(reader),
    spans: spans.map(({ text: _, documents, ...span }) => ({
      ...span,
      documents: documents.map(({ occurrence, relevance }) => ({
        ...describeOccurrence(reader, occurrence),
        relevance: { ...relevance },
      })),
    })),
    coverage,
    symbolCount,
    text,
  }
}
