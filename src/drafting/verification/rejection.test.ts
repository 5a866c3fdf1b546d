import { describe, expect, it } from 'vitest'
import { seedUniform } from '../../core/seed-uniform.js'
import { findLaw, findProbability } from '../testkit/enumerate-outcomes.js'
import { type Fraction, fraction, fractions } from '../testkit/fraction.js'
import { doubles } from './arithmetic.js'
import { type Chooser, randomChooser } from './chooser.js'
import { boundAcceptance } from './k-sequential.js'
import { type Verdict, verifyFixed, verifyRecursively, verifySample } from './rejection.js'

const draft = ['0.6', '0.3', '0.1'].map(fraction)
const target = ['0.3', '0.3', '0.4'].map(fraction)
const asText = (law: readonly Fraction[]) => law.map(String)

/** A whole step: the drafts are drawn too. */
function runSample(q: readonly Fraction[], p: readonly Fraction[]) {
  return (chooser: Chooser<Fraction>) => verifySample(fractions, chooser, q, p, chooser.draw(p))
}

function runRecursively(q: readonly Fraction[], p: readonly Fraction[], k: number, replacement: boolean) {
  return (chooser: Chooser<Fraction>): Verdict => {
    const candidates: number[] = []
    const left = [...p]
    for (let i = 0; i < k && left.some((weight) => fractions.isLess(fractions.zero, weight)); i++) {
      const token = chooser.draw(left)
      candidates.push(token)
      if (!replacement) left[token] = fractions.zero
    }
    return verifyRecursively(fractions, chooser, q, p, candidates, replacement)
  }
}

const tokenOf = (run: (chooser: Chooser<Fraction>) => Verdict) => (chooser: Chooser<Fraction>) => run(chooser).token
const isAccepted = (run: (chooser: Chooser<Fraction>) => Verdict) => (chooser: Chooser<Fraction>) =>
  run(chooser).accepted !== null

describe('worked example 6F', () => {
  it('accepts a single draft with 7/10, in the law of the target', () => {
    expect(String(findProbability(isAccepted(runSample(target, draft))))).toBe('7/10')
    expect(asText(findLaw(3, tokenOf(runSample(target, draft))))).toEqual(asText(target))
  })

  it.each([
    { k: 2, replacement: true, acceptance: '73/100' },
    { k: 2, replacement: false, acceptance: '31/40' },
    { k: 3, replacement: false, acceptance: '1' },
  ])('accepts one of $k, replacement $replacement, with $acceptance', ({ k, replacement, acceptance }) => {
    const run = runRecursively(target, draft, k, replacement)
    expect(String(findProbability(isAccepted(run)))).toBe(acceptance)
    expect(asText(findLaw(3, tokenOf(run)))).toEqual(asText(target))
  })

  it('covers a target inside the draft only without replacement', () => {
    const [q, p] = [['1', '0'].map(fraction), ['1/2', '1/2'].map(fraction)]
    expect(String(findProbability(isAccepted(runRecursively(q, p, 2, true))))).toBe('3/4')
    expect(String(findProbability(isAccepted(runRecursively(q, p, 2, false))))).toBe('1')
  })
})

/** All distributions over three tokens in fifths. */
const grid = Array.from({ length: 6 }, (_, a) =>
  Array.from({ length: 6 - a }, (_, b) => [a, b, 5 - a - b].map((fifths) => fraction(`${fifths}/5`))),
).flat()

describe('laws on a grid of three tokens', () => {
  it.each([true, false])('recursive rejection keeps the target, replacement %s', (replacement) => {
    for (const p of grid) {
      for (const q of grid) {
        const single = findProbability(isAccepted(runSample(q, p)))
        for (const k of [1, 2, 3]) {
          const run = runRecursively(q, p, k, replacement)
          expect(asText(findLaw(3, tokenOf(run)))).toEqual(asText(q))
          const acceptance = findProbability(isAccepted(run))
          expect(fractions.isLess(acceptance, single)).toBe(false)
          // Only draws without replacement may be accepted more often than k independent ones.
          const bound = boundAcceptance(fractions, q, p, k)
          if (replacement) expect(fractions.isLess(bound, acceptance)).toBe(false)
        }
      }
    }
  })

  it('fixed candidates keep the target and are accepted with their probability', () => {
    for (const q of grid) {
      for (const candidates of [[], [0], [2, 1], [0, 1, 2]]) {
        const run = (chooser: Chooser<Fraction>) => verifyFixed(chooser, q, candidates)
        expect(asText(findLaw(3, tokenOf(run)))).toEqual(asText(q))
        const expected = candidates.reduce(
          (sum, token) => fractions.add(sum, q[token] ?? fractions.zero),
          fractions.zero,
        )
        expect(String(findProbability(isAccepted(run)))).toBe(String(expected))
      }
    }
  })

  it('a point mass as draft is the fixed candidate', () => {
    for (const q of grid) {
      const point = ['0', '1', '0'].map(fraction)
      const run = (chooser: Chooser<Fraction>) => verifySample(fractions, chooser, q, point, 1)
      expect(asText(findLaw(3, tokenOf(run)))).toEqual(asText(q))
      expect(String(findProbability(isAccepted(run)))).toBe(String(q[1]))
    }
  })
})

describe('over doubles', () => {
  it('is the same for the same seed and follows the target', () => {
    const q = Float64Array.of(0.3, 0.3, 0.4)
    const p = Float64Array.of(0.6, 0.3, 0.1)
    const sample = (seed: number) => {
      const chooser = randomChooser(seedUniform(seed))
      return Array.from({ length: 20_000 }, () => verifySample(doubles, chooser, q, p, chooser.draw(p)).token)
    }
    const tokens = sample(7)
    expect(sample(7)).toEqual(tokens)
    for (const token of [0, 1, 2]) {
      expect(tokens.filter((other) => other === token).length / tokens.length).toBeCloseTo(q[token] ?? 0, 1)
    }
  })

  it('never draws a token of weight zero', () => {
    const chooser = randomChooser(() => 1 - 2 ** -53)
    expect(chooser.draw([0, 0.5, 0.5, 0])).toBe(2)
    expect(randomChooser(() => 0).draw([0, 0.5, 0.5])).toBe(1)
  })
})
