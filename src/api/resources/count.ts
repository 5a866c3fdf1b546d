/** How often does each pattern occur? `POST /v1/indexes/{names}/count` */
import { z } from 'zod'
import { limits } from '../../core/limits.js'
import type { Matching, Pattern } from '../../core/pattern.js'
import type { CountResult, DocumentCountResult, IndexReader } from '../../query/index-reader.js'
import { partialField } from '../partial-answer.js'
import { defineRoute } from '../route.js'
import { describeDocumentCount, describeState, documentCountSchema, stateFields } from '../schemas/answer.js'
import {
  declaredIds,
  echoedPatternSchema,
  echoPattern,
  matchingSchema,
  nameFaultyPattern,
  patternSchema,
  resolvePatterns,
  type WrittenPattern,
} from '../schemas/pattern.js'
import {
  booleanText,
  callFields,
  exactField,
  idsLink,
  namesParams,
  patternLink,
  readMatching,
} from '../schemas/request.js'

/** More patterns than this in one request need the scope `batch`. */
const interactivePatterns = 100

/** Points for finding out in how many documents a pattern stands. */
const documentsCost = 50

const request = z
  .strictObject({
    patterns: z
      .array(patternSchema)
      .min(1)
      .max(limits.patternsPerRequest)
      .describe(
        'What to count. Overlapping occurrences all count; the empty pattern counts the bytes of text, or the tokens.',
      ),
    matching: matchingSchema.optional(),
    perShard: z.boolean().optional().describe('Also say the count of each shard.'),
    documents: z.boolean().optional().describe('Also say in how many documents each pattern stands.'),
    exact: exactField,
    partial: partialField,
    ...callFields,
  })
  .meta({ examples: [{ patterns: ['natural language', 'of the'] }] })

const breakdown = z.object({ index: z.string(), count: z.number().int().min(0) })

const answer = z.object({
  generation: stateFields.generation,
  indexes: stateFields.indexes,
  results: z
    .array(
      z.object({
        pattern: echoedPatternSchema,
        ids: declaredIds,
        count: z.number().int().min(0).describe('Occurrences in all shards of all indexes named in the path.'),
        indexes: z.array(breakdown).optional().describe('The count in each index, where several are named.'),
        shards: z.array(z.number().int().min(0)).optional().describe('The count in each shard, when asked for.'),
        documents: documentCountSchema.optional().describe('In how many documents, when asked for.'),
      }),
    )
    .describe('In the order of the patterns.'),
  tookMs: stateFields.tookMs,
})

type Asked = z.output<typeof request>

export const countRoute = defineRoute({
  operationId: 'countPatterns',
  path: '/v1/indexes/:names/count',
  summary: 'Count patterns',
  tag: 'search',
  scope: 'count',
  params: namesParams,
  request,
  hasBody: true,
  link: {
    query: z.strictObject({
      q: z.array(z.string()).optional().describe('Patterns as text.'),
      q64: z.array(z.string()).optional().describe('Patterns as base64 of their bytes; they come after those of q.'),
      ids: z.array(idsLink).optional().describe('Patterns as token ids with commas between them, after all others.'),
      ignoreCase: patternLink.ignoreCase,
      flexibleSpace: patternLink.flexibleSpace,
      perShard: booleanText('Also say the count of each shard.').optional(),
      documents: booleanText('Also say in how many documents each pattern stands.').optional(),
      exact: booleanText('Lift the budget of the number of documents.').optional(),
      partial: partialField,
      deadlineMs: patternLink.deadlineMs,
    }),
    repeated: ['q', 'q64', 'ids'],
    toRequest: ({ q = [], q64 = [], ids = [], ignoreCase, flexibleSpace, ...rest }) => ({
      ...rest,
      ...readMatching({ ignoreCase, flexibleSpace }),
      patterns: [...q, ...q64.map((base64) => ({ base64 })), ...ids],
    }),
  },
  answer,
  problems: ['unknown-index', 'bad-pattern', 'too-expensive', 'damaged-index'],
  cost: ({ patterns, ...asked }) => patterns.length * (wantsDocuments(asked) ? documentsCost : 1),
  extraScope: ({ patterns }) => (patterns.length > interactivePatterns ? 'batch' : null),

  async handle({ request: asked, reader, signal }) {
    const { matching, perShard } = asked
    const perIndex = reader.parts.length > 1
    const { patterns, ids } = await resolvePatterns(reader, asked.patterns)
    const counts = await nameFaultyPattern(reader, patterns, matching, () =>
      reader.count(patterns, { matching, perShard, perIndex, signal }),
    )
    const documents = wantsDocuments(asked) ? await countDocuments(asked, patterns, reader, signal) : null
    return {
      ...describeState(reader),
      results: asked.patterns.map((written, at) => ({
        ...describeCount(written, counts[at], reader, documents?.[at]),
        ...(ids[at] && { ids: ids[at] }),
      })),
    }
  },
})

function wantsDocuments({ documents, exact }: Pick<Asked, 'documents' | 'exact'>): boolean {
  return documents === true || exact === true
}

function describeCount(
  written: WrittenPattern,
  { count, indexes, shards }: CountResult,
  reader: IndexReader,
  documents?: DocumentCountResult,
) {
  return {
    pattern: echoPattern(written),
    count,
    ...(indexes && { indexes: indexes.map((inIndex, at) => ({ index: reader.parts[at].name, count: inIndex })) }),
    ...(shards && { shards: [...shards] }),
    ...(documents && { documents: describeDocumentCount(documents) }),
  }
}

/** One pattern after the other: a single one can keep all cores busy. */
async function countDocuments(
  { matching, exact }: { matching?: Matching; exact?: boolean },
  patterns: readonly Pattern[],
  reader: IndexReader,
  signal: AbortSignal,
): Promise<DocumentCountResult[]> {
  const results: DocumentCountResult[] = []
  for (const pattern of patterns) {
    const match = await reader.find(pattern, { matching, signal })
    results.push(await reader.countDocuments(match, { exact, signal }))
  }
  return results
}
