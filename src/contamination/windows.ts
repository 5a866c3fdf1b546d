/** Which windows is an item's text cut into, as a view sees it? */
import { isFlexible, type ViewName } from './views.js'
import { collapseSpace, isSpace } from './white-space.js'

/** Unicode code points of a window: H. Liu et al., "Infini-gram mini: exact n-gram search at the Internet scale", 2025. */
export const windowCharacters = 50

/** A window, or another part of a view's text, in UTF-16 units. */
export interface TextPart {
  readonly start: number
  readonly end: number
}

/** A text as a view sees it. Folding case moves nothing and is left to the search; collapsing does, so that is kept. */
export interface ViewText {
  readonly text: string
  readonly windows: readonly TextPart[]
  /** The part of the item's own text that a part of this text came from. */
  toSource(part: TextPart): TextPart
}

export function viewText(source: string, view: ViewName): ViewText {
  if (!isFlexible(view))
    return { text: source, windows: cutWindows(source), toSource: ({ start, end }) => ({ start, end }) }
  const { text, sourceOffsets } = collapseSpace(source)
  return {
    text,
    windows: cutWindows(text),
    toSource: ({ start, end }) => ({ start: sourceOffsets[start], end: sourceOffsets[end] }),
  }
}

/**
 * All parts of {@link windowCharacters} code points that start at a word and lie wholly inside the text. A word starts at a
 * character that is not white space and is first or follows white space. A repeated window counts each time. O(n).
 *
 * The paper leaves word starts, the unit of 50, and the end of the text open; these are our choices.
 */
export function cutWindows(text: string): TextPart[] {
  const windows: TextPart[] = []
  let [start, end, characters] = [0, 0, 0]
  let followsSpace = true
  for (;;) {
    for (; characters < windowCharacters && end < text.length; characters++) end += unitsAt(text, end)
    if (characters < windowCharacters) return windows
    const codePoint = text.codePointAt(start) ?? 0
    const startsWithSpace = isSpace(codePoint)
    if (!startsWithSpace && followsSpace) windows.push({ start, end })
    followsSpace = startsWithSpace
    start += unitsAt(text, start)
    characters--
  }
}

/** Code points of a text. O(n). */
export function countCharacters(text: string): number {
  let characters = 0
  for (let offset = 0; offset < text.length; offset += unitsAt(text, offset)) characters++
  return characters
}

function unitsAt(text: string, offset: number): 1 | 2 {
  return (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1
}

/** Parts that overlap or touch as one, in order. */
export function mergeParts(parts: readonly TextPart[]): TextPart[] {
  const merged: { start: number; end: number }[] = []
  for (const { start, end } of [...parts].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}
