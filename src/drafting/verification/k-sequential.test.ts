import { describe, expect, it } from 'vitest'
import { findLaw, findProbability } from '../testkit/enumerate-outcomes.js'
import { type Fraction, fraction, fractions } from '../testkit/fraction.js'
import { doubles } from './arithmetic.js'
import type { Chooser } from './chooser.js'
import { acceptAny, acceptOne, boundAcceptance, findRho, verifySequentially } from './k-sequential.js'

const p = ['0.6', '0.3', '0.1'].map(fraction)
const q = ['0.3', '0.3', '0.4'].map(fraction)
const asText = (law: readonly Fraction[]) => law.map(String)

function run(target: readonly Fraction[], draft: readonly Fraction[], k: number, rho: Fraction) {
  return (chooser: Chooser<Fraction>) => {
    const candidates = Array.from({ length: k }, () => chooser.draw(draft))
    return verifySequentially(fractions, chooser, target, draft, candidates, rho)
  }
}

describe('worked example 6F', () => {
  it.each([
    { rho: '3/2', beta: '1/2', acceptance: '3/4' },
    { rho: '2', beta: '2/5', acceptance: '16/25' },
    { rho: '17/10', beta: '77/170', acceptance: '20251/28900' },
  ])('rho $rho', ({ rho, beta, acceptance }) => {
    expect(String(acceptOne(fractions, q, p, fraction(rho)))).toBe(beta)
    expect(String(acceptAny(fractions, fraction(beta), 2))).toBe(acceptance)
    const step = run(q, p, 2, fraction(rho))
    expect(String(findProbability((chooser) => step(chooser).accepted !== null))).toBe(acceptance)
    expect(asText(findLaw(3, (chooser) => step(chooser).token))).toEqual(asText(q))
  })

  it.each([
    { rho: '2', residual: ['1/6', '1/6', '2/3'] },
    { rho: '17/10', residual: ['260/2883', '260/2883', '2363/2883'] },
  ])('draws from the residual of rho $rho', ({ rho, residual }) => {
    // Dice that refuse every candidate leave the residual alone.
    const rejected = (chooser: Chooser<Fraction>) => {
      const never: Chooser<Fraction> = { accept: () => false, draw: chooser.draw }
      return verifySequentially(fractions, never, q, p, [0, 0], fraction(rho)).token
    }
    expect(asText(findLaw(3, rejected))).toEqual(residual.map((share) => String(fraction(share))))
  })

  it('finds rho* and the bound', () => {
    expect(findRho([0.3, 0.3, 0.4], [0.6, 0.3, 0.1], 2)).toBeCloseTo(1.5, 9)
    expect(String(boundAcceptance(fractions, q, p, 2))).toBe('79/100')
  })

  it.each(['1', '3/2', '2'])('lacks the cover property: 3/4 at rho %s', (rho) => {
    const step = run(['1', '0'].map(fraction), ['1/2', '1/2'].map(fraction), 2, fraction(rho))
    expect(String(findProbability((chooser) => step(chooser).accepted !== null))).toBe('3/4')
  })
})

it('keeps the target at rho* and above, and never beats the bound', () => {
  const shares = [0.1, 0.2, 0.3, 0.7]
  for (const a of shares) {
    for (const b of shares) {
      const target = [a, (1 - a) / 4, (3 * (1 - a)) / 4]
      const draft = [(1 - b) / 2, b, (1 - b) / 2]
      for (const k of [1, 2, 3]) {
        const rho = findRho(target, draft, k)
        const beta = acceptOne(doubles, target, draft, rho)
        const any = acceptAny(doubles, beta, k)
        expect(rho * beta).toBeCloseTo(any, 9)
        expect(any).toBeLessThanOrEqual(boundAcceptance(doubles, target, draft, k) + 1e-9)
        expect(any).toBeGreaterThanOrEqual(acceptOne(doubles, target, draft, 1) - 1e-9)
      }
    }
  }
})

it('keeps the target on a grid of three tokens, for every number of drafts, below the bound', () => {
  const grid = Array.from({ length: 5 }, (_, a) =>
    Array.from({ length: 5 - a }, (_, b) => [a, b, 4 - a - b].map((quarters) => fraction(`${quarters}/4`))),
  ).flat()
  for (const draft of grid) {
    for (const target of grid) {
      for (const k of [1, 2, 3]) {
        // No pair needs a larger rho than k.
        const step = run(target, draft, k, fraction(String(k)))
        expect(asText(findLaw(3, (chooser) => step(chooser).token))).toEqual(asText(target))
        const acceptance = findProbability((chooser) => step(chooser).accepted !== null)
        expect(fractions.isLess(boundAcceptance(fractions, target, draft, k), acceptance)).toBe(false)
      }
    }
  }
})
