/** How well do scores tell members from non-members, and how sure is that? */
import { OmnigramError } from '../../core/errors.js'

/** Uniform numbers in [0, 1). */
type Uniform = () => number

export interface Separation {
  readonly members: number
  readonly nonMembers: number
  /** P(member scores lower) + ½ P(equal). */
  readonly auc: number
  /** 95 % by the percentiles of resampling both groups. */
  readonly aucInterval: readonly [number, number]
  /** Share of members found where at most 1 % of non-members are. */
  readonly tprAt1PercentFpr: number
  /** Share of relabellings whose AUC is at least as far above ½, this labelling counted. */
  readonly pValue: number
}

export interface SeparationOptions {
  readonly uniform: Uniform
  readonly resamples?: number
  readonly permutations?: number
}

/**
 * Lower scores mean membership. O((resamples + permutations) · n log n).
 *
 * Throws `bad-argument` when a group is empty or a score is not a number: nothing can be said then.
 */
export function measureSeparation(
  members: readonly number[],
  nonMembers: readonly number[],
  { uniform, resamples = 1000, permutations = 1000 }: SeparationOptions,
): Separation {
  if (members.length === 0 || nonMembers.length === 0) {
    throw new OmnigramError(
      'bad-argument',
      `${members.length} members and ${nonMembers.length} non-members: each group needs one at least.`,
    )
  }
  if ([...members, ...nonMembers].some(Number.isNaN)) {
    throw new OmnigramError('bad-argument', 'A score is not a number.')
  }
  const auc = measureAuc(members, nonMembers)
  const resampled = Array.from({ length: resamples }, () =>
    measureAuc(resample(members, uniform), resample(nonMembers, uniform)),
  ).sort((a, b) => a - b)
  const all = [...members, ...nonMembers]
  let atLeast = 1
  for (let i = 0; i < permutations; i++) {
    shuffle(all, uniform)
    if (measureAuc(all.slice(0, members.length), all.slice(members.length)) >= auc) atLeast++
  }
  return {
    members: members.length,
    nonMembers: nonMembers.length,
    auc,
    aucInterval: [percentile(resampled, 0.025), percentile(resampled, 0.975)],
    tprAt1PercentFpr: findTruePositiveRate(members, nonMembers, 0.01),
    pValue: atLeast / (permutations + 1),
  }
}

/** P(member < non-member) + ½ P(equal), by ranks. O(n log n). */
export function measureAuc(members: readonly number[], nonMembers: readonly number[]): number {
  const sorted = [...nonMembers].sort((a, b) => a - b)
  let wins = 0
  for (const score of members) {
    const notAbove = countBelow(sorted, score, true)
    const below = countBelow(sorted, score, false)
    wins += sorted.length - notAbove + (notAbove - below) / 2
  }
  return wins / (members.length * nonMembers.length)
}

/** The largest share of members below a threshold that at most `falsePositiveRate` of the non-members are below. */
export function findTruePositiveRate(
  members: readonly number[],
  nonMembers: readonly number[],
  falsePositiveRate: number,
): number {
  const sorted = [...nonMembers].sort((a, b) => a - b)
  const allowed = Math.floor(falsePositiveRate * sorted.length)
  const threshold = sorted[allowed]
  if (threshold === undefined) return 1
  return members.filter((score) => score < threshold).length / members.length
}

/** Share of members found where at most 0, 1, … 100 % of non-members are: 101 numbers that never fall. */
export function traceRoc(members: readonly number[], nonMembers: readonly number[]): number[] {
  return Array.from({ length: 101 }, (_, percent) => findTruePositiveRate(members, nonMembers, percent / 100))
}

/** Pearson's correlation; null when one side does not vary or there are fewer than two pairs. */
export function correlate(pairs: readonly (readonly [number, number])[]): number | null {
  const meanOf = (side: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length
  const [meanX, meanY] = [meanOf(0), meanOf(1)]
  let [products, squaresX, squaresY] = [0, 0, 0]
  for (const [x, y] of pairs) {
    products += (x - meanX) * (y - meanY)
    squaresX += (x - meanX) ** 2
    squaresY += (y - meanY) ** 2
  }
  return squaresX > 0 && squaresY > 0 ? products / Math.sqrt(squaresX * squaresY) : null
}

/** Values of a sorted list that are below `bound`, or equal to it where they count too. */
function countBelow(sorted: readonly number[], bound: number, isEqualCounted: boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const value = sorted[middle] ?? 0
    if (value < bound || (isEqualCounted && value === bound)) low = middle + 1
    else high = middle
  }
  return low
}

function resample(values: readonly number[], uniform: Uniform): number[] {
  return values.map(() => values[Math.floor(uniform() * values.length)] ?? 0)
}

function shuffle(values: number[], uniform: Uniform): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1))
    const value = values[i] ?? 0
    values[i] = values[j] ?? 0
    values[j] = value
  }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
