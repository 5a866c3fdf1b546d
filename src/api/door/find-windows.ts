/**
 * Where do all clauses of a query stand near each other? As infini-gram says it: one window at most for each occurrence of the rarest
 * clause.
 *
 * Departure: only hits in the anchor's own document are looked at, where the original loses the window when the nearest hit on one side
 * lies in a neighbouring document.
 */

/** Where a term begins. */
export interface Hit {
  readonly document: number
  readonly offset: number
}

export interface Window {
  readonly document: number
  /** Offsets of the first and the last hit. */
  readonly first: number
  readonly last: number
}

/** `maxDistance`: tokens between the starts of hits. O(n log n) for n hits in all clauses. */
export function findWindows(clauses: readonly (readonly Hit[])[], maxDistance: number): Window[] {
  const [anchors = [], ...others] = [...clauses].sort((a, b) => a.length - b.length)
  const offsets = others.map(groupOffsets)
  const windows: Window[] = []
  for (const { document, offset } of sortHits(anchors)) {
    let window: Window | null = { document, first: offset, last: offset }
    for (const byDocument of offsets) window = window && widen(window, byDocument.get(document) ?? [], maxDistance)
    if (window) windows.push(window)
  }
  return windows
}

/** Takes in the nearest hit on each side, where it is near enough; null when neither is. */
function widen({ document, first, last }: Window, offsets: readonly number[], maxDistance: number): Window | null {
  const before = offsets[countBelow(offsets, last) - 1]
  const after = offsets[countBelow(offsets, first)]
  const left = before === undefined ? null : Math.min(first, before)
  const right = after === undefined ? null : Math.max(last, after)
  const takesLeft = left !== null && first - left <= maxDistance
  const takesRight = right !== null && right - last <= maxDistance
  if (!takesLeft && !takesRight) return null
  return { document, first: takesLeft ? left : first, last: takesRight ? right : last }
}

function sortHits(hits: readonly Hit[]): Hit[] {
  return [...hits].sort((a, b) => a.document - b.document || a.offset - b.offset)
}

/** Ascending. */
function groupOffsets(hits: readonly Hit[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const { document, offset } of sortHits(hits)) {
    const group = groups.get(document)
    if (group) group.push(offset)
    else groups.set(document, [offset])
  }
  return groups
}

/** How many of the ascending offsets are below the bound. */
function countBelow(offsets: readonly number[], bound: number): number {
  let [low, high] = [0, offsets.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((offsets[middle] ?? 0) < bound) low = middle + 1
    else high = middle
  }
  return low
}
