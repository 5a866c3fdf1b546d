/** Where in a passage does a pattern stand, by the rules of a view? The same rules as the index has, on text at hand. */
import { isFlexible, type ViewName } from './views.js'
import type { TextPart } from './windows.js'

/** Places of one pattern that are looked for: a passage is short. */
const maxPlaces = 64

/** Occurrences in order, overlapping ones too. O(passage * pattern). */
export function findInText(text: string, pattern: string, view: ViewName): TextPart[] {
  if (pattern === '') return []
  const expression = toExpression(pattern, view)
  const places: TextPart[] = []
  while (places.length < maxPlaces) {
    const match = expression.exec(text)
    if (match === null) break
    places.push({ start: match.index, end: match.index + match[0].length })
    expression.lastIndex = match.index + ((text.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1)
  }
  return places
}

/** The `i` of a Unicode expression is simple case folding, as in the index. */
function toExpression(pattern: string, view: ViewName): RegExp {
  const source = isFlexible(view)
    ? pattern
        .split(/(\p{White_Space}+)/u)
        .map((piece, at, pieces) => (at % 2 === 1 && isInner(at, pieces) ? '\\p{White_Space}+' : escapeSource(piece)))
        .join('')
    : escapeSource(pattern)
  return new RegExp(source, view.startsWith('ignore-case') ? 'giu' : 'gu')
}

/** White space at an edge stands for itself. */
function isInner(at: number, pieces: readonly string[]): boolean {
  return pieces[at - 1] !== '' && pieces[at + 1] !== ''
}

function escapeSource(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
