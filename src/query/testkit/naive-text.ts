/** Where does a pattern stand in one text, and where are the text's character edges? Found by plain scanning. */
import type { Matching } from '../../core/pattern.js'

/** A place in a text. */
export interface Place {
  readonly startOffset: number
  readonly endOffset: number
}

/** All places of `pattern` in `text`, overlapping ones too, by start. */
export function findPlaces(text: Buffer, pattern: Uint8Array, matching?: Matching): Place[] {
  // The empty pattern has nothing to vary: it stands at every byte.
  const isVaried = pattern.length > 0 && (matching?.ignoreCase || matching?.flexibleSpace)
  if (isVaried) return findAlternatives(text, pattern, matching)
  const places: Place[] = []
  let at = text.indexOf(pattern)
  while (at >= 0) {
    places.push({ startOffset: at, endOffset: at + pattern.length })
    if (at === text.length) break
    at = text.indexOf(pattern, at + 1)
  }
  return places
}

/** By a regular expression at each character: the `iu` flags fold case as Unicode's C + S do. */
function findAlternatives(text: Buffer, pattern: Uint8Array, matching: Matching): Place[] {
  const source = Buffer.from(pattern).toString()
  const [, before, inner, after] = /^(\p{White_Space}*)(.*?)(\p{White_Space}*)$/su.exec(source) ?? []
  const pieces = matching.flexibleSpace ? inner.split(/\p{White_Space}+/u) : [inner]
  const body = pieces.map(escapeText).join('\\p{White_Space}+')
  const expression = new RegExp(`${escapeText(before)}${body}${escapeText(after)}`, matching.ignoreCase ? 'iuy' : 'uy')
  const characters = text.toString()
  const places: Place[] = []
  let startOffset = 0
  for (let unit = 0; unit <= characters.length; ) {
    expression.lastIndex = unit
    const found = expression.exec(characters)
    if (found) places.push({ startOffset, endOffset: startOffset + Buffer.byteLength(found[0]) })
    const character = String.fromCodePoint(characters.codePointAt(unit) ?? 0)
    startOffset += Buffer.byteLength(character)
    unit += character.length
  }
  return places
}

function escapeText(text: string): string {
  return [...text].map((character) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join('')
}

const knownEdges = new WeakMap<Buffer, readonly number[]>()

/** Byte offsets at which a character starts, and the end of the text. */
export function characterEdges(text: Buffer): readonly number[] {
  const known = knownEdges.get(text)
  if (known) return known
  const edges = [0]
  for (const character of text.toString()) edges.push(edges[edges.length - 1] + Buffer.byteLength(character))
  knownEdges.set(text, edges)
  return edges
}
