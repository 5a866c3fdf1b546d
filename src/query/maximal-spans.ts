/** Which stretches of a text match and cannot be made longer on either side? */
import { characterEnd, characterStart } from './cut-snippet.js'
import type { Symbols } from './index-reader.js'

export interface TextSpan {
  readonly startOffset: number
  readonly endOffset: number
}

/**
 * The maximal spans by start, from the longest match at each symbol in each shard: of whole characters where text is traced
 * with such edges, else of symbols. O(text * shards).
 */
export function findMaximalSpans(
  text: Symbols,
  shardMatches: readonly Float64Array[],
  minSymbols: number,
  edges: 'character' | 'byte',
): TextSpan[] {
  const spans: TextSpan[] = []
  const isWhole = edges === 'character' && text instanceof Uint8Array
  let reachedOffset = 0
  for (let startOffset = 0; startOffset < text.length; ) {
    let longest = 0
    for (const matches of shardMatches) longest = Math.max(longest, matches[startOffset])
    const start = startOffset
    const endOffset = isWhole ? characterStart(text, start + longest) : start + longest
    startOffset = isWhole ? characterEnd(text, start + 1) : start + 1
    if (endOffset <= reachedOffset || endOffset <= start) continue
    reachedOffset = endOffset
    if (endOffset - start >= minSymbols) spans.push({ startOffset: start, endOffset })
  }
  return spans
}

/** Of spans that are maximal in one index each, those that are maximal in all of them together, by start. */
export function keepMaximal(spans: readonly TextSpan[]): TextSpan[] {
  const sorted = [...spans].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
  let reachedOffset = 0
  return sorted.filter(({ endOffset }) => {
    const isMaximal = endOffset > reachedOffset
    if (isMaximal) reachedOffset = endOffset
    return isMaximal
  })
}
