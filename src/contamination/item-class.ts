/** How contaminated is an item? */

/** `short`: no window fits into the text, so that nothing was tested. */
export const classNames = ['clean', 'suspicious', 'dirty', 'short'] as const

export type ItemClass = (typeof classNames)[number]

/** From which share of found windows an item counts as suspicious, and from which as dirty. */
export interface Thresholds {
  readonly suspiciousFrom: number
  readonly dirtyFrom: number
}

/** 20 % and 80 %: H. Liu et al., "Infini-gram mini", 2025, section 4, after H. Touvron et al., "Llama 2", 2023. */
export const paperThresholds: Thresholds = { suspiciousFrom: 0.2, dirtyFrom: 0.8 }

/** The class of a share of found windows; null is an item without windows. */
export function classify(eta: number | null, { suspiciousFrom, dirtyFrom }: Thresholds): ItemClass {
  if (eta === null) return 'short'
  if (eta >= dirtyFrom) return 'dirty'
  return eta >= suspiciousFrom ? 'suspicious' : 'clean'
}
