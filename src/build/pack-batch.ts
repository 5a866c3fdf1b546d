/** How are documents handed to the native core? */
import { Buffer } from 'node:buffer'
import type { SpoolBatch } from '#native'
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
    externalIds: documents.map(({ externalId }) => externalId),
    metadata: documents.map(({ metadata }) => metadata),
    facets: documents.flatMap(({ facets }) => facets),
  }
}
