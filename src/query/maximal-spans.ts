/** Which stretches of a text match and cannot be made longer on either side? */
import { characterEnd, characterStart } from './cut-snippet.js'

export interface TextSpan {
  readonly startOffset: number
  readonly endOffset: number
}

/**
 * The maximal spans of whole characters, by start, from the longest match at each byte in each shard. O(text * shards).
 */
export function findMaximalSpans(
  text: Uint8Array,
  shardMatches: readonly Float64Array[],
  minBytes: number,
): TextSpan[] {
  const spans: TextSpan[] = []
  let reachedOffset = 0
  for (let startOffset = 0; startOffset < text.length; startOffset = characterEnd(text, startOffset + 1)) {
    let longest = 0
    for (const matches of shardMatches) longest = Math.max(longest, matches[startOffset])
    const endOffset = characterStart(text, startOffset + longest)
    if (endOffset <= reachedOffset || endOffset <= startOffset) continue
    reachedOffset = endOffset
    if (endOffset - startOffset >= minBytes) spans.push({ startOffset, endOffset })
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
