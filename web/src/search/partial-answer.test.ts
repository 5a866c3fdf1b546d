import { expect, it } from 'vitest'
import { readBounds } from './partial-answer.ts'

it('reads bounds under the names of counts, and leaves whole answers and names of the corpus alone', () => {
  const whole = { results: [{ count: 3 }] }
  expect(readBounds(whole)).toBe(whole)
  const partial = { shards: 3, missing: [{ index: 'sea', shard: 1, documents: 7 }] }
  const facets = { countLowerBound: 'a field of documents' }
  const answer = { results: [{ countLowerBound: 3, documents: { countLowerBound: 2 } }], facets, partial }
  expect(readBounds(answer)).toEqual({ results: [{ count: 3, documents: { count: 2 } }], facets, partial })
})
