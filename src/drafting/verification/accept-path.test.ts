import { describe, expect, it } from 'vitest'
import { joinPaths, makeEmptyDraft } from '../draft-tree.js'
import { enumerateOutcomes } from '../testkit/enumerate-outcomes.js'
import { type Fraction, fraction, fractions } from '../testkit/fraction.js'
import { acceptBySampling, acceptGreedily } from './accept-path.js'

describe('greedy', () => {
  const tree = joinPaths(2, [[3, 4], [3, 5], [6]])

  it('takes the longest path of likeliest tokens and one token more', () => {
    expect(acceptGreedily(tree, [3, 5, 0, 0, 8])).toEqual({ nodes: [1, 4], tokens: [3, 5, 8] })
    expect(acceptGreedily(tree, [6, 0, 1, 0, 0])).toEqual({ nodes: [2], tokens: [6, 1] })
    expect(acceptGreedily(tree, [9, 0, 0, 0, 0])).toEqual({ nodes: [], tokens: [9] })
    expect(acceptGreedily(makeEmptyDraft(2), [7])).toEqual({ nodes: [], tokens: [7] })
  })
})

describe('by sampling', () => {
  /** A model whose law depends on the last token. */
  const lawAfter = [
    ['1/2', '1/3', '1/6'],
    ['0', '1/4', '3/4'],
    ['1/5', '2/5', '2/5'],
  ].map((row) => row.map(fraction))

  it('emits two tokens with the law of the model, whatever was drafted', () => {
    for (const paths of [[], [[1, 2]], [[1, 2], [0], [1, 1]], [[2, 2, 2]]]) {
      const tree = joinPaths(0, paths)
      const law = new Map<string, Fraction>()
      const outcomes = enumerateOutcomes((chooser) => {
        const first = acceptBySampling(tree, chooser, (node) => lawAfter[tree.tokens[node] ?? 0] ?? [])
        const tokens = [...first.tokens]
        while (tokens.length < 2) tokens.push(chooser.draw(lawAfter[tokens.at(-1) ?? 0] ?? []))
        return tokens.slice(0, 2).join()
      })
      for (const { result, probability } of outcomes) {
        law.set(result, fractions.add(law.get(result) ?? fractions.zero, probability))
      }
      for (const [first, share] of (lawAfter[0] ?? []).entries()) {
        for (const [second, next] of (lawAfter[first] ?? []).entries()) {
          const expected = String(fractions.multiply(share, next))
          expect(String(law.get(`${first},${second}`) ?? fractions.zero)).toBe(expected)
        }
      }
    }
  })
})
