/** Which trap goes into which document, and where in it? One trap a document, by seed alone. */
import { OmnigramError } from '../../core/errors.js'
import { seedUniform, type Uniform } from '../../core/seed-uniform.js'
import type { Trap } from '../trap.js'

/** A document that a trap may go into. */
export interface InjectionSite {
  /** Place of its file among the inputs. */
  readonly file: number
  /** From 1. */
  readonly line: number
  /** Places for a copy of a trap. */
  readonly edgeCount: number
}

export interface PlannedInjection {
  readonly trap: Trap
  readonly site: InjectionSite
  /** Numbers of its edges, ascending, one a copy. */
  readonly edges: readonly number[]
}

/**
 * Shuffles the documents, gives the traps with most copies the first that have room for them, and draws their places without replacement.
 * Controls go nowhere. O(traps · documents) at worst, mostly O(documents).
 *
 * Throws `bad-argument` where a trap finds no document.
 */
export function planInjection(
  traps: readonly Trap[],
  sites: readonly InjectionSite[],
  seed: number,
): PlannedInjection[] {
  const uniform = seedUniform(seed)
  const free = shuffle(sites, uniform)
  const wanted = traps
    .filter(({ role, repetitions }) => role === 'trap' && repetitions > 0)
    .sort((a, b) => b.repetitions - a.repetitions)
  return wanted.map((trap) => {
    const at = free.findIndex((site) => site.edgeCount >= trap.repetitions)
    const [site] = at < 0 ? [] : free.splice(at, 1)
    if (site === undefined) {
      throw new OmnigramError(
        'bad-argument',
        `No document is left with room for ${trap.repetitions} copies of ${trap.id}: ${wanted.length} traps need a document each, ` +
          `${sites.length} can take one. Give more documents, or fewer repetitions.`,
      )
    }
    return { trap, site, edges: drawDistinct(site.edgeCount, trap.repetitions, uniform) }
  })
}

function shuffle<T>(values: readonly T[], uniform: Uniform): T[] {
  const shuffled = [...values]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1))
    ;[shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]]
  }
  return shuffled
}

/** `wanted` different numbers below `count`, ascending (Floyd's method). O(wanted log wanted). */
function drawDistinct(count: number, wanted: number, uniform: Uniform): number[] {
  const drawn = new Set<number>()
  for (let last = count - wanted; last < count; last++) {
    const number = Math.floor(uniform() * (last + 1))
    drawn.add(drawn.has(number) ? last : number)
  }
  return [...drawn].sort((a, b) => a - b)
}
