/** Where in a text does a string stand most nearly, and how many characters away? */

export interface NearestPlace {
  /** Insertions, deletions and replacements of UTF-16 units. */
  readonly distance: number
  /** Where it ends, in UTF-16 units; the first of equal places. */
  readonly end: number
}

const wordBits = 32

/**
 * The best of all places of `text` for the whole of `pattern` (Sellers 1980, doi:10.1016/0196-6774(80)90016-4), a word of 32 rows of the
 * table at a time (Myers 1999, doi:10.1145/316542.316550). O(text · pattern / 32).
 */
export function findNearest(pattern: string, text: string): NearestPlace {
  const exact = text.indexOf(pattern)
  if (exact >= 0) return { distance: 0, end: exact + pattern.length }
  const words = Math.ceil(pattern.length / wordBits)
  const equalsOf = findUnits(pattern, words)
  const none = new Int32Array(words)
  // Bits of the rows that are one more, and one less, than the row above.
  const rises = new Int32Array(words).fill(-1)
  const falls = new Int32Array(words)
  const lastBit = 1 << ((pattern.length - 1) % wordBits)
  let distance = pattern.length
  let best: NearestPlace = { distance, end: 0 }
  for (let at = 0; at < text.length; at++) {
    const equals = equalsOf.get(text.charCodeAt(at)) ?? none
    // The change from the column before in the row above a word; a place may begin anywhere, so 0 above the first.
    let change = 0
    for (let word = 0; word < words; word++) {
      const [rise, fall] = [rises[word] ?? 0, falls[word] ?? 0]
      const equal = equals[word] ?? 0
      const vertical = equal | fall
      const carried = change < 0 ? equal | 1 : equal
      const horizontal = ((((carried & rise) + rise) | 0) ^ rise) | carried
      const up = fall | ~(horizontal | rise)
      const down = rise & horizontal
      const edge = word === words - 1 ? lastBit : 1 << (wordBits - 1)
      const shiftedUp = (up << 1) | (change > 0 ? 1 : 0)
      const shiftedDown = (down << 1) | (change < 0 ? 1 : 0)
      rises[word] = shiftedDown | ~(vertical | shiftedUp)
      falls[word] = shiftedUp & vertical
      change = (up & edge) !== 0 ? 1 : (down & edge) !== 0 ? -1 : 0
    }
    distance += change
    if (distance < best.distance) best = { distance, end: at + 1 }
  }
  return best
}

/** For each unit of the pattern, the bits of the rows that have it. */
function findUnits(pattern: string, words: number): Map<number, Int32Array> {
  const rowsOf = new Map<number, Int32Array>()
  for (let row = 0; row < pattern.length; row++) {
    const unit = pattern.charCodeAt(row)
    const rows = rowsOf.get(unit) ?? new Int32Array(words)
    rows[row >> 5] = (rows[row >> 5] ?? 0) | (1 << (row % wordBits))
    rowsOf.set(unit, rows)
  }
  return rowsOf
}
