import { describe, expect, it } from 'vitest'
import type { LanguageModel } from '../../models/language-model.js'
import { CountedNgrams } from '../../models/ngram/testkit/counted-ngrams.js'
import { logSoftmax } from '../../models/softmax.js'
import { makeTableModel, TableModel } from '../../models/testkit/table-model.js'
import { type DecodeOptions, decodePlainly } from '../decode/decode-plain.js'
import { decodeSpeculatively } from '../decode/decode-speculatively.js'
import type { Drafter } from '../drafter.js'
import { CombinedDrafter } from '../drafters/combined.js'
import { InputGuidedDrafter } from '../drafters/input-guided.js'
import { PromptLookupDrafter } from '../drafters/prompt-lookup.js'
import { RetrievalDrafter } from '../drafters/retrieval.js'
import { SuffixDrafter } from '../drafters/suffix.js'
import { AdjacencyMatrix, TokenRecyclingDrafter } from '../drafters/token-recycling.js'
import { LocalContinuations } from '../local-continuations.js'
import { FixedContinuations } from '../testkit/fixed-continuations.js'
import { constrainModel } from './constrained-model.js'
import type { Constraint } from './constraint.js'
import { IndexConstraint } from './index-constraint.js'
import { searchAllowed } from './search-allowed.js'
import { TitleConstraint } from './title-constraint.js'

const vocabulary = 12
const endToken = 11
const titles = [[1, 2, 3], [1, 2], [4, 5, 6, 7, 8], [4, 5, 6, 7, 9], [10], [3, 3, 3, 3, 3, 3, 3]]

async function collect(model: LanguageModel, prompt: Uint32Array, options: DecodeOptions): Promise<number[]> {
  const tokens: number[] = []
  for await (const token of decodePlainly(model, prompt, options)) tokens.push(token)
  return tokens
}

function makeDrafters(prompt: Uint32Array): Drafter[] {
  const documents = new FixedContinuations([...titles, [...prompt, 4, 5, 6, 7, 8], [2, 3, 1, 2, 9]])
  return [
    new PromptLookupDrafter(),
    new RetrievalDrafter(documents, { minMatch: 1 }),
    new SuffixDrafter([new LocalContinuations(prompt), documents], { offset: 3 }),
    new TokenRecyclingDrafter(new AdjacencyMatrix(vocabulary)),
    new InputGuidedDrafter(Uint32Array.of(4, 5, 6, 7, 9)),
    new CombinedDrafter([new PromptLookupDrafter(), new RetrievalDrafter(documents)]),
  ]
}

describe('a constrained model', () => {
  const prompts = [[3], [9, 1, 4], [4, 5, 6, 4, 5]].map((tokens) => Uint32Array.from(tokens))
  const index = CountedNgrams.fromDocuments(titles)
  const constraints: [string, Constraint<unknown>, (text: string) => boolean][] = [
    ['titles', new TitleConstraint(titles), (text) => titles.some((title) => title.join() === text)],
    [
      'strings of the corpus up to the end of a document',
      new IndexConstraint(index),
      (text) => titles.some((title) => `,${title.join()}`.endsWith(`,${text}`) || text === ''),
    ],
  ]

  it.each(constraints)('decodes %s, the same with every drafter', async (_name, constraint, isAllowed) => {
    const model = makeTableModel(vocabulary, endToken)
    for (const prompt of prompts) {
      const plain = constrainModel(model, constraint, prompt.length)
      const expected = await collect(plain, prompt, { maxTokens: 20 })
      expect(expected.at(-1)).toBe(endToken)
      expect(isAllowed(expected.slice(0, -1).join())).toBe(true)
      for (const drafter of makeDrafters(prompt)) {
        const tokens: number[] = []
        const options = { maxTokens: 20, budget: { nodes: 16, depth: 6 }, isObserving: true }
        for await (const step of decodeSpeculatively(plain, drafter, prompt, options)) tokens.push(...step.tokens)
        expect(tokens, `${drafter.name} after ${prompt}`).toEqual(expected)
      }
    }
  })

  it('samples in the law of the model among what is allowed', async () => {
    const weights = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((weight) => Math.log(weight))
    const model = constrainModel(new TableModel(vocabulary, endToken, () => weights), new TitleConstraint(titles), 1)
    const counts = new Map<number, number>()
    for (let seed = 0; seed < 2000; seed++) {
      const sampling = { temperature: 1, topP: 1, seed }
      const [first = 0] = await collect(model, Uint32Array.of(0), { maxTokens: 1, sampling })
      counts.set(first, (counts.get(first) ?? 0) + 1)
    }
    // The first tokens of titles, 1, 3, 4 and 10, weigh as much as they are.
    for (const token of [1, 3, 4, 10]) expect((counts.get(token) ?? 0) / 2000).toBeCloseTo(token / 18, 1)
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([1, 3, 4, 10])
  })

  it('goes on from a fork and after forgetting', async () => {
    const model = constrainModel(makeTableModel(vocabulary, endToken), new TitleConstraint(titles), 1)
    const session = model.startSession()
    await session.read(Uint32Array.of(0))
    const fork = session.fork()
    const possible = (logits: Float32Array) => [...logits.keys()].filter((token) => Number.isFinite(logits[token]))
    expect(possible(await session.read(Uint32Array.of(1, 2)))).toEqual([3, endToken])
    expect(possible(await fork.read(Uint32Array.of(4)))).toEqual([5])
    session.truncate(2)
    expect(possible(await session.read(Uint32Array.of(2)))).toEqual([3, endToken])
    const rows = await fork.readAll(Uint32Array.of(5, 6, 7))
    expect(possible(rows.subarray(2 * vocabulary))).toEqual([8, 9])
  })

  it('refuses what cannot end or is no text', async () => {
    const constraint = new TitleConstraint(titles)
    expect(() => constrainModel(makeTableModel(vocabulary), constraint, 1)).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    )
    const session = constrainModel(makeTableModel(vocabulary, endToken), constraint, 1).startSession()
    await expect(session.readMixture(Uint32Array.of(1), Float64Array.of(1))).rejects.toMatchObject({
      code: 'bad-argument',
    })
    const foreign = constrainModel(makeTableModel(vocabulary, endToken), new TitleConstraint([[50]]), 1).startSession()
    await expect(foreign.read(Uint32Array.of(0))).rejects.toMatchObject({ code: 'bad-argument' })
  })
})

describe('the search for the likeliest titles', () => {
  it('ranks all of them by the model', async () => {
    const model = makeTableModel(vocabulary, endToken)
    const prompt = Uint32Array.of(9, 1)
    const scores = await Promise.all(
      titles.map(async (title) => {
        const session = model.startSession()
        await session.read(prompt.slice(0, 1))
        const rows = await session.readAll(Uint32Array.of(1, ...title))
        const logProbability = [...title, endToken].reduce((sum, token, i) => {
          const logs = logSoftmax(rows.subarray(i * vocabulary, (i + 1) * vocabulary))
          return sum + (logs[token] ?? 0)
        }, 0)
        return { title, logProbability }
      }),
    )
    const expected = scores.sort((a, b) => b.logProbability - a.logProbability)
    const constraint = new TitleConstraint(titles)
    const found = await searchAllowed(model, constraint, prompt, { width: titles.length, maxTokens: 10 })
    expect(found.map(({ tokens }) => tokens)).toEqual(expected.map(({ title }) => title))
    for (const [i, { logProbability, place }] of found.entries()) {
      expect(logProbability).toBeCloseTo(expected[i]?.logProbability ?? 0, 6)
      expect(titles[constraint.listEnds(place)[0] ?? -1]).toEqual(expected[i]?.title)
    }
    const [best] = await searchAllowed(model, constraint, prompt, { width: 1, maxTokens: 10 })
    expect(titles.map((title) => title.join())).toContain(best?.tokens.join())
    const short = await searchAllowed(model, constraint, prompt, { width: 9, maxTokens: 3 })
    expect(short.every(({ tokens }) => tokens.length <= 3)).toBe(true)
    expect(short).toHaveLength(3)
  })
})
