/**
 * Is a drafted token accepted, and if not, which token is emitted in its place, so that what comes out has the target's law?
 *
 * One rule for each kind of draft. In all of them `target` is the model's distribution q at the place, after temperature and
 * nucleus. Speculative sampling: Leviathan, Kalman, Matias 2023, arXiv:2211.17192; Chen et al. 2023, arXiv:2302.01318.
 */
import { type Arithmetic, at, type Distribution, smallerOf } from './arithmetic.js'
import type { Chooser } from './chooser.js'

/** The token to emit, and which candidate it was: its place in the list, or null when none was accepted. */
export interface Verdict {
  readonly token: number
  readonly accepted: number | null
}

/**
 * A token that was sampled from `draft`: accepted with probability min(1, q/p), else one is drawn from norm[(q − p)₊].
 * Accepts with probability Σ min(p, q). O(vocabulary) on a rejection, else O(1).
 */
export function verifySample<T>(
  arithmetic: Arithmetic<T>,
  chooser: Chooser<T>,
  target: Distribution<T>,
  draft: Distribution<T>,
  token: number,
): Verdict {
  if (chooser.accept(acceptance(arithmetic, target, draft, token))) return { token, accepted: 0 }
  return { token: chooser.draw(subtractDraft(arithmetic, target, draft)), accepted: null }
}

/**
 * Tokens that no random choice made (from an index, the prompt, a greedy drafter): one token is drawn from the target
 * and is an acceptance when it is among the candidates. The law of {@link verifySample} with point masses, for any number.
 */
export function verifyFixed<T>(chooser: Chooser<T>, target: Distribution<T>, candidates: readonly number[]): Verdict {
  const token = chooser.draw(target)
  const place = candidates.indexOf(token)
  return { token, accepted: place < 0 ? null : place }
}

/**
 * Tokens drawn one after the other from `draft`: each is accepted with min(1, qᵢ/pᵢ), where a rejection leaves
 * qᵢ₊₁ = norm[(qᵢ − pᵢ)₊]. With replacement (SpecInfer, arXiv:2305.09781) pᵢ = p. Without (Jeon et al., recursive
 * speculative decoding, arXiv:2402.14160) the candidates differ and pᵢ is p on those not yet drawn, renormalised: with as many
 * candidates as the draft has tokens, and a target inside them, one is always accepted. O(candidates · vocabulary).
 */
export function verifyRecursively<T>(
  arithmetic: Arithmetic<T>,
  chooser: Chooser<T>,
  target: Distribution<T>,
  draft: Distribution<T>,
  candidates: readonly number[],
  replacement: boolean,
): Verdict {
  let residual = target
  let proposal = normalize(arithmetic, draft)
  for (const [place, token] of candidates.entries()) {
    const left = normalize(arithmetic, residual)
    if (chooser.accept(acceptance(arithmetic, left, proposal, token))) return { token, accepted: place }
    residual = subtractDraft(arithmetic, left, proposal)
    if (!replacement) proposal = withoutToken(arithmetic, proposal, token)
  }
  return { token: chooser.draw(residual), accepted: null }
}

/** min(1, q/p) of a token; 1 where the draft says that it could not have been drawn. */
function acceptance<T>(arithmetic: Arithmetic<T>, target: Distribution<T>, draft: Distribution<T>, token: number): T {
  const drafted = at(draft, token, arithmetic)
  if (!arithmetic.isLess(arithmetic.zero, drafted)) return arithmetic.one
  return smallerOf(arithmetic, arithmetic.one, arithmetic.divide(at(target, token, arithmetic), drafted))
}

/**
 * (q − p)₊, not normalised. Where nothing is left, which only rounding can bring about, the target itself.
 */
function subtractDraft<T>(arithmetic: Arithmetic<T>, target: Distribution<T>, draft: Distribution<T>): T[] {
  const residual: T[] = new Array(target.length)
  let isEmpty = true
  for (let token = 0; token < target.length; token++) {
    const wanted = at(target, token, arithmetic)
    const drafted = at(draft, token, arithmetic)
    const isLeft = arithmetic.isLess(drafted, wanted)
    residual[token] = isLeft ? arithmetic.subtract(wanted, drafted) : arithmetic.zero
    if (isLeft) isEmpty = false
  }
  return isEmpty ? Array.from(target) : residual
}

function normalize<T>(arithmetic: Arithmetic<T>, weights: Distribution<T>): T[] {
  const total = Array.from(weights).reduce(arithmetic.add, arithmetic.zero)
  if (!arithmetic.isLess(arithmetic.zero, total)) return Array.from(weights)
  return Array.from(weights, (weight) => arithmetic.divide(weight, total))
}

function withoutToken<T>(arithmetic: Arithmetic<T>, proposal: readonly T[], token: number): T[] {
  const rest = [...proposal]
  rest[token] = arithmetic.zero
  return normalize(arithmetic, rest)
}
