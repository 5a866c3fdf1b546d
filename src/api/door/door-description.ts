/** How is the compatible door described in the OpenAPI document? */
import type { RouteConfig } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'
import { tokenQueryTypes } from './token-request.js'

const count = z.number().int().min(0)
const always = { latency: z.number().min(0).describe('Milliseconds spent in the engine.') }

const asked = { index: z.string(), query: z.string() }

const request = z
  .union([
    z.object({ ...asked, query_type: z.enum(['count', 'find']) }),
    z.object({
      ...asked,
      query_type: z.literal('get_doc_by_rank'),
      s: count.describe('The shard.'),
      rank: count.describe('A rank inside the segment that find returned for this query and shard.'),
      max_ctx_len: z.number().int().min(1).max(10_000).optional().describe('Bytes on each side; 1000 by default.'),
    }),
  ])
  .meta({ id: 'DoorRequest' })

const answer = z
  .union([
    z.object({ count, ...always }),
    z.object({ cnt: count, segment_by_shard: z.array(z.array(count).length(2)), ...always }),
    z.object({
      doc_ix: count,
      doc_len: count,
      disp_len: count,
      needle_offset: count,
      metadata: z.string().describe('JSON as text: path, linenum, metadata.'),
      text: z.string(),
      spans: z
        .array(z.array(z.string().nullable()).length(2))
        .describe('Pieces of the text; those labelled "0" are the query.'),
      ...always,
    }),
  ])
  .meta({ id: 'DoorAnswer' })

const ids = z.array(count)

/** Of an index of tokens. */
const tokenRequest = z
  .object({
    index: z.string(),
    query: z
      .string()
      .optional()
      .describe('Text; in count, find_cnf and search_docs also with ` AND ` and ` OR `, which binds tighter.'),
    query_type: z.enum(tokenQueryTypes),
    query_ids: z
      .union([ids, z.array(z.array(ids))])
      .optional()
      .describe('Instead of query: token ids, or clauses of terms of token ids.'),
    max_support: count
      .optional()
      .describe('ntd, infgram_ntd: entries at most, the most frequent ones; 1000 by default.'),
    max_clause_freq: count.optional().describe('A clause that occurs more often is refused; 50000 by default.'),
    max_diff_tokens: count.optional().describe('Tokens between the starts of terms; 100 by default.'),
    maxnum: count.optional().describe('search_docs: documents, 1 by default.'),
    max_disp_len: count.optional().describe('Tokens of a document that are shown; 1000 by default.'),
    s: count.optional().describe('The shard.'),
    rank: count.optional().describe('get_doc_by_rank: inside the segment that find returned for this query and shard.'),
    ptr: count.optional().describe('get_doc_by_ptr: one that find_cnf returned.'),
  })
  .meta({ id: 'TokenDoorRequest' })

const tokenAnswer = z.looseObject(always).meta({ id: 'TokenDoorAnswer', description: 'The fields of infini-gram.' })

const refusal = z.object({ error: z.string() }).meta({ id: 'DoorRefusal' })

const refusals = {
  400: 'A field is missing or not valid.',
  401: 'A valid API key is needed.',
  403: 'The API key does not allow this.',
  413: 'The request is larger than the limit.',
  415: 'The body is in a format that is not spoken here.',
  422: 'The query would cost more than its budget.',
  429: 'More than the share of requests.',
  499: 'The client has gone.',
  500: 'It took too long, or something went wrong in the server.',
  503: 'The server has more work than it can queue, or an index is damaged.',
}

export const doorDescription: RouteConfig = {
  method: 'post',
  path: '/',
  operationId: 'askAsInfiniGramMini',
  summary: 'The compatible door: requests of infini-gram mini, and of infini-gram for indexes of tokens, unchanged',
  description:
    'Ranks are opaque numbers, valid inside the segments that `find` returned. All lengths are bytes, or tokens.',
  tags: ['compatible'],
  request: { body: { required: true, content: { 'application/json': { schema: z.union([request, tokenRequest]) } } } },
  responses: {
    200: { description: 'The answer.', content: { 'application/json': { schema: z.union([answer, tokenAnswer]) } } },
    ...Object.fromEntries(
      Object.entries(refusals).map(([status, description]) => [
        status,
        { description, content: { 'application/json': { schema: refusal } } },
      ]),
    ),
  },
}
