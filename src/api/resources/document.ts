/** What does a document say? `GET /v1/indexes/{name}/documents/{id}` */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { IndexReader } from '../../query/index-reader.js'
import { defineRoute } from '../route.js'
import { describeDocument, describeState, documentInfoSchema, stateFields } from '../schemas/answer.js'
import { integerText } from '../schemas/request.js'

const offset = z.number().int().min(0)

export const documentRoute = defineRoute({
  operationId: 'readDocument',
  path: '/v1/indexes/:names/documents/:id',
  summary: 'Read a document, or a part of it',
  description: `The text between two byte offsets, moved inwards to whole characters: up to ${limits.extractBytes}.`,
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
      start: integerText(0, Number.MAX_SAFE_INTEGER, 'First byte; 0 by default.').optional(),
      end: integerText(
        0,
        Number.MAX_SAFE_INTEGER,
        'The byte after the last; the end of the document by default.',
      ).optional(),
    }),
    toRequest: (query) => query,
  },
  answer: z.object({
    generation: stateFields.generation,
    indexes: stateFields.indexes,
    document: documentInfoSchema,
    text: z.string(),
    startOffset: offset.describe('Byte offset of the text in the document.'),
    endOffset: offset,
    startUtf16Offset: offset.describe('The same place in UTF-16 units of the document.'),
    startCharacterOffset: offset.describe('The same place in code points of the document.'),
    tookMs: stateFields.tookMs,
  }),
  problems: ['unknown-index', 'unknown-document', 'too-large', 'damaged-index'],
  cost: () => 5,

  async handle({ params, request: { start = 0, end }, reader, signal }) {
    const number = await findDocument(reader, params.id, signal)
    const info = await reader.documentInfo(number, { signal })
    const lastOffset = Math.min(end ?? info.textBytes, info.textBytes)
    checkPart(start, lastOffset, info.textBytes)
    const { bytes, startOffset, endOffset } = await reader.extract(number, start, lastOffset, { signal })
    const units = await reader.countUnits(number, startOffset, { signal })
    return {
      ...describeState(reader),
      document: describeDocument(reader, info),
      text: Buffer.from(bytes).toString(),
      startOffset,
      endOffset,
      startUtf16Offset: units.utf16Units,
      startCharacterOffset: units.codePoints,
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

function checkPart(start: number, end: number, textBytes: number): void {
  if (start > end) {
    throw new OmnigramError('bad-argument', `start is ${start} and end ${end} in a document of ${textBytes} bytes.`)
  }
  if (end - start > limits.extractBytes) {
    throw new OmnigramError(
      'too-large',
      `${end - start} bytes are asked for, the limit is ${limits.extractBytes}: give start and end.`,
    )
  }
}
