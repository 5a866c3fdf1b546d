/** Which share of an item's windows stands in the corpus, and what class does that make it? */
import type { SoughtWindow } from './count-windows.js'
import { classify, type Thresholds } from './item-class.js'
import type { ViewScore } from './report.js'
import type { ViewName } from './views.js'
import { mergeParts, type ViewText } from './windows.js'

export function isFound({ count }: SoughtWindow): boolean {
  return count !== null && count > 0
}

/** O(windows). */
export function scoreItem(
  view: ViewName,
  text: ViewText,
  windows: readonly SoughtWindow[],
  thresholds: Thresholds,
): ViewScore {
  const found = windows.filter(isFound)
  const eta = windows.length === 0 ? null : found.length / windows.length
  return {
    view,
    windows: windows.length,
    matched: found.length,
    undecided: windows.filter(({ count }) => count === null).length,
    eta,
    class: classify(eta, thresholds),
    counts: found.length === 0 ? null : windows.map(({ count }) => count ?? 0),
    spans: mergeParts(found.map((window) => text.toSource(window))).map(({ start, end }) => [start, end]),
  }
}
