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
 * Lower scores mean membership. O(n log n + (resamples + permutations) · n).
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
  // Ranks tell as much as the scores, and need no sorting for each resampling.
  const sorted = [...new Set([...members, ...nonMembers])].sort((a, b) => a - b)
  const rankOf = new Map(sorted.map((score, rank) => [score, rank]))
  const toRanks = (scores: readonly number[]) => scores.map((score) => rankOf.get(score) ?? 0)
  const [memberRanks, otherRanks] = [toRanks(members), toRanks(nonMembers)]
  const resampled = Array.from({ length: resamples }, () =>
    measureAucOfRanks(resample(memberRanks, uniform), resample(otherRanks, uniform), sorted.length),
  ).sort((a, b) => a - b)
  const all = [...memberRanks, ...otherRanks]
  let atLeast = 1
  for (let i = 0; i < permutations; i++) {
    shuffle(all, uniform)
    const permuted = measureAucOfRanks(all.slice(0, members.length), all.slice(members.length), sorted.length)
    if (permuted >= auc) atLeast++
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

/** The same of ranks from 0 to `ranks` - 1. O(n + ranks). */
function measureAucOfRanks(members: readonly number[], nonMembers: readonly number[], ranks: number): number {
  const counts = new Float64Array(ranks)
  for (const rank of nonMembers) counts[rank] = (counts[rank] ?? 0) + 1
  // Twice the pairs that a member of each rank wins: those above it, and half of its equals.
  const wins = new Float64Array(ranks)
  let above = 0
  for (let rank = ranks - 1; rank >= 0; rank--) {
    const equal = counts[rank] ?? 0
    wins[rank] = 2 * above + equal
    above += equal
  }
  let won = 0
  for (const rank of members) won += wins[rank] ?? 0
  return won / 2 / (members.length * nonMembers.length)
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
