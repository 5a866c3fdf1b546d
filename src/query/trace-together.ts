/** Which stretches of a text stand in any of several indexes, and how often in all of them? */
import { limits } from '../core/limits.js'
import type { Pattern } from '../core/pattern.js'
import type { CallOptions, IndexReader, Span, Symbols, TraceOptions } from './index-reader.js'
import { keepMaximal } from './maximal-spans.js'
import { startClock } from './query-call.js'
import { sumUp } from './sum-up.js'

/** A span that is maximal in one index may be part of a longer one in another; what is left is counted in all. */
export async function traceTogether(
  readers: readonly IndexReader[],
  text: Pattern,
  options: TraceOptions,
): Promise<Span[]> {
  const left = startClock(options)
  // The readers are of one kind, and of one tokenizer.
  const [symbols] = await readers[0].encode([text])
  const traced = await Promise.all(readers.map((reader) => reader.trace(symbols, options)))
  const spans = keepMaximal(traced.flat())
  const patterns = spans.map(({ startOffset, endOffset }) => symbols.slice(startOffset, endOffset))
  const counts = await Promise.all(readers.map((reader) => countSpans(reader, patterns, left())))
  return spans.map((span, at) => ({ ...span, count: sumUp(counts, (count) => count[at]) }))
}

/** In batches as large as a request may be; a span too long for a pattern goes through a cursor. */
async function countSpans(reader: IndexReader, patterns: readonly Symbols[], options: CallOptions): Promise<number[]> {
  const isShort = (pattern: Symbols) => pattern.length <= limits.patternUnits
  const short = patterns.filter(isShort)
  const counts: number[] = []
  for (let at = 0; at < short.length; at += limits.patternsPerRequest) {
    const results = await reader.count(short.slice(at, at + limits.patternsPerRequest), options)
    counts.push(...results.map(({ count }) => count))
  }
  let next = 0
  return Promise.all(
    patterns.map((pattern) => (isShort(pattern) ? counts[next++] : reader.cursor().push(pattern, options))),
  )
}
