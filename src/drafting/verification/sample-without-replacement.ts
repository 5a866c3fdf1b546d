/**
 * Which k different continuations are drawn from a model, in the law of drawing them one after the other without replacement?
 *
 * Gumbel-top-k (Vieira 2014; Kool, van Hoof, Welling 2019, arXiv:1903.06059) for one place, stochastic beam search (the same
 * paper) for sequences. Recursive rejection without replacement verifies what they drew.
 */
import type { Uniform } from '../../core/seed-uniform.js'

/**
 * The k tokens of largest log p − ln(−ln U), largest first: the order is that of drawing without replacement, so
 * P(i, j) = pᵢ·pⱼ/(1 − pᵢ). Fewer than k when fewer have a probability. O(vocabulary · log k).
 */
export function drawTopTokens(logProbabilities: ArrayLike<number>, k: number, uniform: Uniform): number[] {
  const drawn: { token: number; value: number }[] = []
  for (let token = 0; token < logProbabilities.length; token++) {
    const value = (logProbabilities[token] ?? Number.NEGATIVE_INFINITY) + drawGumbel(uniform)
    if (value === Number.NEGATIVE_INFINITY) continue
    const last = drawn[k - 1]
    if (last !== undefined && last.value >= value) continue
    const place = drawn.findIndex((other) => other.value < value)
    drawn.splice(place < 0 ? drawn.length : place, 0, { token, value })
    if (drawn.length > k) drawn.pop()
  }
  return drawn.map(({ token }) => token)
}

/** A sequence of a stochastic beam search. */
export interface Beam {
  readonly tokens: readonly number[]
  /** Natural logarithm of the probability of the tokens. */
  readonly logProbability: number
  /** Its Gumbel variable: the larger, the earlier it would have been drawn. 0 for the root. */
  readonly perturbed: number
}

export const rootBeam: Beam = { tokens: [], logProbability: 0, perturbed: 0 }

/**
 * One step: the `width` best children of all beams by perturbed value, best first. `logProbabilities[i]` is the model's
 * distribution after beam i.
 */
export function expandBeams(
  beams: readonly Beam[],
  logProbabilities: readonly ArrayLike<number>[],
  width: number,
  uniform: Uniform,
): Beam[] {
  const children: Beam[] = []
  for (const [i, beam] of beams.entries()) {
    const next = logProbabilities[i] ?? []
    const total = Array.from(next, (log) => beam.logProbability + log)
    const perturbed = perturbChildren(
      beam.perturbed,
      total.map((log) => log + drawGumbel(uniform)),
    )
    for (const [token, value] of perturbed.entries()) {
      if (value === Number.NEGATIVE_INFINITY) continue
      children.push({ tokens: [...beam.tokens, token], logProbability: total[token] ?? 0, perturbed: value })
    }
  }
  return children.sort((a, b) => b.perturbed - a.perturbed).slice(0, width)
}

/**
 * Gumbel variables of children, conditioned on their largest being the parent's: G = −ln(e^−parent − e^−Z + e^−g), where Z is the
 * largest g, in the form that keeps its precision for far-off values (the paper's appendix B.3).
 */
export function perturbChildren(parent: number, gumbels: readonly number[]): number[] {
  const largest = Math.max(...gumbels)
  return gumbels.map((gumbel) => {
    if (gumbel === Number.NEGATIVE_INFINITY) return gumbel
    if (gumbel === largest) return parent
    const shift = parent - gumbel + Math.log1p(-Math.exp(gumbel - largest))
    return parent - Math.max(0, shift) - Math.log1p(Math.exp(-Math.abs(shift)))
  })
}

function drawGumbel(uniform: Uniform): number {
  // A zero would make an infinite value; the smallest number above it keeps the law to 2^-32.
  return -Math.log(-Math.log(uniform() || 2 ** -33))
}
