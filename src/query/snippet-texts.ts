/** What do the snippets of a token index say, and where in the text is the match? */
import type { Occurrence, Snippet } from './index-reader.js'
import type { SymbolCoder } from './symbol-coder.js'

/** Fills in the texts, of all occurrences at once; without a tokenizer nothing changes. */
export async function tellSnippets(occurrences: readonly Occurrence[], coder: SymbolCoder): Promise<Occurrence[]> {
  const pieces = occurrences.flatMap(({ startOffset, endOffset, snippet: { tokens, startOffset: from } }) =>
    tokens ? [tokens.subarray(0, startOffset - from), tokens.subarray(0, endOffset - from), tokens] : [],
  )
  const texts = await coder.decode(pieces)
  return occurrences.map((occurrence, at) => {
    const [before, withMatch, whole] = texts.slice(3 * at, 3 * at + 3)
    if (before === null || withMatch === null || whole === null) return occurrence
    return { ...occurrence, snippet: describe(occurrence.snippet, before, withMatch, whole) }
  })
}

/** A match that begins or ends inside a character shows the whole of it. */
function describe(snippet: Snippet, before: string, withMatch: string, whole: string): Snippet {
  const matchStart = commonLength(before, whole)
  let matchEnd = Math.max(matchStart, commonLength(withMatch, whole))
  if (matchEnd < withMatch.length) {
    const character = whole.codePointAt(matchEnd)
    if (character !== undefined) matchEnd += String.fromCodePoint(character).length
  }
  // Pieces of characters at the edges say nothing.
  const head = snippet.isCutBefore ? leadingPieces(whole.slice(0, matchStart)) : 0
  const tail = snippet.isCutAfter ? trailingPieces(whole.slice(matchEnd)) : 0
  return {
    ...snippet,
    text: whole.slice(head, whole.length - tail),
    matchStart: matchStart - head,
    matchEnd: matchEnd - head,
  }
}

/** UTF-16 units that two texts begin with alike, not ending inside a character. */
function commonLength(some: string, other: string): number {
  let length = 0
  while (length < some.length && some[length] === other[length]) length++
  return length > 0 && /[\ud800-\udbff]/.test(some[length - 1]) && length < some.length ? length - 1 : length
}

function leadingPieces(text: string): number {
  return /^\ufffd*/.exec(text)?.[0].length ?? 0
}

function trailingPieces(text: string): number {
  return text.length - text.replace(/\ufffd+$/, '').length
}
