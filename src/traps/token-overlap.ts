/** How alike are two traps, and which exact pieces must a near copy share? */

/** Most that two traps may share: above it they are one trap twice. */
export const maxJaccard = 0.2

/** |A ∩ B| / |A ∪ B| of the different tokens; 0 for two empty ones. */
export function measureJaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let shared = 0
  for (const token of a) if (b.has(token)) shared++
  const united = a.size + b.size - shared
  return united === 0 ? 0 : shared / united
}

/**
 * Tokens of the longest block that a copy with at most `replaced` of `length` tokens replaced must share: ⌈(L − R)/(R + 1)⌉, by the
 * pigeonhole principle.
 */
export function findBlockLength(length: number, replaced: number): number {
  return Math.ceil((length - replaced) / (replaced + 1))
}

/** Perplexity buckets of ten: [1, 11) is 0, …, [91, 101) is 9; null outside. */
export function findPerplexityBucket(perplexity: number): number | null {
  const whole = Math.floor(perplexity)
  return whole >= 1 && whole <= 100 ? Math.floor((whole - 1) / 10) : null
}
