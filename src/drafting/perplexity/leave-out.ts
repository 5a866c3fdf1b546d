/** Does a text stand in the index as a whole document, so that it can be left out of the counts exactly? */
import type { CallOptions, IndexReader } from '../../query/index-reader.js'

/** Tokens by which candidates are found. */
const probeTokens = 256

/** Documents that are compared as a whole. */
const maxCandidates = 1_000

/** The number of a document that holds exactly these tokens, or null. The text is not empty. */
export async function findWholeDocument(
  reader: IndexReader,
  tokens: Uint32Array,
  options: CallOptions = {},
): Promise<number | null> {
  const match = await reader.find(tokens.slice(0, probeTokens), options)
  for (let position: number | null = 0, seen = 0; position !== null && seen < maxCandidates; ) {
    const page = { ...options, by: 'occurrence', limit: 100, context: 0, unit: 'token', position } as const
    const found = await reader.documents(match, page)
    for (const { document, startOffset } of found.occurrences) {
      seen++
      if (startOffset !== 0 || document.symbolCount !== tokens.length) continue
      const whole = await reader.document(document.document, options)
      if (whole.tokens?.every((token, i) => token === tokens[i])) return document.document
    }
    position = found.nextPosition
  }
  return null
}
