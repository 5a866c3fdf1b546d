/** Which positions does a random sample take? The same ones for the same seed. */

/**
 * `limit` different positions below `count` (all of them when there are no more), ascending. O(limit), by Floyd's
 * method: R. W. Floyd and J. Bentley, "A sample of brilliance", 1987, doi:10.1145/30401.315746.
 */
export function samplePositions(count: number, limit: number, seed: number): number[] {
  if (count <= limit) return Array.from({ length: count }, (_, position) => position)
  const next = startRandom(seed)
  const chosen = new Set<number>()
  for (let last = count - limit; last < count; last++) {
    const position = Math.floor(next() * (last + 1))
    chosen.add(chosen.has(position) ? last : position)
  }
  return [...chosen].sort((a, b) => a - b)
}

/** SplitMix64 as numbers in [0, 1) of 53 bits: S. Vigna, doi:10.1145/2714064.2660195. */
function startRandom(seed: number): () => number {
  let state = BigInt(seed)
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n)
    let mixed = state
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n)
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn)
    mixed ^= mixed >> 31n
    return Number(mixed >> 11n) / 2 ** 53
  }
}
