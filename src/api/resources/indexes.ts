/** Which indexes are there, and what is in them? `GET /v1/indexes`, `GET /v1/indexes/{names}` */
import { z } from 'zod'
import { fileBytesOf, visibleDocumentsOf, visibleSymbolsOf } from '../../core/manifest.js'
import type { IndexReader } from '../../query/index-reader.js'
import { defineRoute } from '../route.js'
import { describeIndex, stateFields } from '../schemas/answer.js'
import { namesParams } from '../schemas/request.js'
import { version } from '../version.js'

const count = z.number().int().min(0)

const indexSchema = z
  .object({
    name: z.string(),
    generation: z.string(),
    manifestSha256: z.string().describe('Of the manifest of the generation, which names every shard by its checksum.'),
    symbols: z.enum(['bytes', 'tokens']).describe('What is indexed.'),
    documents: count.describe('Those that can be seen.'),
    hiddenDocuments: count.describe('Documents that were taken down and wait for the next merge.'),
    textBytes: count.describe('Of an index of tokens, the text that was tokenised; 0 where ids came ready.'),
    symbolCount: count.describe('Bytes of text, or tokens.'),
    vocabulary: count.nullable().describe('Token ids are below it; null where bytes are indexed, or nothing was said.'),
    hasTokenizer: z.boolean().describe('Whether text can be asked for in an index of tokens, and is told.'),
    indexBytes: count,
    ratio: z.number().nullable().describe('indexBytes / textBytes; null where there is no text.'),
    facetFields: z.array(z.string()),
    verified: z.boolean().describe('Whether all files have been compared with their checksums since they were opened.'),
  })
  .meta({ id: 'Index' })

const fullIndexSchema = indexSchema
  .extend({
    shards: z.array(
      z.object({
        documents: count,
        hiddenDocuments: count,
        textBytes: count,
        symbolCount: count,
        indexBytes: count,
        checksum: z.string(),
      }),
    ),
    replacedCharacters: count.describe('Characters that were not valid UTF-8 in the corpus and became U+FFFD.'),
    skipped: z.record(z.string(), count).describe('What of the corpus was not indexed, by reason.'),
  })
  .meta({ id: 'FullIndex' })

const versionField = z.string().describe('Version of the server.')

export const indexesRoute = defineRoute({
  operationId: 'listIndexes',
  path: '/v1/indexes',
  summary: 'List the indexes',
  tag: 'indexes',
  scope: 'count',
  params: z.object({}),
  request: z.strictObject({}),
  hasBody: false,
  link: { query: z.strictObject({}), toRequest: () => ({}) },
  answer: z.object({ indexes: z.array(indexSchema), version: versionField, tookMs: stateFields.tookMs }),
  problems: ['damaged-index'],
  cost: () => 1,
  handle: async ({ indexes }) => ({ indexes: indexes.list().map(describeIndex), version }),
})

export const indexRoute = defineRoute({
  operationId: 'describeIndexes',
  path: '/v1/indexes/:names',
  summary: 'Describe one index or several',
  tag: 'indexes',
  scope: 'count',
  params: namesParams,
  request: z.strictObject({}),
  hasBody: false,
  link: { query: z.strictObject({}), toRequest: () => ({}) },
  answer: z.object({ indexes: z.array(fullIndexSchema), version: versionField, tookMs: stateFields.tookMs }),
  problems: ['unknown-index', 'damaged-index'],
  cost: () => 1,
  handle: async ({ params: { names }, indexes }) => ({
    indexes: names.split(',').map((name) => describeFully(indexes.open(name))),
    version,
  }),
})

function describeFully(reader: IndexReader) {
  const { statistics, shards } = reader.manifest
  return {
    ...describeIndex(reader),
    shards: shards.map((shard) => ({
      documents: visibleDocumentsOf(shard),
      hiddenDocuments: shard.hidden?.documents ?? 0,
      textBytes: shard.symbolCount === undefined ? visibleSymbolsOf(shard) : shard.textBytes,
      symbolCount: visibleSymbolsOf(shard),
      indexBytes: fileBytesOf(shard),
      checksum: shard.checksum,
    })),
    replacedCharacters: statistics.replacedCharacters,
    skipped: { ...statistics.skipped },
  }
}
