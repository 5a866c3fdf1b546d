/** Where do the occurrences come from? `POST /v1/indexes/{names}/facets` */
import { z } from 'zod'
import { defineRoute } from '../route.js'
import { describeState, stateFields } from '../schemas/answer.js'
import { declaredIds, resolvePattern } from '../schemas/pattern.js'
import {
  booleanText,
  exactField,
  integerText,
  namesParams,
  patternFields,
  patternLink,
  readPatternLink,
} from '../schemas/request.js'

const maxValues = 10_000

const count = z.number().int().min(0)

export const facetsRoute = defineRoute({
  operationId: 'countFacets',
  path: '/v1/indexes/:names/facets',
  summary: 'Count by the values of a facet field',
  tag: 'search',
  scope: 'count',
  params: namesParams,
  request: z
    .strictObject({
      ...patternFields,
      field: z.string().min(1).max(200).describe('One of the facet fields that the index was built with.'),
      limit: z
        .number()
        .int()
        .min(1)
        .max(maxValues)
        .default(100)
        .describe('Values at most, those with most occurrences first.'),
      exact: exactField,
    })
    .meta({ examples: [{ pattern: 'natural language', field: 'source' }] }),
  hasBody: true,
  link: {
    query: z.strictObject({
      ...patternLink,
      field: z.string().min(1).max(200).describe('One of the facet fields that the index was built with.'),
      limit: integerText(1, maxValues, 'Values at most.').optional(),
      exact: booleanText('Lift the budget.').optional(),
    }),
    toRequest: readPatternLink,
  },
  answer: z.object({
    generation: stateFields.generation,
    indexes: stateFields.indexes,
    ids: declaredIds,
    field: z.string(),
    values: z.array(
      z.object({
        value: z.string().nullable().describe('Null for documents without the field.'),
        occurrences: count,
        documents: count,
      }),
    ),
    valueCount: count.describe('Values that there are, shown or not.'),
    exact: z.boolean().describe('False when the budget ended the counting early: the numbers are lower bounds.'),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'unknown-facet', 'bad-pattern', 'too-expensive', 'damaged-index'],
  cost: () => 50,

  async handle({ request: { pattern, matching, field, limit, exact }, reader, signal }) {
    const resolved = await resolvePattern(reader, pattern)
    const match = await reader.find(resolved.pattern, { matching, signal })
    const { values, isExact } = await reader.countFacets(match, field, { exact, signal })
    return {
      ...describeState(reader),
      ...resolved.declared,
      field,
      values: values.slice(0, limit).map(({ value, occurrences, documents }) => ({ value, occurrences, documents })),
      valueCount: values.length,
      exact: isExact,
    }
  },
})
