/** How large is a dirty rate, for a threshold that the reader chooses? */
import type { CellView, Interval } from './answers.ts'
import { lowestThreshold } from './place.ts'

export interface Score {
  readonly dirty: number
  readonly suspicious: number
  readonly clean: number
  /** Items with a window. */
  readonly tested: number
  /** Null when no item has a window. */
  readonly rate: number | null
  readonly interval: Interval | null
}

/** Exact: whole percents are borders of the histogram. */
export function scoreCell({ histogram, population }: CellView, threshold: number): Score {
  const countFrom = (percent: number) =>
    histogram.reduce((sum, [found, items]) => (found >= percent ? sum + items : sum), 0)
  const [tested, dirty, touched] = [countFrom(0), countFrom(threshold), countFrom(lowestThreshold)]
  return {
    dirty,
    suspicious: touched - dirty,
    clean: tested - touched,
    tested,
    rate: tested === 0 ? null : dirty / tested,
    interval: wilsonInterval(dirty, tested, population),
  }
}

/** 97.5 % quantile of the normal distribution. */
const quantile = 1.959963984540054

/** 95 % interval of the rate of the whole benchmark; the rate itself when all of its items were checked. As the server has it. */
export function wilsonInterval(hits: number, sampled: number, population: number): Interval | null {
  if (sampled === 0) return null
  const rate = hits / sampled
  if (sampled >= population) return [rate, rate]
  const size = (sampled * (population - 1)) / (population - sampled)
  const z2 = quantile * quantile
  const centre = (rate + z2 / (2 * size)) / (1 + z2 / size)
  const half = (quantile / (1 + z2 / size)) * Math.sqrt((rate * (1 - rate)) / size + z2 / (4 * size * size))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

/** `12.5 %`: one decimal, as such tables have it. */
export function formatRate(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`
}

export function formatInterval([low, high]: Interval): string {
  return `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} %`
}

/** From which rate on a cell has which colour; below the first it has none. */
const heatSteps = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8]

/** Step of the colour scale, 0 for nothing found. */
export function heatOf(rate: number): number {
  if (rate === 0) return 0
  return heatSteps.filter((step) => rate >= step).length
}
