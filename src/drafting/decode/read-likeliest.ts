/** Which tokens does a model hold likeliest after each row? Asked of the model where it can say so without all its logits. */
import type { ModelSession } from '../../models/language-model.js'
import { findLargestTokens } from '../../models/softmax.js'

/**
 * Reads tokens, with `parents` as a tree that must be kept, without as a sequence. The `limit` likeliest tokens after each of them,
 * likeliest first, then by id.
 */
export async function readLikeliest(
  session: ModelSession,
  vocabulary: number,
  tokens: Uint32Array,
  parents: Int32Array | null,
  limit: number,
): Promise<Uint32Array[]> {
  if (session.readLargest !== undefined) {
    const largest = await session.readLargest(tokens, parents, limit)
    return Array.from(tokens, (_, row) => largest.subarray(row * limit, (row + 1) * limit))
  }
  const logits = await (parents === null ? session.readAll(tokens) : session.readTree(tokens, parents))
  return Array.from(tokens, (_, row) =>
    Uint32Array.from(findLargestTokens(logits.subarray(row * vocabulary, (row + 1) * vocabulary), limit)),
  )
}
