/** Where may a span of a text begin and end, so that it holds whole words? */

/** For each offset 0..length of a text, in symbols. */
export interface SpanEdges {
  /** 1 where a word begins. */
  readonly starts: Uint8Array
  /** 1 where a span may end: before a word, after one, or at the end of the text. */
  readonly ends: Uint8Array
  /** 1 for a symbol that closes a clause: no span goes on behind it. */
  readonly delimiters: Uint8Array
}

const wordCharacter = /[\p{L}\p{N}\p{M}_]/u
const blank = /\s/u

/**
 * A word is a run of letters, digits, marks and underscores; any other character but white space is a word of its own. The
 * delimiters are the line feed and the full stop (OLMoTrace, Liu et al. 2025, arXiv:2504.07096). Offsets count bytes of UTF-8; there is no edge
 * inside a character. O(text).
 */
export function findWordEdges(text: string): SpanEdges {
  const length = Buffer.byteLength(text)
  const edges = {
    starts: new Uint8Array(length + 1),
    ends: new Uint8Array(length + 1),
    delimiters: new Uint8Array(length + 1),
  }
  let offset = 0
  let before = ' '
  for (const character of text) {
    const isInside = wordCharacter.test(before) && wordCharacter.test(character)
    if (!isInside && !blank.test(character)) edges.starts[offset] = 1
    if (!isInside && !blank.test(before)) edges.ends[offset] = 1
    if (character === '\n' || character === '.') edges.delimiters[offset] = 1
    offset += Buffer.byteLength(character)
    before = character
  }
  if (!blank.test(before)) edges.ends[offset] = 1
  return edges
}

/**
 * Edges between tokens: a token begins a word when its text begins with white space or the text before it does not end in a word.
 * `texts` are the tokens' own, null where a token is a piece of a character.
 */
export function findTokenEdges(texts: readonly (string | null)[]): SpanEdges {
  const edges = {
    starts: new Uint8Array(texts.length + 1),
    ends: new Uint8Array(texts.length + 1),
    delimiters: new Uint8Array(texts.length + 1),
  }
  let before: string | null = ' '
  for (const [place, text] of texts.entries()) {
    if (isBoundary(before, text)) {
      edges.starts[place] = 1
      edges.ends[place] = 1
    }
    if (text !== null && /[\n.]/.test(text)) edges.delimiters[place] = 1
    before = text
  }
  edges.ends[texts.length] = 1
  return edges
}

function isBoundary(before: string | null, after: string | null): boolean {
  if (before === null || after === null) return false
  const [last, first] = [Array.from(before).at(-1) ?? ' ', Array.from(after)[0] ?? ' ']
  return !(wordCharacter.test(last) && wordCharacter.test(first))
}
