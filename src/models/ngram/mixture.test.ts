import { describe, expect, it } from 'vitest'
import { findLambda, fitLambda, fitLambdas, mixProbabilities, weighNeighbours } from './mixture.js'

describe('worked example 6I', () => {
  it('mixes', () => {
    expect(mixProbabilities(0.25, 1, 0.02)).toBeCloseTo(0.265, 12)
    expect(mixProbabilities(0.7, 1, 0.02)).toBeCloseTo(0.706, 12)
    expect(mixProbabilities(0.7, 0, 0.02)).toBeCloseTo(0.006, 12)
    expect(mixProbabilities(0.1, 0.4, 0.02)).toBeCloseTo(0.058, 12)
  })

  it('weighs neighbours', () => {
    const [near, far] = weighNeighbours([1, 2])
    expect(near).toBeCloseTo(0.731059, 6)
    expect(far).toBeCloseTo(0.268941, 6)
  })
})

describe('fitting', () => {
  const score = (infinityProbability: number, modelProbability: number, isSparse = true) => ({
    effectiveN: 5,
    isSparse,
    support: isSparse ? 1 : 20,
    infinityProbability,
    modelProbability,
  })

  it('finds the share of tokens that the infinity-gram explains', () => {
    const scores = [...Array(70).fill(score(1, 0.001)), ...Array(30).fill(score(0, 0.001))]
    expect(fitLambda(scores)).toBeCloseTo(0.7, 3)
    expect(fitLambda([score(0, 0.5)])).toBeCloseTo(0, 6)
    expect(fitLambda([])).toBe(0)
  })

  it('maximises the likelihood', () => {
    const scores = [score(0.9, 0.2), score(0.1, 0.6), score(0.3, 0.35), score(0.8, 0.1), score(0.01, 0.5)]
    const likelihood = (lambda: number) =>
      scores.reduce((sum, s) => sum + Math.log(mixProbabilities(lambda, s.infinityProbability, s.modelProbability)), 0)
    const best = fitLambda(scores)
    for (const other of [best - 0.01, best + 0.01]) expect(likelihood(other)).toBeLessThan(likelihood(best))
  })

  it('has a lambda a kind, and two for kinds that are rare', () => {
    const scores = [
      ...Array(40).fill(score(1, 0.001)),
      ...Array(30).fill(score(0, 0.4, false)),
      { ...score(0, 0.3), effectiveN: 40 },
    ]
    const table = fitLambdas(scores)
    expect(Object.keys(table.byKind)).toHaveLength(2)
    expect(findLambda(table, { effectiveN: 6, isSparse: true, support: 1 })).toBeCloseTo(1, 3)
    expect(findLambda(table, { effectiveN: 40, isSparse: true, support: 1 })).toBe(table.sparse)
    expect(findLambda(table, { effectiveN: 5, isSparse: false, support: 12 })).toBeCloseTo(0, 6)
  })
})
