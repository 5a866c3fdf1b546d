import { expect, it } from 'vitest'
import { findWindows, type Hit } from './find-windows.js'

/** Where a token stands in documents. */
function locate(documents: readonly number[][], token: number): Hit[] {
  return documents.flatMap((ids, document) => ids.flatMap((id, offset) => (id === token ? [{ document, offset }] : [])))
}

it('2C: looks at the document of the anchor alone', () => {
  const documents = [
    [2, 7],
    [1, 9, 2],
  ]
  expect(findWindows([locate(documents, 1), locate(documents, 2)], 100)).toEqual([{ document: 1, first: 0, last: 2 }])
})

it('2C: takes both sides of an anchor where both are near', () => {
  const documents = [[1, 9, 2, 8, 1]]
  const clauses = [locate(documents, 1), locate(documents, 2)]
  expect(findWindows(clauses, 100)).toEqual([{ document: 0, first: 0, last: 4 }])
  expect(findWindows(clauses, 1)).toEqual([])
})

it('needs every clause, and has one window an anchor', () => {
  const documents = [[1, 2, 3, 1, 2], [1, 2], [3]]
  const clauses = [1, 2, 3].map((token) => locate(documents, token))
  expect(findWindows(clauses, 3)).toEqual([{ document: 0, first: 0, last: 3 }])
  expect(findWindows(clauses.slice(0, 1), 3)).toHaveLength(3)
  expect(findWindows([...clauses, []], 3)).toEqual([])
})
