/** Where does a pattern stand, or which documents hold what? `POST /v1/indexes/{names}/documents` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { IndexReader, Occurrence, PageOptions } from '../../query/index-reader.js'
import { partialField } from '../partial-answer.js'
import { defineRoute, type RouteContext } from '../route.js'
import {
  describeDocument,
  describeOccurrence,
  describeState,
  documentInfoSchema,
  occurrenceSchema,
  stateFields,
} from '../schemas/answer.js'
import { declaredIds, matchingSchema, patternSchema, resolvePattern, toPattern } from '../schemas/pattern.js'
import {
  booleanText,
  callFields,
  exactField,
  integerText,
  namesParams,
  patternLink,
  readPatternLink,
  unitField,
} from '../schemas/request.js'
import { exportOccurrences } from './export-occurrences.js'

const count = z.number().int().min(0)
const by = z.enum(['occurrence', 'document'])
const terms = z.array(patternSchema).min(1).max(limits.terms).optional()

const request = z
  .strictObject({
    pattern: patternSchema.optional().describe('Either a pattern, for the places where it stands, or all/any/none.'),
    all: terms.describe('Documents that hold every one of these.'),
    any: terms.describe('Documents that hold at least one of these.'),
    none: terms.describe('Documents that hold none of these; beside all or any.'),
    matching: matchingSchema.optional(),
    by: by.default('occurrence').describe('An entry an occurrence, or an entry a document with its first occurrence.'),
    limit: z.number().int().min(1).max(limits.pageSize).default(10).describe('Entries of the page.'),
    cursor: z.string().max(200).optional().describe('`nextCursor` of the page before.'),
    context: z.number().int().min(0).max(limits.contextUnits).default(80).describe('Text on each side of the match.'),
    unit: unitField
      .optional()
      .describe('What `context` counts: characters (code points) by default, in an index of tokens tokens.'),
    sampleSeed: z
      .number()
      .int()
      .min(0)
      .max(Number.MAX_SAFE_INTEGER)
      .optional()
      .describe('Take occurrences at random, the same for the same seed.'),
    utf16Offsets: z.boolean().default(false).describe('Also say the offsets in UTF-16 units of the document.'),
    exact: exactField,
    partial: partialField,
    ...callFields,
  })
  .meta({
    examples: [
      { pattern: 'natural language', limit: 5 },
      { all: ['natural'], none: ['language'], limit: 5 },
    ],
  })

type DocumentsRequest = z.output<typeof request>
type Context = RouteContext<{ names: string }, DocumentsRequest>

export const documentsRoute = defineRoute({
  operationId: 'listDocuments',
  path: '/v1/indexes/:names/documents',
  summary: 'List occurrences or documents',
  description: [
    'A page of the places where a pattern stands, or of the documents that hold all, any or none of several patterns.',
    'With `Accept: application/x-ndjson` or `text/csv` all occurrences of a pattern are streamed.',
  ].join(' '),
  tag: 'documents',
  scope: 'documents',
  params: namesParams,
  request,
  hasBody: true,
  link: {
    query: z.strictObject({
      ...patternLink,
      by: by.optional(),
      limit: integerText(1, limits.pageSize, 'Entries of the page.').optional(),
      cursor: z.string().max(200).optional().describe('`nextCursor` of the page before.'),
      context: integerText(0, limits.contextUnits, 'Text on each side of the match.').optional(),
      unit: unitField.optional(),
      sampleSeed: integerText(0, Number.MAX_SAFE_INTEGER, 'Take occurrences at random.').optional(),
      utf16Offsets: booleanText('Also say the offsets in UTF-16 units of the document.').optional(),
    }),
    toRequest: readPatternLink,
  },
  answer: z.object({
    generation: stateFields.generation,
    indexes: stateFields.indexes,
    count: count.describe('Occurrences of the pattern, or documents that satisfy all/any/none.'),
    ids: declaredIds,
    exact: z.boolean().describe('False when the budget ended the counting early: the count is a lower bound.'),
    occurrences: z.array(occurrenceSchema).optional().describe('For a pattern.'),
    documents: z.array(documentInfoSchema).optional().describe('For all/any/none.'),
    nextCursor: z.string().nullable().describe('Give it back as `cursor` for the next page; null at the end.'),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'bad-pattern', 'bad-cursor', 'stale-cursor', 'too-expensive', 'damaged-index'],
  cost: ({ limit, context, all = [], any = [], none = [] }) =>
    2 + limit * (1 + context / 1_000) + 50 * (all.length + any.length + none.length),

  handle: async (context) => (context.request.pattern === undefined ? listByTerms(context) : listByPattern(context)),

  async stream({ request: asked, reader, signal }, readPage) {
    const { written, matching } = checkExport(asked)
    const { pattern } = await resolvePattern(reader, written)
    return exportOccurrences(reader, await reader.find(pattern, { matching, signal }), asked, readPage)
  },
})

async function listByPattern({ request: asked, reader, cursors, signal }: Context) {
  const { pattern, declared } = await resolvePattern(reader, checkPatternRequest(asked))
  const { matching, by: entry, limit, context, unit, sampleSeed, cursor } = asked
  const scope = { reader, query: describeQuery(reader, asked) }
  const position = cursor === undefined ? undefined : cursors.open(scope, cursor)
  const match = await reader.find(pattern, { matching, signal })
  const page: PageOptions = { by: entry, limit, context, unit, sampleSeed, position, signal }
  const { occurrences, nextPosition } = await reader.documents(match, page)
  return {
    ...describeState(reader),
    count: match.count,
    ...declared,
    exact: true,
    occurrences: asked.utf16Offsets
      ? await addUtf16Offsets(reader, occurrences, signal)
      : occurrences.map((occurrence) => describeOccurrence(reader, occurrence)),
    nextCursor: nextPosition === null ? null : cursors.sign(scope, nextPosition),
  }
}

async function listByTerms({ request: asked, reader, cursors, signal }: Context) {
  const { all = [], any = [], none = [], matching, limit, cursor, exact } = asked
  if (all.length + any.length === 0) {
    throw new OmnigramError('bad-argument', 'In the request: give a pattern, or patterns in all or any.')
  }
  const scope = { reader, query: describeQuery(reader, asked) }
  const position = cursor === undefined ? undefined : cursors.open(scope, cursor)
  const query = { all: all.map(toPattern), any: any.map(toPattern), none: none.map(toPattern) }
  const found = await reader.findDocuments(query, { matching, limit, position, exact, signal })
  return {
    ...describeState(reader),
    count: found.count,
    exact: found.isExact,
    documents: found.documents.map((info) => describeDocument(reader, info)),
    nextCursor: found.nextPosition === null ? null : cursors.sign(scope, found.nextPosition),
  }
}

function checkPatternRequest({ pattern, all, any, none, sampleSeed, cursor, by: entry }: DocumentsRequest) {
  if (pattern === undefined) throw new OmnigramError('bad-argument', 'In the request: there is no pattern.')
  if (all ?? any ?? none) {
    throw new OmnigramError('bad-argument', 'In the request: a pattern and all/any/none ask for different things.')
  }
  if (sampleSeed !== undefined && (cursor !== undefined || entry === 'document')) {
    throw new OmnigramError('bad-argument', 'In the request: a sample is one page of occurrences, without a cursor.')
  }
  return pattern
}

function checkExport(asked: DocumentsRequest) {
  if (asked.cursor !== undefined || asked.sampleSeed !== undefined) {
    throw new OmnigramError('bad-argument', 'In the request: an export has all rows; leave out cursor and sampleSeed.')
  }
  return { written: checkPatternRequest(asked), matching: asked.matching }
}

/** What decides the rows and their order; the size of the page and of the context may change from page to page. */
function describeQuery(
  reader: IndexReader,
  { pattern, all, any, none, matching, by: entry }: DocumentsRequest,
): string {
  const bytesAsNumbers = (_: string, value: unknown) =>
    value instanceof Uint8Array ? { bytes: Array.from(value) } : value
  return JSON.stringify(
    [reader.parts.map(({ name }) => name), pattern, all, any, none, matching, entry],
    bytesAsNumbers,
  )
}

async function addUtf16Offsets(reader: IndexReader, occurrences: readonly Occurrence[], signal: AbortSignal) {
  return Promise.all(
    occurrences.map(async (occurrence) => {
      const { document, startOffset, snippet } = occurrence
      const { utf16Units } = await reader.countUnits(document.document, startOffset, { signal })
      const matchUnits = snippet.matchEnd - snippet.matchStart
      return {
        ...describeOccurrence(reader, occurrence),
        startUtf16Offset: utf16Units,
        endUtf16Offset: utf16Units + matchUnits,
      }
    }),
  )
}
