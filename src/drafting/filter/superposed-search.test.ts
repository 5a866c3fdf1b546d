import { describe, expect, it } from 'vitest'
import { seedUniform } from '../../core/seed-uniform.js'
import { CountedNgrams } from '../../models/ngram/testkit/counted-ngrams.js'
import { type SuperposedOptions, superposedPresets } from './filter-options.js'
import { pickCandidates } from './model-scores.js'
import { NgramFilter } from './ngram-filter.js'
import { joinScores, measureDraft, SuperposedSearch } from './superposed-search.js'

const options: SuperposedOptions = { ...superposedPresets.p15_d3, drafts: 2, candidates: 3 }

/** Logits whose softmax at the options' temperature has these probabilities. */
function logitsOf(probabilities: Readonly<Record<number, number>>): Float64Array {
  const logits = new Float64Array(12).fill(Number.NEGATIVE_INFINITY)
  for (const [token, probability] of Object.entries(probabilities)) {
    logits[Number(token)] = Math.log(probability) * options.temperature
  }
  return logits
}

describe('worked example 5A', () => {
  const model = { 7: 0.6, 8: 0.3, 9: 0.1 }
  // Draft 0 is "1 2 3", draft 1 is "4 5 6"; of a string of n tokens the last one's share is given.
  const shares: Readonly<Record<string, number>> = {
    '3,7': 0.5,
    '2,3,7': 0.2,
    '3,8': 0.1,
    '2,3,8': 0.4,
    '1,2,3,8': 1,
    '6,7': 0.2,
  }
  const index = new CountedNgrams((tokens) => {
    // Longer strings are rarer, so that no two histories stand in the same places.
    const isCandidate = (tokens.at(-1) ?? 0) >= 7
    return isCandidate ? (shares[tokens.join()] ?? 0) * 10 ** (7 - tokens.length) : 10 ** (6 - tokens.length)
  })
  const histories = async (filter: NgramFilter<(typeof index)['everything']>) => [
    await filter.start(Uint32Array.of(1, 2, 3)),
    await filter.start(Uint32Array.of(4, 5, 6)),
  ]

  it('sums the orders of the filter', async () => {
    const filter = new NgramFilter(index, options.orderWeights)
    const { probabilities } = await filter.score(await histories(filter), Uint32Array.of(7, 8, 9))
    expect([...probabilities].map((value) => Number(value.toFixed(9)))).toEqual([0.013, 0.167, 0, 0.002, 0, 0])
  })

  it('joins them with the model and ranks the drafts', () => {
    const { logProbabilities } = pickCandidates(logitsOf(model), options.temperature, 3, true)
    const first = joinScores(options, logProbabilities, [0.013, 0.167, 0])
    expect(first[0]).toBeCloseTo(-2.580095, 6)
    expect(first[1]).toBeCloseTo(-1.520299, 6)
    expect(first[2]).toBe(Number.NEGATIVE_INFINITY)
    const second = joinScores(options, logProbabilities, [0.002, 0, 0])
    expect(second[0]).toBeCloseTo(-3.590868, 6)
    const scores = [Math.log(0.7) + (first[0] ?? 0), Math.log(0.7) + (first[1] ?? 0), Math.log(0.3) + (second[0] ?? 0)]
    expect(scores[0]).toBeCloseTo(-2.93677, 6)
    expect(scores[1]).toBeCloseTo(-1.876974, 6)
    expect(scores[2]).toBeCloseTo(-4.794841, 6)
    const share = 1 / (1 + Math.exp((scores[0] ?? 0) - (scores[1] ?? 0)))
    expect(share).toBeCloseTo(0.742652, 6)
  })

  it('5B: a draft that was never counted keeps the model and loses the penalty', () => {
    const { logProbabilities } = pickCandidates(logitsOf(model), options.temperature, 3, true)
    const joined = joinScores(options, logProbabilities, [0, 0, 0])
    expect(joined[0]).toBeCloseTo(-200.23498, 6)
    expect(joined[1]).toBeCloseTo(-200.553827, 6)
    expect(joined[2]).toBeCloseTo(-201.059189, 6)
  })

  it('5C: softmax at temperature 0.06', () => {
    const { logProbabilities } = pickCandidates([2, 1.9, 1.5], 0.06, 3, true)
    const probabilities = Array.from(logProbabilities, Math.exp)
    for (const [i, expected] of [0.840961, 0.158837, 0.000202].entries()) {
      expect(probabilities[i]).toBeCloseTo(expected, 6)
    }
  })
})

describe('a search', () => {
  const documents = [
    [1, 2, 3, 4],
    [1, 2, 3, 4],
    [1, 2, 5, 6],
  ]
  const makeFilter = () => new NgramFilter(CountedNgrams.fromDocuments(documents), options.orderWeights)
  const prompt = Uint32Array.of(1, 2)

  it('starts with the tokens of the model, then lets the filter say what follows which draft', async () => {
    const search = await SuperposedSearch.start(makeFilter(), options, prompt)
    expect(search.mixture.tokens).toHaveLength(0)
    await search.advance(logitsOf({ 3: 0.6, 5: 0.4 }))
    expect(search.best.map(({ tokens }) => tokens)).toEqual([[3], [5]])
    const { tokens, weights } = search.mixture
    expect([...tokens]).toEqual([3, 5])
    expect(weights[0]).toBeCloseTo(0.6, 9)
    await search.advance(logitsOf({ 4: 0.5, 6: 0.5 }))
    expect(search.best.map((draft) => draft.tokens)).toEqual([
      [3, 4],
      [5, 6],
    ])
    const best = search.best[0]
    expect(best && measureDraft(best)).toBeCloseTo(Math.exp(-(best?.score ?? 0) / 2), 12)
  })

  it('ranks the first tokens by the joined score where the released code does', async () => {
    const search = await SuperposedSearch.start(makeFilter(), { ...options, firstStep: 'joined' }, prompt)
    await search.advance(logitsOf({ 9: 0.9, 5: 0.06, 3: 0.04 }))
    expect(search.best.map(({ tokens }) => tokens)).toEqual([[3], [5]])
  })

  it('without smoothing follows the model alone', async () => {
    const search = await SuperposedSearch.start(makeFilter(), { ...options, smoothing: 'none' }, prompt)
    await search.advance(logitsOf({ 9: 0.7, 8: 0.3 }))
    await search.advance(logitsOf({ 1: 0.8, 2: 0.2 }))
    expect(search.best.map(({ tokens }) => tokens)).toEqual([
      [9, 1],
      [8, 1],
    ])
    expect([...search.mixture.tokens]).toEqual([1])
    expect(search.mixture.weights[0]).toBeCloseTo(1, 12)
  })

  it('pools drafts that end, and refills the live ones', async () => {
    const search = await SuperposedSearch.start(makeFilter(), { ...options, smoothing: 'none', endToken: 0 }, prompt)
    await search.advance(logitsOf({ 3: 0.6, 5: 0.4 }))
    await search.advance(logitsOf({ 0: 0.7, 4: 0.2, 6: 0.1 }))
    expect(search.best.map(({ tokens }) => tokens)).toEqual([
      [3, 0],
      [5, 0],
    ])
    expect(search.isFinished).toBe(false)
    expect([...search.mixture.tokens]).toEqual([4])
    await search.advance(logitsOf({ 0: 1 }))
    expect(search.isFinished).toBe(true)
  })

  it('restarts from one draft, chosen by its weight', async () => {
    const chosen = new Set<number | undefined>()
    for (let seed = 0; seed < 20; seed++) {
      const search = await SuperposedSearch.start(makeFilter(), options, prompt)
      await search.advance(logitsOf({ 3: 0.6, 5: 0.4 }))
      search.reset(seedUniform(seed))
      expect(search.best).toHaveLength(1)
      chosen.add(search.best[0]?.tokens[0])
      await search.advance(logitsOf({ 4: 0.5, 6: 0.5 }))
    }
    expect(chosen).toEqual(new Set([3, 5]))
  })
})

it('pushes equal histories once', async () => {
  const index = CountedNgrams.fromDocuments([[1, 2, 3, 4, 5]])
  const filter = new NgramFilter(index, options.orderWeights)
  const history = await filter.start(Uint32Array.of(1, 2, 3))
  expect(history).toHaveLength(4)
  index.pushes = 0
  const { probabilities, follow } = await filter.score([history, history], Uint32Array.of(4, 9))
  // The empty string and the one place where "3", "2 3" and "1 2 3" stand, two candidates each.
  expect(index.pushes).toBe(4)
  expect(probabilities[0]).toBeCloseTo(0.01 + 0.04 + 0.15, 12)
  expect(follow(0, 0).map(({ count }) => count)).toEqual([6, 1, 1, 1, 1])
  expect(follow(1, 1)).toHaveLength(1)
})
