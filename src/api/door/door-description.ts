/** How is the compatible door described in the OpenAPI document? */
import type { RouteConfig } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'

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
  summary: 'The compatible door: requests of infini-gram mini, unchanged',
  description: 'Ranks are opaque numbers, valid inside the segments that `find` returned. All lengths are bytes.',
  tags: ['compatible'],
  request: { body: { required: true, content: { 'application/json': { schema: request } } } },
  responses: {
    200: { description: 'The answer.', content: { 'application/json': { schema: answer } } },
    ...Object.fromEntries(
      Object.entries(refusals).map(([status, description]) => [
        status,
        { description, content: { 'application/json': { schema: refusal } } },
      ]),
    ),
  },
}
