/** How often do very many patterns occur, some of which may be too expensive to search? */
import { OmnigramError } from '../core/errors.js'
import type { Matching } from '../core/pattern.js'
import type { IndexReader } from '../query/index-reader.js'
import { askPatiently, mapInParallel } from './ask-patiently.js'

/** Patterns of one call: of plain ones what fills a few tasks, of others what fits a queue beside another such call. */
const plainBatch = 4_096
const matchingBatch = 256

/** Calls at once: while one is put together the other is searched. */
const callsAtOnce = 3

/**
 * Counts in the order of the patterns; null where a search went over its budget of live ranges, which no other pattern
 * suffers from.
 */
export async function countBatches(
  reader: IndexReader,
  patterns: readonly string[],
  matching: Matching | undefined,
  signal: AbortSignal | undefined,
): Promise<(number | null)[]> {
  const size = matching === undefined ? plainBatch : matchingBatch
  const batches: (readonly string[])[] = []
  for (let at = 0; at < patterns.length; at += size) batches.push(patterns.slice(at, at + size))
  const counts = await mapInParallel(batches, callsAtOnce, (batch) => countOrSplit(reader, batch, matching, signal))
  return counts.flat()
}

/** The whole batch, or its halves when one of its patterns is too expensive. */
async function countOrSplit(
  reader: IndexReader,
  patterns: readonly string[],
  matching: Matching | undefined,
  signal: AbortSignal | undefined,
): Promise<(number | null)[]> {
  try {
    const results = await askPatiently(signal, () => reader.count(patterns, { matching, signal }))
    return results.map(({ count }) => count)
  } catch (error) {
    if (!(error instanceof OmnigramError) || error.code !== 'too-expensive') throw error
    if (patterns.length === 1) return [null]
  }
  const middle = Math.ceil(patterns.length / 2)
  const first = await countOrSplit(reader, patterns.slice(0, middle), matching, signal)
  return [...first, ...(await countOrSplit(reader, patterns.slice(middle), matching, signal))]
}
