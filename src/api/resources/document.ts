/** What does a document say? `GET /v1/indexes/{name}/documents/{id}` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { DocumentInfo, IndexReader } from '../../query/index-reader.js'
import { decodeText } from '../../query/text-bytes.js'
import { defineRoute } from '../route.js'
import { describeDocument, describeState, documentInfoSchema, stateFields } from '../schemas/answer.js'
import { integerText } from '../schemas/request.js'

const offset = z.number().int().min(0)

export const documentRoute = defineRoute({
  operationId: 'readDocument',
  path: '/v1/indexes/:names/documents/:id',
  summary: 'Read a document, or a part of it',
  description: [
    `The text between two byte offsets, moved inwards to whole characters: up to ${limits.extractBytes}.`,
    'In an index of tokens offsets count tokens, and the text is what they say.',
  ].join(' '),
  tag: 'documents',
  scope: 'documents',
  params: z.object({
    names: z
      .string()
      .min(1)
      .regex(/^[^,]*$/, 'a document is of one index')
      .describe('Name of one index.'),
    id: z.string().min(1).describe('Number of the document, or `id:` and its external id.'),
  }),
  request: z.strictObject({ start: offset.optional(), end: offset.optional() }),
  hasBody: false,
  link: {
    query: z.strictObject({
      start: integerText(0, Number.MAX_SAFE_INTEGER, 'First byte, or token; 0 by default.').optional(),
      end: integerText(
        0,
        Number.MAX_SAFE_INTEGER,
        'The byte, or token, after the last; the end of the document by default.',
      ).optional(),
    }),
    toRequest: (query) => query,
  },
  answer: z.object({
    generation: stateFields.generation,
    indexes: stateFields.indexes,
    document: documentInfoSchema,
    text: z.string().nullable().describe('Null where nothing tells what the tokens say.'),
    ids: z.array(offset).optional().describe('The token ids, in an index of tokens.'),
    startOffset: offset.describe('Offset of the text in the document, in bytes or tokens.'),
    endOffset: offset,
    startUtf16Offset: offset
      .nullable()
      .describe('The same place in UTF-16 units of the document; null in an index of tokens.'),
    startCharacterOffset: offset.nullable().describe('The same place in code points of the document, likewise.'),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'unknown-document', 'hidden-document', 'too-large', 'damaged-index'],
  cost: () => 5,

  async handle({ params, request: { start = 0, end }, reader, signal }) {
    const number = await findDocument(reader, params.id, signal)
    const info = await reader.documentInfo(number, { signal })
    const lastOffset = Math.min(end ?? info.symbolCount, info.symbolCount)
    checkPart(start, lastOffset, info)
    const { bytes, tokens, startOffset, endOffset } = await reader.extract(number, start, lastOffset, { signal })
    const units = tokens ? null : await reader.countUnits(number, startOffset, { signal })
    return {
      ...describeState(reader),
      document: describeDocument(reader, info),
      text: bytes && decodeText(bytes),
      ...(tokens && { ids: [...tokens] }),
      startOffset,
      endOffset,
      startUtf16Offset: units?.utf16Units ?? null,
      startCharacterOffset: units?.codePoints ?? null,
    }
  },
})

async function findDocument(reader: IndexReader, id: string, signal: AbortSignal): Promise<number> {
  if (!id.startsWith('id:')) {
    if (/^\d{1,15}$/.test(id)) return Number(id)
    throw new OmnigramError(
      'unknown-document',
      `'${id.slice(0, 100)}' is not a number; external ids are written id:NAME.`,
    )
  }
  const number = await reader.findExternalId(id.slice(3), { signal })
  if (number === null)
    throw new OmnigramError('unknown-document', `No document has the external id '${id.slice(3, 103)}'.`)
  return number
}

function checkPart(start: number, end: number, { symbolCount, textBytes }: DocumentInfo): void {
  const [what, limit] = textBytes === null ? ['tokens', limits.extractBytes / 4] : ['bytes', limits.extractBytes]
  if (start > end) {
    throw new OmnigramError('bad-argument', `start is ${start} and end ${end} in a document of ${symbolCount} ${what}.`)
  }
  if (end - start > limit) {
    throw new OmnigramError(
      'too-large',
      `${end - start} ${what} are asked for, the limit is ${limit}: give start and end.`,
    )
  }
}
