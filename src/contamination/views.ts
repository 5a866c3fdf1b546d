/** In which ways may a benchmark's text and the corpus differ and still count as equal? */
import type { Matching } from '../core/pattern.js'

/**
 * `exact` is the method of the paper. The others see a copy that was re-cased or re-wrapped: their windows are cut from
 * the folded or collapsed text, and match the corpus as if it were folded or collapsed too.
 */
export const viewNames = ['exact', 'ignore-case', 'flexible-space', 'ignore-case-flexible-space'] as const

export type ViewName = (typeof viewNames)[number]

/** How the index is asked for a window of the view; undefined for byte by byte. */
export function matchingOf(view: ViewName): Matching | undefined {
  if (view === 'exact') return undefined
  return { ignoreCase: view.startsWith('ignore-case'), flexibleSpace: isFlexible(view) }
}

/** Whether a run of white space is one blank in the view. */
export function isFlexible(view: ViewName): boolean {
  return view.endsWith('flexible-space')
}
