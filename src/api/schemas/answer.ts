/** Which parts do answers share? */
import { z } from 'zod'
import { fileBytesOf, symbolsOf } from '../../core/manifest.js'
import type { DocumentCountResult, DocumentInfo, IndexReader, Occurrence } from '../../query/index-reader.js'

const count = z.number().int().min(0)

/** Of which state of which indexes an answer speaks. */
export const stateFields = {
  generation: z.string().describe('The live generation of the index; of several, one that changes with any of them.'),
  indexes: z.array(z.object({ name: z.string(), generation: z.string() })),
  tookMs: z.number().min(0).describe('Milliseconds spent on the server.'),
}

export function describeState(reader: IndexReader) {
  return { generation: reader.generation, indexes: reader.parts.map(({ name, generation }) => ({ name, generation })) }
}

/** What the list of indexes says of one. */
export function describeIndex({ name, generation, manifestSha256, manifest, facetFields, isVerified }: IndexReader) {
  const { documents, textBytes } = manifest.statistics
  const indexBytes = manifest.shards.reduce((sum, entry) => sum + fileBytesOf(entry), 0)
  return {
    name,
    generation,
    manifestSha256,
    symbols: manifest.symbols,
    documents,
    hiddenDocuments: manifest.shards.reduce((sum, { hidden }) => sum + (hidden?.documents ?? 0), 0),
    textBytes,
    symbolCount: symbolsOf(manifest.statistics),
    vocabulary: manifest.options.tokens?.vocabulary ?? null,
    hasTokenizer: Boolean(manifest.options.tokens?.tokenizer),
    indexBytes,
    ratio: textBytes === 0 ? null : indexBytes / textBytes,
    facetFields: [...facetFields],
    verified: isVerified,
  }
}

export const documentCountSchema = z
  .object({
    count: count.describe('Documents that hold a match; an estimate when not exact.'),
    exact: z.boolean(),
    lowerBound: count.describe('Documents certainly found.'),
    interval: z.array(count).length(2).describe('95 % interval; both ends are the count when exact.'),
  })
  .meta({ id: 'DocumentCount' })

export function describeDocumentCount({ count: found, isExact, lowerBound, interval }: DocumentCountResult) {
  return { count: found, exact: isExact, lowerBound, interval: [...interval] }
}

export const documentInfoSchema = z
  .object({
    index: z.string(),
    document: count.describe('Number of the document in its index.'),
    externalId: z.string().nullable().describe("The corpus' own name for the document."),
    metadata: z
      .string()
      .nullable()
      .describe('A JSON object as text, as it stood in the corpus: no number loses digits.'),
    facets: z.record(z.string(), z.string().nullable()),
    textBytes: count.nullable().describe('Null in an index of tokens, which keeps no text.'),
    symbolCount: count.describe('Bytes of text, or tokens.'),
  })
  .meta({ id: 'DocumentInfo' })

export const occurrenceSchema = z
  .object({
    document: documentInfoSchema,
    startOffset: count.describe('Offset of the match in the document, in bytes or tokens.'),
    endOffset: count,
    startUtf16Offset: count.optional().describe('The same place in UTF-16 units; when asked for.'),
    endUtf16Offset: count.optional(),
    snippet: z.object({
      text: z.string().nullable().describe('Null where nothing tells what the tokens say.'),
      ids: z.array(count).optional().describe('The token ids, in an index of tokens.'),
      startOffset: count.describe('Offset of the snippet in the document, in bytes or tokens.'),
      matchStart: count.describe('Where the match begins in the text of the snippet, in UTF-16 units.'),
      matchEnd: count,
      isCutBefore: z.boolean(),
      isCutAfter: z.boolean(),
    }),
    countInDocument: count.optional().describe('Occurrences in this document; by document only.'),
  })
  .meta({ id: 'Occurrence' })

/** Spelled out, so that nothing else of the reader leaks into answers; numbered within its own index. */
export function describeDocument(reader: IndexReader, info: DocumentInfo) {
  const { index, document, externalId, metadata, facets, textBytes, symbolCount } = info
  const part = reader.parts.find(({ name }) => name === index)
  return {
    index,
    document: document - (part?.firstDocument ?? 0),
    externalId,
    metadata,
    facets: { ...facets },
    textBytes,
    symbolCount,
  }
}

export function describeOccurrence(reader: IndexReader, occurrence: Occurrence) {
  const { document, startOffset, endOffset, snippet, countInDocument } = occurrence
  const { tokens, ...shown } = snippet
  return {
    document: describeDocument(reader, document),
    startOffset,
    endOffset,
    snippet: { ...shown, ...(tokens && { ids: [...tokens] }) },
    ...(countInDocument !== undefined && { countInDocument }),
  }
}
