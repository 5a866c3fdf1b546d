/** Where in a text does a string stand most nearly, and how many characters away? */

export interface NearestPlace {
  /** Insertions, deletions and replacements of UTF-16 units. */
  readonly distance: number
  /** Where it ends, in UTF-16 units; the first of equal places. */
  readonly end: number
}

/** The best of all places of `text` for the whole of `pattern` (Sellers 1980, doi:10.1016/0196-6774(80)90016-4). O(text · pattern). */
export function findNearest(pattern: string, text: string): NearestPlace {
  const exact = text.indexOf(pattern)
  if (exact >= 0) return { distance: 0, end: exact + pattern.length }
  // Distances of each prefix of the pattern to the best string that ends here.
  let column = Uint32Array.from({ length: pattern.length + 1 }, (_, row) => row)
  let best: NearestPlace = { distance: pattern.length, end: 0 }
  for (let at = 0; at < text.length; at++) {
    const next = new Uint32Array(pattern.length + 1)
    for (let row = 1; row <= pattern.length; row++) {
      const isSame = text.charCodeAt(at) === pattern.charCodeAt(row - 1)
      const replaced = (column[row - 1] ?? 0) + (isSame ? 0 : 1)
      next[row] = Math.min(replaced, (column[row] ?? 0) + 1, (next[row - 1] ?? 0) + 1)
    }
    column = next
    const distance = column[pattern.length] ?? 0
    if (distance < best.distance) best = { distance, end: at + 1 }
  }
  return best
}
