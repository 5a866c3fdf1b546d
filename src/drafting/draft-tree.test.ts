import { expect, it } from 'vitest'
import { joinPaths, listLeafPaths, makeAttentionMask, makeEmptyDraft, makePathDraft } from './draft-tree.js'

it('joins the paths of worked example 6A as REST does', () => {
  const tree = joinPaths(2, [[3, 4], [3, 5], [6]])
  expect([...tree.tokens]).toEqual([2, 3, 6, 4, 5])
  expect([...tree.parents]).toEqual([-1, 0, 0, 1, 1])
  expect([...tree.positions]).toEqual([0, 1, 1, 2, 2])
  const mask = [...makeAttentionMask(tree)].join('').match(/.{5}/g)
  expect(mask).toEqual(['10000', '11000', '10100', '11010', '11001'])
  expect(listLeafPaths(tree)).toEqual([
    [0, 1, 4],
    [0, 1, 3],
    [0, 2, -1],
  ])
})

it('orders nodes by depth, then by the order in which tokens were met', () => {
  const tree = joinPaths(0, [[9], [4, 7], [9, 7, 1], [9, 3]])
  expect([...tree.tokens]).toEqual([0, 9, 4, 7, 3, 7, 1])
  expect([...tree.parents]).toEqual([-1, 0, 0, 1, 1, 2, 3])
})

it('has the shape of a path, or of nothing', () => {
  expect(listLeafPaths(makePathDraft(5, [6, 7]))).toEqual([[0, 1, 2]])
  expect(listLeafPaths(makeEmptyDraft(5))).toEqual([[0]])
  expect([...makeAttentionMask(makePathDraft(5, [6, 7]))]).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1])
  expect(joinPaths(5, [])).toEqual(makeEmptyDraft(5))
})
