/** How are documents handed to the native core? */
import { Buffer } from 'node:buffer'
import type { SpoolBatch, TokenSpoolBatch } from '#native'
import type { CorpusDocument } from '../core/document.js'

/** Lays the texts back to back. O(bytes). */
export function packBatch(documents: readonly CorpusDocument[]): SpoolBatch {
  const textEnds = new Float64Array(documents.length)
  let endOffset = 0
  for (const [index, { text }] of documents.entries()) {
    endOffset += text.length
    textEnds[index] = endOffset
  }
  return {
    texts: Buffer.concat(
      documents.map(({ text }) => text),
      endOffset,
    ),
    textEnds,
    ...packRecords(documents),
  }
}

/** Lays the token ids back to back. O(tokens). */
export function packTokenBatch(documents: readonly CorpusDocument[]): TokenSpoolBatch {
  const tokenEnds = new Float64Array(documents.length)
  let end = 0
  for (const [index, { tokens }] of documents.entries()) {
    end += tokens?.length ?? 0
    tokenEnds[index] = end
  }
  const tokens = new Uint32Array(end)
  for (const [index, document] of documents.entries()) {
    if (document.tokens) tokens.set(document.tokens, tokenEnds[index] - document.tokens.length)
  }
  return { tokens, tokenEnds, ...packRecords(documents) }
}

function packRecords(documents: readonly CorpusDocument[]) {
  return {
    externalIds: documents.map(({ externalId }) => externalId),
    metadata: documents.map(({ metadata }) => metadata),
    facets: documents.flatMap(({ facets }) => facets),
  }
}
