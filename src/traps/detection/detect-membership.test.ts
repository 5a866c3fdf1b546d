import { expect, it } from 'vitest'
import { seedUniform } from '../../core/seed-uniform.js'
import { InfinityScorer } from '../../models/ngram/infinity-scorer.js'
import { CountedNgrams } from '../../models/ngram/testkit/counted-ngrams.js'
import type { Trap } from '../trap.js'
import { detectMembership } from './detect-membership.js'
import type { TextScores } from './membership-scores.js'
import { parseScores } from './score-file.js'

const uniform = seedUniform(11)
const draw = (count: number) => Array.from({ length: count }, () => Math.floor(uniform() * 500))
const traps: Trap[] = Array.from({ length: 60 }, (_, at) => ({
  id: `t${at}`,
  text: `text ${at}`,
  tokens: draw(25),
  perplexity: 20,
  bucket: at % 2,
  seed: 1,
  role: at < 30 ? 'trap' : 'control',
  repetitions: at < 30 ? [1, 10, 100][at % 3] : 0,
}))

/** What an infinity-gram over a corpus says of the traps. */
async function scoreAll(documents: readonly (readonly number[])[]): Promise<Map<string, TextScores>> {
  const scorer = new InfinityScorer(CountedNgrams.fromDocuments(documents), { vocabulary: 500 })
  const scores = new Map<string, TextScores>()
  for (const { id, tokens } of traps) {
    scores.set(id, { logProbabilities: await scorer.scoreTokens(Uint32Array.from(tokens)) })
  }
  return scores
}

const prose = Array.from({ length: 20 }, () => draw(200))

it('tells traps from controls by a model that saw the traps', async () => {
  const planted = traps.filter(({ role }) => role === 'trap').map(({ tokens }) => [...draw(20), ...tokens, ...draw(20)])
  const detections = detectMembership(traps, await scoreAll([...prose, ...planted]), 3)
  expect(detections.map(({ score }) => score)).toEqual(['perplexity', 'min-k', 'zlib', 'ratio'])
  const [all, ...groups] = detections[0]?.groups ?? []
  expect(all).toMatchObject({ by: 'all', value: null, members: 30, nonMembers: 30, auc: 1, aucInterval: [1, 1] })
  expect(all?.pValue).toBeCloseTo(1 / 1001, 9)
  expect(groups.map(({ by, value, members, nonMembers }) => [by, value, members, nonMembers])).toEqual([
    ['length', 25, 30, 30],
    ['repetitions', 1, 10, 30],
    ['repetitions', 10, 10, 30],
    ['repetitions', 100, 10, 30],
    ['bucket', 0, 15, 15],
    ['bucket', 1, 15, 15],
  ])
})

it('says nothing by a model that did not', async () => {
  const [perplexity] = detectMembership(traps, await scoreAll(prose), 3)
  const [low = 1, high = 0] = perplexity?.groups[0]?.aucInterval ?? []
  expect(low).toBeLessThan(0.5)
  expect(high).toBeGreaterThan(0.5)
})

it('wants scores for each trap, in lists that fit', () => {
  expect(() => detectMembership(traps, new Map(), 0)).toThrow('60 traps have no scores, the first of them is t0')
  const read = (line: string) => parseScores(line, 's.jsonl')
  expect(read('{"trap":"a","logProbabilities":[-1,-2]}\n\n').get('a')?.logProbabilities).toEqual([-1, -2])
  expect(() => read('{"trap":"a"}')).toThrow('s.jsonl:1: "logProbabilities" is missing')
  expect(() => read('{"trap":"a","logProbabilities":[-1],"means":[1,2]}')).toThrow('not equally long')
  expect(() => read('{"trap":"a","logProbabilities":["x"]}')).toThrow('not a list of numbers')
  expect(() => read('{"trap":"a","logProbabilities":[1]}\n{"trap":"a","logProbabilities":[1]}')).toThrow('comes twice')
  expect(() => read('nonsense')).toThrow('no JSON')
})
