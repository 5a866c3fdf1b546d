/** Which neighbouring shards become one? */

/** Shards of a list, from one on. */
export interface ShardGroup {
  readonly first: number
  readonly count: number
}

/** Shards of a tier that become one, at least and at most. */
const minFanIn = 4
const maxFanIn = 8
/** A shard of the next tier is as many times larger. */
const tierFactor = 4
/** What the native core merges at once. */
const maxGroup = 255

/** Text of the largest shard of the lowest tier. */
const lowestTierBytes = 2 ** 20

/**
 * Groups in which neighbours of about the same size are merged: as soon as four of a tier stand side by side, with none of a
 * higher tier between, they become one, up to eight of them at once, until no four are left. So a document is written anew once a tier, however often the index
 * grows: O(log n) times. Groups cover the list in order; one of one shard is left as it is.
 */
export function planTiers(sizes: readonly number[]): ShardGroup[] {
  let parts = sizes.map((size, first) => ({ first, count: 1, size }))
  for (let run = findRun(parts); run !== null; run = findRun(parts)) {
    const merged = parts.slice(run.first, run.first + run.count)
    const whole = {
      first: merged[0].first,
      count: merged.reduce((sum, { count }) => sum + count, 0),
      size: merged.reduce((sum, { size }) => sum + size, 0),
    }
    parts = [...parts.slice(0, run.first), whole, ...parts.slice(run.first + run.count)]
  }
  return parts.map(({ first, count }) => ({ first, count }))
}

/** Groups so that `into` shards are left at most, all of about the same size. */
export function planInto(sizes: readonly number[], into: number): ShardGroup[] {
  const groups: ShardGroup[] = []
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let [first, before] = [0, 0]
  for (const [at, size] of sizes.entries()) {
    before += size
    const groupsLeft = into - groups.length - 1
    const isLast = at === sizes.length - 1
    // Cut where the next border is nearest, and never later than would leave a group without a shard.
    const border = (total * (groups.length + 1)) / into
    const isNearest = before + (sizes[at + 1] ?? 0) / 2 >= border
    const isNeeded = sizes.length - at - 1 <= groupsLeft
    if (isLast || (groupsLeft > 0 && (isNearest || isNeeded))) {
      groups.push({ first, count: at + 1 - first })
      first = at + 1
    }
  }
  return groups
}

/** Parts of so many shards of which none has more than the native core merges at once: a larger group is merged in rounds. */
export function splitGroup(count: number): ShardGroup[] {
  const pieces = Math.ceil(count / maxGroup)
  return Array.from({ length: pieces }, (_, piece) => {
    const first = Math.floor((count * piece) / pieces)
    return { first, count: Math.floor((count * (piece + 1)) / pieces) - first }
  })
}

function findRun(parts: readonly { readonly size: number }[]): ShardGroup | null {
  const tiers = parts.map(({ size }) => tierOf(size))
  for (const tier of [...new Set(tiers)].sort((a, b) => a - b)) {
    for (let first = 0; first < parts.length; first++) {
      let [count, ofTier] = [0, 0]
      for (let at = first; at < parts.length && tiers[at] <= tier && ofTier < maxFanIn; at++) {
        count += 1
        if (tiers[at] === tier) ofTier += 1
      }
      if (ofTier >= minFanIn) return { first, count }
    }
  }
  return null
}

function tierOf(size: number): number {
  return Math.max(0, Math.ceil(Math.log(size / lowestTierBytes) / Math.log(tierFactor)))
}
