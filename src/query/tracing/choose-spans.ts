/**
 * Which of all matches of a text are worth showing? The steps of OLMoTrace (Liu et al. 2025, arXiv:2504.07096): whole words, maximal spans,
 * the rarest first.
 */
import type { SpanEdges } from './word-edges.js'

/** In symbols of the text: bytes, or tokens. */
export interface SpanPlace {
  readonly startOffset: number
  readonly endOffset: number
}

/** Share of a text's symbols that is the number of spans shown; a text of L has ⌈0.05 L⌉. */
const spanDensity = 0.05

/**
 * The longest match at each start of a word, cut after the first delimiter inside, then back to where a word ends; spans inside others are
 * dropped. `longest[i]` is the length of the longest match at i. O(text + matches).
 */
export function cutToWords(longest: ArrayLike<number>, edges: SpanEdges): SpanPlace[] {
  const delimiterEnds = nextDelimiterEnds(edges.delimiters, longest.length)
  const spans: SpanPlace[] = []
  let reachedOffset = 0
  for (let startOffset = 0; startOffset < longest.length; startOffset++) {
    if (edges.starts[startOffset] !== 1) continue
    let endOffset = Math.min(startOffset + (longest[startOffset] ?? 0), delimiterEnds[startOffset] ?? longest.length)
    while (endOffset > startOffset && edges.ends[endOffset] !== 1) endOffset--
    if (endOffset <= Math.max(reachedOffset, startOffset)) continue
    reachedOffset = endOffset
    spans.push({ startOffset, endOffset })
  }
  return spans
}

/** How many spans of a text of so many symbols are shown. */
export function countShownSpans(symbols: number): number {
  return Math.ceil(spanDensity * symbols)
}

/**
 * The `limit` spans whose symbols are rarest together (smallest sum of `logProbabilities`), the longer one among equals; in the order of the
 * text.
 */
export function chooseRarest<Span extends SpanPlace>(
  spans: readonly Span[],
  logProbabilities: ArrayLike<number>,
  limit: number,
): Span[] {
  const rarity = spans.map((span) => {
    let sum = 0
    for (let at = span.startOffset; at < span.endOffset; at++) sum += logProbabilities[at] ?? 0
    return { span, sum }
  })
  return rarity
    .sort((a, b) => a.sum - b.sum || lengthOf(b.span) - lengthOf(a.span))
    .slice(0, limit)
    .map(({ span }) => span)
    .sort((a, b) => a.startOffset - b.startOffset)
}

/** Spans that overlap or touch become one. Takes them in the order of the text. */
export function mergeOverlapping(spans: readonly SpanPlace[]): SpanPlace[] {
  const merged: { startOffset: number; endOffset: number }[] = []
  for (const { startOffset, endOffset } of spans) {
    const last = merged.at(-1)
    if (last !== undefined && startOffset <= last.endOffset) last.endOffset = Math.max(last.endOffset, endOffset)
    else merged.push({ startOffset, endOffset })
  }
  return merged
}

/** Share of the symbols that lie in a span. */
export function measureCoverage(spans: readonly SpanPlace[], symbols: number): number {
  if (symbols === 0) return 0
  const covered = mergeOverlapping(spans).reduce((sum, span) => sum + lengthOf(span), 0)
  return covered / symbols
}

function lengthOf({ startOffset, endOffset }: SpanPlace): number {
  return endOffset - startOffset
}

/** For each offset, the end of the first delimiter at or behind it. */
function nextDelimiterEnds(delimiters: Uint8Array, length: number): Float64Array {
  const ends = new Float64Array(length)
  let next = length
  for (let at = length - 1; at >= 0; at--) {
    if (delimiters[at] === 1) next = at + 1
    ends[at] = next
  }
  return ends
}
