import { describe, expect, it } from 'vitest'
import {
  measureAgainstZlib,
  measureLoss,
  measureLowest,
  measureLowestStandardised,
  measurePerplexity,
  measureRatio,
} from './membership-scores.js'
import { correlate, findTruePositiveRate, measureAuc, measureSeparation } from './separation.js'

/** The same numbers on every run. */
function makeUniform(seed: number) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe('worked example 4C', () => {
  const [members, nonMembers] = [
    [0.8, 0.9, 1.1, 1.0],
    [1.0, 1.2, 0.95, 1.3],
  ]

  it('has an AUC of 25/32, one tie', () => {
    expect(measureAuc(members, nonMembers)).toBe(25 / 32)
  })

  it('comes with its numbers and its interval', () => {
    const separation = measureSeparation(members, nonMembers, { uniform: makeUniform(1) })
    expect(separation).toMatchObject({ members: 4, nonMembers: 4, auc: 0.78125 })
    expect(separation.aucInterval[0]).toBeLessThan(0.78125)
    expect(separation.aucInterval[1]).toBeGreaterThan(0.78125)
    // With four against four this is no rare labelling.
    expect(separation.pValue).toBeGreaterThan(0.05)
    expect(measureSeparation(members, nonMembers, { uniform: makeUniform(1) })).toEqual(separation)
  })
})

describe('worked example 4D', () => {
  const logs = [-0.1, -2, -0.5, -4, -0.2, -1, -3, -0.3, -0.6, -0.4]

  it('has these scores', () => {
    expect(-measureLowest(logs, 0.2)).toBeCloseTo(-3.5, 12)
    expect(measureLoss(logs)).toBeCloseTo(1.21, 12)
    expect(measurePerplexity(logs)).toBeCloseTo(3.353485, 6)
  })
})

describe('laws', () => {
  it('equal groups have an AUC of a half, apart ones of one, swapped ones the rest', () => {
    const scores = Array.from({ length: 50 }, (_, i) => (i * 37) % 17)
    expect(measureAuc(scores, scores)).toBe(0.5)
    expect(measureAuc([1, 2, 3], [4, 5])).toBe(1)
    const uniform = makeUniform(3)
    const [a, b] = [
      Array.from({ length: 40 }, uniform),
      Array.from({ length: 30 }, () => Math.round(uniform() * 5) / 5),
    ]
    expect(measureAuc(a, b) + measureAuc(b, a)).toBeCloseTo(1, 12)
  })

  it('equals the share of pairs', () => {
    const uniform = makeUniform(5)
    for (let round = 0; round < 20; round++) {
      const draw = (n: number) => Array.from({ length: n }, () => Math.floor(uniform() * 6))
      const [members, others] = [draw(9), draw(7)]
      const pairs = members.flatMap((m) => others.map((o) => (m < o ? 1 : m === o ? 0.5 : 0)))
      expect(measureAuc(members, others)).toBeCloseTo(pairs.reduce((sum: number, win) => sum + win, 0) / 63, 12)
    }
  })

  it('finds members where few others are', () => {
    const others = Array.from({ length: 200 }, (_, i) => i)
    expect(findTruePositiveRate([0.5, 1.5, 2.5, 150], others, 0.01)).toBe(0.5)
    expect(findTruePositiveRate([-1, -2], [0], 0.01)).toBe(1)
  })

  it('sees a large difference as no accident', () => {
    const members = Array.from({ length: 30 }, (_, i) => i)
    const others = Array.from({ length: 30 }, (_, i) => i + 25)
    const { pValue, aucInterval } = measureSeparation(members, others, { uniform: makeUniform(9) })
    expect(pValue).toBeLessThan(0.01)
    expect(aucInterval[0]).toBeGreaterThan(0.8)
  })

  it('says nothing without both groups', () => {
    expect(() => measureSeparation([], [1], { uniform: makeUniform(1) })).toThrow(/each group needs one/)
    expect(() => measureSeparation([Number.NaN], [1], { uniform: makeUniform(1) })).toThrow(/not a number/)
  })

  it('correlates', () => {
    expect(
      correlate([
        [1, 2],
        [2, 4],
        [3, 6],
      ]),
    ).toBeCloseTo(1, 12)
    expect(
      correlate([
        [1, 2],
        [2, 2],
      ]),
    ).toBeNull()
  })
})

describe('other scores', () => {
  it('compares with a reference, with compression, and with the vocabulary', () => {
    expect(measureRatio([-1, -1], [-2, -2])).toBeCloseTo(Math.exp(-1), 12)
    expect(measureAgainstZlib([-2, -3], 'aaaaaaaaaaaaaaaa')).toBeGreaterThan(
      measureAgainstZlib([-2, -3], 'the quick brown fox jumps'),
    )
    const scores = { logProbabilities: [-1, -5, -2, -2, -2], means: [-3, -3, -3, -3, -3], deviations: [1, 2, 1, 1, 0] }
    expect(measureLowestStandardised(scores)).toBeCloseTo(1, 12)
  })
})
