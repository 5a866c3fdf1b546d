import { describe, expect, it } from 'vitest'
import { seedUniform } from '../../core/seed-uniform.js'
import { CountedNgrams } from '../../models/ngram/testkit/counted-ngrams.js'
import { type Constraint, followTokens } from './constraint.js'
import { IndexConstraint } from './index-constraint.js'
import { TitleConstraint } from './title-constraint.js'

/** Every text of up to `maxTokens` tokens that a constraint leads to, with how many end there. */
async function listTexts<Place>(constraint: Constraint<Place>, maxTokens: number): Promise<Map<string, number>> {
  const texts = new Map<string, number>()
  const visit = async (place: Place, tokens: readonly number[]): Promise<number> => {
    const [next] = await constraint.allow([place])
    if (next === undefined) throw new Error('There is one answer a place.')
    texts.set(tokens.join(), next.endCount)
    expect([...next.tokens]).toEqual([...next.tokens].sort((a, b) => a - b))
    if (tokens.length === maxTokens) return next.counts.reduce((sum, count) => sum + count, next.endCount)
    let total = next.endCount
    const after = await constraint.advance(
      [...next.tokens].map(() => place),
      next.tokens,
    )
    for (const [i, token] of next.tokens.entries()) {
      const step = after[i]
      if (step === null || step === undefined) throw new Error(`${token} was allowed after ${tokens}.`)
      const below = await visit(step, [...tokens, token])
      expect(below).toBe(next.counts[i])
      total += below
    }
    return total
  }
  await visit(constraint.start, [])
  return texts
}

describe('texts of an index', () => {
  const documents = [[1, 2, 3, 1, 2], [2, 3], [3], []]
  const index = CountedNgrams.fromDocuments(documents)

  it('are all that occur, and end where documents end', async () => {
    const expected = new Map<string, number>()
    for (const document of documents) {
      for (let start = 0; start <= document.length; start++) {
        for (let end = start; end <= document.length; end++) {
          const text = document.slice(start, end).join()
          if (end - start <= 6) expected.set(text, (expected.get(text) ?? 0) + Number(end === document.length))
        }
      }
    }
    // A text between two tokens counts once a place, and the empty one once a place too.
    const found = await listTexts(new IndexConstraint(index), 6)
    expect([...found].sort()).toEqual([...expected].sort())
  })

  it('need only their last tokens to occur, within a window', async () => {
    const constraint = new IndexConstraint(index, 1)
    // 2 3 and 3 1 occur, 2 3 1 2 3 does not.
    const place = await followTokens(constraint, [2, 3, 1, 2, 3, 1, 2])
    expect(place).not.toBeNull()
    const [next] = await constraint.allow([place ?? []])
    expect(next).toEqual({ tokens: Uint32Array.of(3), counts: Float64Array.of(2), endCount: 1 })
    expect(await followTokens(new IndexConstraint(index, 2), [2, 3, 1, 2, 3, 1])).not.toBeNull()
    expect(await followTokens(new IndexConstraint(index, 2), [1, 2, 3, 1, 1])).toBeNull()
    expect(await followTokens(new IndexConstraint(index), [2, 3, 1, 2, 3])).toBeNull()
  })
})

describe('titles of a list', () => {
  it('are those of the list and no others, each as often as it stands there', async () => {
    const uniform = seedUniform(4)
    const pick = (below: number) => Math.floor(uniform() * below)
    for (let round = 0; round < 20; round++) {
      const titles = Array.from({ length: pick(40) }, () => Array.from({ length: pick(5) }, () => pick(3)))
      const constraint = new TitleConstraint(titles)
      const found = await listTexts(constraint, 5)
      const expected = new Map<string, number>([['', 0]])
      for (const title of titles) {
        for (let end = 0; end <= title.length; end++) {
          const text = title.slice(0, end).join()
          expected.set(text, (expected.get(text) ?? 0) + Number(end === title.length))
        }
      }
      expect([...found].sort()).toEqual([...expected].sort())
      for (const title of titles) {
        const place = await followTokens(constraint, title)
        if (place === null) throw new Error(`${title} is a title.`)
        const same = [...titles.keys()].filter((other) => titles[other]?.join() === title.join())
        expect(constraint.listEnds(place)).toEqual(same)
      }
    }
  })

  it('hold ids up to the largest', async () => {
    const constraint = new TitleConstraint([
      [2 ** 20 - 1, 0],
      [2 ** 32 - 1, 7],
    ])
    expect(await followTokens(constraint, [2 ** 32 - 1, 7])).not.toBeNull()
    expect(await followTokens(constraint, [2 ** 20 - 1, 7])).toBeNull()
  })
})
