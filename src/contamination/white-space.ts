/** What counts as white space? One declared set for the starts of words, and the one of Unicode for runs that match. */

/**
 * Unicode's `White_Space` and the four separators U+001C–001F, which are white space by their bidirectional class. It is
 * what Python's `str.isspace` says, so that published figures can be repeated.
 */
const wordSpace = /[\p{White_Space}\u001c-\u001f]/u

/** Runs that the index takes for one another under `flexibleSpace`: Unicode's `White_Space` alone. */
const runs = /\p{White_Space}+/gu

/** Whether the code point ends a word. */
export function isSpace(codePoint: number): boolean {
  if (codePoint < 0x80) return codePoint === 0x20 || (codePoint >= 0x09 && codePoint <= 0x0d) || isSeparator(codePoint)
  return wordSpace.test(String.fromCodePoint(codePoint))
}

function isSeparator(codePoint: number): boolean {
  return codePoint >= 0x1c && codePoint <= 0x1f
}

/** Whether the character is one that runs are made of. */
export function isRunSpace(character: string): boolean {
  return /^\p{White_Space}$/u.test(character)
}

/** A text of which each run of white space is one blank, and where its units came from. */
export interface CollapsedText {
  readonly text: string
  /** UTF-16 offset in the source of each unit, and of the end. */
  readonly sourceOffsets: Uint32Array
}

/** O(n). */
export function collapseSpace(source: string): CollapsedText {
  const sourceOffsets = new Uint32Array(source.length + 1)
  let text = ''
  let end = 0
  const keep = (from: number, to: number) => {
    for (let offset = from; offset < to; offset++) sourceOffsets[text.length + offset - from] = offset
    text += source.slice(from, to)
  }
  for (const { 0: run, index } of source.matchAll(runs)) {
    keep(end, index)
    sourceOffsets[text.length] = index
    text += ' '
    end = index + run.length
  }
  keep(end, source.length)
  sourceOffsets[text.length] = source.length
  return { text, sourceOffsets: sourceOffsets.slice(0, text.length + 1) }
}
