/** Between which bounds does a rate lie that was measured on a sample? */

/** 97.5 % quantile of the normal distribution. */
const quantile = 1.959963984540054

/**
 * 95 % interval of the rate of a population of `population` items, of which `sampled` were drawn without replacement and
 * `hits` of them counted; null when none was drawn. All items drawn: the rate itself, twice. O(1).
 *
 * E. B. Wilson, 1927, doi:10.1080/01621459.1927.10502953, with the sample size corrected for a finite population,
 * n (N - 1) / (N - n).
 */
export function wilsonInterval(hits: number, sampled: number, population: number): [number, number] | null {
  if (sampled === 0) return null
  const rate = hits / sampled
  if (sampled >= population) return [rate, rate]
  const size = (sampled * (population - 1)) / (population - sampled)
  const z2 = quantile * quantile
  const centre = (rate + z2 / (2 * size)) / (1 + z2 / size)
  const half = (quantile / (1 + z2 / size)) * Math.sqrt((rate * (1 - rate)) / size + z2 / (4 * size * size))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}
