import { describe, expect, it } from 'vitest'
import { seedUniform } from '../../core/seed-uniform.js'
import { drawTopTokens, expandBeams, perturbChildren, rootBeam } from './sample-without-replacement.js'

describe('Gumbel-top-k', () => {
  it('draws in the law of worked example 6G', () => {
    const logs = [0.6, 0.3, 0.1].map(Math.log)
    const uniform = seedUniform(1)
    const draws = 40_000
    const counts = new Map<string, number>()
    for (let i = 0; i < draws; i++) {
      const pair = drawTopTokens(logs, 2, uniform).join()
      counts.set(pair, (counts.get(pair) ?? 0) + 1)
    }
    const law = { '0,1': 9 / 20, '0,2': 3 / 20, '1,0': 9 / 35, '1,2': 3 / 70, '2,0': 1 / 15, '2,1': 1 / 30 }
    for (const [pair, probability] of Object.entries(law)) {
      // Four standard deviations of a share of 40,000 draws.
      const tolerance = 4 * Math.sqrt((probability * (1 - probability)) / draws)
      expect(Math.abs((counts.get(pair) ?? 0) / draws - probability)).toBeLessThan(tolerance)
    }
  })

  it('leaves out what has no probability', () => {
    expect(drawTopTokens([Number.NEGATIVE_INFINITY, 0], 5, seedUniform(2))).toEqual([1])
    expect(drawTopTokens([], 5, seedUniform(2))).toEqual([])
  })
})

describe('stochastic beam search', () => {
  it('perturbs the children of worked example 6H', () => {
    const [first, second, third] = perturbChildren(-0.5, [-1, -0.2, -2])
    expect(first).toBeCloseTo(-1.146005, 6)
    expect(second).toBe(-0.5)
    expect(third).toBeCloseTo(-2.056221, 6)
  })

  it('keeps the largest child at its parent, also far off', () => {
    for (const parent of [-800, -1, 0, 3, 900]) {
      const children = perturbChildren(parent, [-5, 2, -1e-9, 40, Number.NEGATIVE_INFINITY])
      expect(Math.max(...children)).toBe(parent)
      expect(children.some(Number.isNaN)).toBe(false)
    }
  })

  it('finds sequences without repetition, best first', () => {
    const uniform = seedUniform(3)
    const next = [0.5, 0.25, 0.25].map(Math.log)
    let beams = [rootBeam]
    for (let depth = 0; depth < 3; depth++) {
      beams = expandBeams(
        beams,
        beams.map(() => next),
        4,
        uniform,
      )
    }
    expect(beams).toHaveLength(4)
    expect(new Set(beams.map(({ tokens }) => tokens.join())).size).toBe(4)
    for (const beam of beams) {
      const expected = beam.tokens.reduce((sum, token) => sum + (next[token] ?? 0), 0)
      expect(beam.logProbability).toBeCloseTo(expected, 12)
    }
    const values = beams.map(({ perturbed }) => perturbed)
    expect(values).toEqual([...values].sort((a, b) => b - a))
  })
})
