import { describe, expect, it } from 'vitest'
import { seedUniform } from '../../core/seed-uniform.js'
import { GrowingContext } from '../../models/ngram/growing-context.js'
import { predictNext, predictToken } from '../../models/ngram/infinity-gram.js'
import { CountedNgrams } from '../../models/ngram/testkit/counted-ngrams.js'
import { measureImprovement, measurePerplexity, type ScoredText } from './measure-perplexity.js'
import { ReducedNgrams } from './reduced-ngrams.js'
import { scoreText } from './score-text.js'

const uniform = seedUniform(9)
const pick = (below: number) => Math.floor(uniform() * below)
const documents = Array.from({ length: 6 }, () => Array.from({ length: 30 }, () => pick(4)))
const vocabulary = 5

describe('an index less a document', () => {
  it('is the index of the other documents, for every context', async () => {
    // One document stands twice: one copy stays.
    const all = [...documents, documents[1] ?? []]
    const others = CountedNgrams.fromDocuments([...all.slice(0, 1), ...all.slice(2)])
    const reduced = new ReducedNgrams(CountedNgrams.fromDocuments(all), Uint32Array.from(documents[1] ?? []))
    expect(reduced.everything.count).toBe(others.everything.count)
    const [ours, expected] = [new GrowingContext(reduced), new GrowingContext(others)]
    for (const token of [...(documents[1] ?? []), 4, ...(documents[2] ?? []).slice(0, 9)]) {
      await ours.push(token)
      await expected.push(token)
      expect(ours.ends.map(({ length, rows }) => [length, rows.count])).toEqual(
        expected.ends.map(({ length, rows }) => [length, rows.count]),
      )
      expect(await predictNext(reduced, ours)).toEqual(await predictNext(others, expected))
      for (let next = 0; next < vocabulary; next++) {
        expect(await predictToken(reduced, ours, next)).toEqual(await predictToken(others, expected, next))
      }
    }
  })
})

describe('a text by counts', () => {
  it('has the estimates of searching for every end', async () => {
    const index = CountedNgrams.fromDocuments(documents)
    const text = Uint32Array.from([...(documents[0] ?? []).slice(5, 20), 4, 0, 1, ...(documents[3] ?? []).slice(0, 8)])
    const count = (tokens: readonly number[]) =>
      documents.reduce((sum, document) => {
        for (let i = 0; i + tokens.length <= document.length; i++) {
          if (tokens.every((token, j) => document[i + j] === token)) sum++
        }
        return sum
      }, 0)
    for (const order of [1, 3, 5]) {
      const counted = await scoreText(index, text, { order, vocabulary })
      for (const [place, { token, unigramProbability, ngram, infinityGram }] of counted.entries()) {
        expect(token).toBe(text[place])
        expect(unigramProbability).toBeCloseTo((count([token]) + 1) / (index.everything.count + vocabulary), 12)
        for (const [estimate, most] of [[ngram, order - 1] as const, [infinityGram, place] as const]) {
          let length = Math.min(most, place)
          while (length > 0 && count([...text.slice(place - length, place)]) === 0) length--
          const context = [...text.slice(place - length, place)]
          expect(estimate.contextLength).toBe(length)
          expect(estimate.probability).toBeCloseTo(count([...context, token]) / count(context), 12)
          const following = [0, 1, 2, 3].filter((next) => count([...context, next]) > 0)
          const isAtEnd = following.reduce((sum, next) => sum + count([...context, next]), 0) < count(context)
          expect(estimate.support).toBe(following.length + Number(isAtEnd))
        }
      }
    }
  })

  it('leaves itself out by its plateau', async () => {
    const unique = Uint32Array.from({ length: 12 }, (_, i) => 10 + i)
    const index = CountedNgrams.fromDocuments([[...unique], [17, 18, 3]])
    const options = { order: 5, vocabulary: 30 }
    const own = await scoreText(index, unique, options)
    const without = await scoreText(index, unique, { ...options, endChoice: 'plateau' })
    expect(own.at(-1)?.infinityGram).toMatchObject({ contextLength: 11, probability: 1 })
    expect(without.at(-1)?.infinityGram).toMatchObject({ contextLength: 0 })
  })
})

it('measures improvement as the infinity-gram paper quotes it', () => {
  expect(measureImprovement(22.82, 13.71)).toBeCloseTo(0.42, 2)
  expect(measureImprovement(4.59, 3.96)).toBeCloseTo(0.18, 2)
})

describe('the report', () => {
  const estimate = (probability: number, contextLength = 3) => ({
    contextLength,
    probability,
    support: 3,
    isLikeliest: probability > 0.5,
  })
  const text = (tokens: readonly (readonly [number, number])[]): ScoredText => ({
    counted: tokens.map(([counted]) => ({
      token: 1,
      unigramProbability: 0.01,
      ngram: estimate(counted),
      infinityGram: estimate(counted, 7),
    })),
    modelScores: Float64Array.from(tokens, ([, model]) => Math.log(model)),
  })

  it('measures what stands alone', () => {
    const tokens = [...Array(50).fill([0.5, 0.25]), ...Array(50).fill([0.5, 0.25])]
    const report = measurePerplexity(text(tokens), { order: 5, textBytes: 200 })
    const of = (name: string) => report.mixtures.find((mixture) => mixture.name === name)
    expect(of('model')?.perplexity).toBeCloseTo(4, 9)
    expect(of('model')?.bitsPerToken).toBeCloseTo(2, 9)
    expect(of('model')?.bitsPerByte).toBeCloseTo(1, 9)
    expect(of('model')?.lambdas).toBeNull()
    expect(of('unigram')?.perplexity).toBeCloseTo(100, 9)
    // The counts are better everywhere: all weight that they may have is theirs.
    const mixed = 1 / (0.99 * 0.5 + 0.01 * 0.25)
    expect(of('infinity-gram + model')?.perplexity).toBeCloseTo(mixed, 6)
    expect(report.improvement).toBeCloseTo(1 - (mixed - 1) / (4 - 1), 6)
    expect(report.ngram).toMatchObject({ zeroShare: 0, meanContextLength: 3 })
    expect(report.ngram.perplexity).toBeCloseTo(2, 9)
    expect(report.fittedOn).toBe('halves')
  })

  it('judges no token by weights that saw it', () => {
    // What one half teaches is wrong for the other: an honest mixture is worse than the model alone.
    const tokens = [...Array(60).fill([1, 0.5]), ...Array(60).fill([0, 0.5])]
    const report = measurePerplexity(text(tokens), { order: 5, textBytes: null })
    const mixed = report.mixtures.find(({ name }) => name === 'infinity-gram + model')
    expect(mixed?.perplexity).toBeGreaterThan(2)
    expect(mixed?.bitsPerByte).toBeNull()
    expect(report.infinityGram).toMatchObject({ zeroShare: 0.5, agreement: 0.5, perplexity: null })
  })

  it('takes weights of another text', () => {
    const fitText = text(Array(40).fill([0, 0.5]))
    const report = measurePerplexity(text(Array(40).fill([0.9, 0.5])), { order: 5, textBytes: null, fitText })
    expect(report.fittedOn).toBe('text')
    // That text taught to trust the model alone.
    expect(report.mixtures.find(({ name }) => name === 'infinity-gram + model')?.perplexity).toBeCloseTo(2, 3)
  })
})
