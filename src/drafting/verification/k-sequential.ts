/**
 * Which of k independent drafts of one place is accepted? k-SEQ of SpecTr (Sun et al. 2023, arXiv:2310.15141): drafts are tried
 * in order, each with min(1, q/(ρp)); the residual makes the law of the output the target's.
 */
import { type Arithmetic, at, type Distribution, doubles, smallerOf } from './arithmetic.js'
import type { Chooser } from './chooser.js'
import type { Verdict } from './rejection.js'

/**
 * `candidates` were drawn independently from `draft`; `rho` lies in 1..k and is at least {@link findRho}'s, else the residual may be
 * negative somewhere, and that part is cut off. O(vocabulary) on a rejection.
 */
export function verifySequentially<T>(
  arithmetic: Arithmetic<T>,
  chooser: Chooser<T>,
  target: Distribution<T>,
  draft: Distribution<T>,
  candidates: readonly number[],
  rho: T,
): Verdict {
  for (const [place, token] of candidates.entries()) {
    const bar = arithmetic.multiply(rho, at(draft, token, arithmetic))
    const share = arithmetic.isLess(arithmetic.zero, bar)
      ? smallerOf(arithmetic, arithmetic.one, arithmetic.divide(at(target, token, arithmetic), bar))
      : arithmetic.one
    if (chooser.accept(share)) return { token, accepted: place }
  }
  return { token: chooser.draw(residual(arithmetic, target, draft, candidates.length, rho)), accepted: null }
}

/** β(ρ) = Σ min(p, q/ρ): the probability that one draft is accepted. */
export function acceptOne<T>(arithmetic: Arithmetic<T>, target: Distribution<T>, draft: Distribution<T>, rho: T): T {
  let beta = arithmetic.zero
  for (let token = 0; token < target.length; token++) {
    beta = arithmetic.add(beta, overlap(arithmetic, target, draft, token, rho))
  }
  return beta
}

/** 1 − (1 − β)^k: the probability that one of k drafts is accepted. */
export function acceptAny<T>(arithmetic: Arithmetic<T>, beta: T, drafts: number): T {
  let rejected = arithmetic.one
  for (let i = 0; i < drafts; i++) {
    rejected = arithmetic.multiply(rejected, arithmetic.subtract(arithmetic.one, beta))
  }
  return arithmetic.subtract(arithmetic.one, rejected)
}

/**
 * ρ*, where ρ·β(ρ) = 1 − (1 − β(ρ))^k: the smallest ρ of 1..k whose residual is never negative, to 1e-12 by bisection.
 * About 40 passes over the vocabulary: find it once for a pair of distributions.
 */
export function findRho(target: Distribution<number>, draft: Distribution<number>, drafts: number): number {
  let low = 1
  let high = drafts
  while (high - low > 1e-12) {
    const rho = (low + high) / 2
    const beta = acceptOne(doubles, target, draft, rho)
    if (rho * beta < acceptAny(doubles, beta, drafts)) low = rho
    else high = rho
  }
  return high
}

/** No rule for k independent drafts accepts more often: Σ min(q, 1 − (1 − p)^k). */
export function boundAcceptance<T>(
  arithmetic: Arithmetic<T>,
  target: Distribution<T>,
  draft: Distribution<T>,
  drafts: number,
): T {
  let bound = arithmetic.zero
  for (let token = 0; token < target.length; token++) {
    const seen = acceptAny(arithmetic, at(draft, token, arithmetic), drafts)
    bound = arithmetic.add(bound, smallerOf(arithmetic, at(target, token, arithmetic), seen))
  }
  return bound
}

/** q(x) − min(p, q/ρ)·p_acc/β, not normalised. */
function residual<T>(
  arithmetic: Arithmetic<T>,
  target: Distribution<T>,
  draft: Distribution<T>,
  drafts: number,
  rho: T,
): T[] {
  const beta = acceptOne(arithmetic, target, draft, rho)
  if (!arithmetic.isLess(arithmetic.zero, beta)) return Array.from(target)
  const scale = arithmetic.divide(acceptAny(arithmetic, beta, drafts), beta)
  return Array.from(target, (wanted, token) => {
    const given = arithmetic.multiply(overlap(arithmetic, target, draft, token, rho), scale)
    return arithmetic.isLess(given, wanted) ? arithmetic.subtract(wanted, given) : arithmetic.zero
  })
}

function overlap<T>(
  arithmetic: Arithmetic<T>,
  target: Distribution<T>,
  draft: Distribution<T>,
  token: number,
  rho: T,
): T {
  return smallerOf(arithmetic, at(draft, token, arithmetic), arithmetic.divide(at(target, token, arithmetic), rho))
}
