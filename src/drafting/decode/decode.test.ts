import { describe, expect, it } from 'vitest'
import type { LanguageModel } from '../../models/language-model.js'
import { CountedNgrams } from '../../models/ngram/testkit/counted-ngrams.js'
import { makeTableModel, TableModel } from '../../models/testkit/table-model.js'
import type { Drafter } from '../drafter.js'
import { CombinedDrafter } from '../drafters/combined.js'
import { InputGuidedDrafter } from '../drafters/input-guided.js'
import { PromptLookupDrafter } from '../drafters/prompt-lookup.js'
import { RetrievalDrafter } from '../drafters/retrieval.js'
import { SuffixDrafter } from '../drafters/suffix.js'
import { AdjacencyMatrix, TokenRecyclingDrafter } from '../drafters/token-recycling.js'
import { TrigramDrafter } from '../drafters/trigram.js'
import { superposedPresets } from '../filter/filter-options.js'
import { NgramFilter } from '../filter/ngram-filter.js'
import { LocalContinuations } from '../local-continuations.js'
import { FixedContinuations } from '../testkit/fixed-continuations.js'
import { type DecodeOptions, decodePlainly } from './decode-plain.js'
import { decodeSpeculatively } from './decode-speculatively.js'
import { decodeSuperposed } from './decode-superposed.js'

const vocabulary = 12
const budget = { nodes: 16, depth: 6 }

async function collectPlainly(model: LanguageModel, prompt: Uint32Array, options: DecodeOptions): Promise<number[]> {
  const tokens: number[] = []
  for await (const token of decodePlainly(model, prompt, options)) tokens.push(token)
  return tokens
}

/** Every drafter, fresh for a prompt. The documents hold what the model says, so that some drafts are right. */
async function makeDrafters(model: LanguageModel, prompt: Uint32Array): Promise<Drafter[]> {
  const known = await collectPlainly(model, prompt, { maxTokens: 40 })
  const documents = new FixedContinuations([[...prompt, ...known.slice(0, 12)], known.slice(8), [1, 2, 3, 4]])
  const local = () => new LocalContinuations(prompt)
  return [
    new PromptLookupDrafter(),
    new RetrievalDrafter(documents),
    new SuffixDrafter([local(), documents], { offset: 2 }),
    new SuffixDrafter([local()], { shape: 'path' }),
    new TokenRecyclingDrafter(new AdjacencyMatrix(vocabulary)),
    new TrigramDrafter(documents, 1),
    new InputGuidedDrafter(Uint32Array.from(known)),
    new CombinedDrafter([new PromptLookupDrafter(), new RetrievalDrafter(documents)]),
  ]
}

describe('speculative decoding', () => {
  const prompts = [[1], [3, 4, 5], [2, 2, 2, 2], [9, 1, 9, 1, 9]].map((tokens) => Uint32Array.from(tokens))

  it('decodes greedily what plain decoding does, with every drafter', async () => {
    for (const endToken of [null, 7]) {
      const model = makeTableModel(vocabulary, endToken)
      for (const prompt of prompts) {
        const expected = await collectPlainly(model, prompt, { maxTokens: 30 })
        for (const drafter of await makeDrafters(makeTableModel(vocabulary), prompt)) {
          const tokens: number[] = []
          const steps = decodeSpeculatively(model, drafter, prompt, { maxTokens: 30, budget, isObserving: true })
          for await (const step of steps) {
            expect(step.accepted).toBeLessThanOrEqual(step.drafted)
            tokens.push(...step.tokens)
          }
          expect(tokens, `${drafter.name} after ${prompt}`).toEqual(expected)
        }
      }
    }
  })

  it('takes fewer passes where drafts are right', async () => {
    const model = makeTableModel(vocabulary)
    const prompt = Uint32Array.of(3, 4, 5)
    const known = await collectPlainly(model, prompt, { maxTokens: 30 })
    model.passes = 0
    const drafter = new InputGuidedDrafter(Uint32Array.from(known))
    const steps = decodeSpeculatively(model, drafter, prompt, { maxTokens: 30, budget })
    for await (const _step of steps);
    expect(model.passes).toBe(1 + Math.ceil(30 / (budget.depth + 1)))
  })

  it('samples the same tokens for the same seed, in the law of the model', async () => {
    const model = new TableModel(3, null, (last) => [0, 1, 2].map((token) => (token === last ? 0 : Math.log(2))))
    const sampling = { temperature: 1, topP: 1, seed: 5 }
    const sample = async () => {
      const tokens: number[] = []
      const drafter = new RetrievalDrafter(new FixedContinuations([[0, 1, 2, 0, 1, 2, 1]]), { minMatch: 1 })
      for await (const step of decodeSpeculatively(model, drafter, Uint32Array.of(0), {
        maxTokens: 3000,
        budget,
        sampling,
      })) {
        tokens.push(...step.tokens)
      }
      return tokens
    }
    const tokens = await sample()
    expect(await sample()).toEqual(tokens)
    const repeats = tokens.filter((token, i) => token === (i === 0 ? 0 : tokens[i - 1])).length
    // A token repeats with 1/5.
    expect(Math.abs(repeats / tokens.length - 0.2)).toBeLessThan(0.03)
  })

  it('stops when it is told to', async () => {
    const steps = decodeSpeculatively(makeTableModel(vocabulary), new PromptLookupDrafter(), Uint32Array.of(1), {
      maxTokens: 9,
      budget,
      signal: AbortSignal.abort(new Error('enough')),
    })
    await expect(steps.next()).rejects.toThrow('enough')
  })
})

describe('plain decoding', () => {
  it('ends with the end token or the limit', async () => {
    const model = new TableModel(3, 2, (last) => [0, last === 0 ? 1 : 0, last === 1 ? 1 : 0])
    expect(await collectPlainly(model, Uint32Array.of(0), { maxTokens: 9 })).toEqual([1, 2])
    expect(await collectPlainly(model, Uint32Array.of(0), { maxTokens: 1 })).toEqual([1])
  })

  it('samples within the nucleus', async () => {
    const model = new TableModel(4, null, () => [Math.log(6), Math.log(3), Math.log(1), Number.NEGATIVE_INFINITY])
    const options = { maxTokens: 200, sampling: { temperature: 1, topP: 0.85, seed: 3 } }
    const tokens = await collectPlainly(model, Uint32Array.of(0), options)
    expect(new Set(tokens)).toEqual(new Set([0, 1]))
  })
})

describe('superposed decoding', () => {
  const documents = [
    [1, 2, 3, 4, 5],
    [1, 2, 6, 7, 8],
  ]
  const filter = () => new NgramFilter(CountedNgrams.fromDocuments(documents), [0.01, 0.04, 0.15, 0.18, 0.12])
  const search = { ...superposedPresets.p15_d2, temperature: 1 }

  it('tells apart what the model has mixed', async () => {
    const flat = new TableModel(9, null, () => Array(9).fill(1))
    const steps = decodeSuperposed(flat, filter(), Uint32Array.of(1, 2), {
      search: { ...search, candidates: 9, firstStep: 'joined' },
      maxTokens: 3,
    })
    let drafts: readonly (readonly number[])[] = []
    for await (const best of steps) drafts = best.map(({ tokens }) => tokens)
    expect([...drafts].sort()).toEqual([
      [3, 4, 5],
      [6, 7, 8],
    ])
  })

  it('reads one row a step, whatever the number of drafts', async () => {
    const model = makeTableModel(9)
    const steps = decodeSuperposed(model, filter(), Uint32Array.of(1, 2), { search, maxTokens: 6, resetAfter: 2 })
    let last: readonly { tokens: readonly number[] }[] = []
    for await (const best of steps) last = best
    expect(last[0]?.tokens).toHaveLength(6)
    expect(model.rows).toBe(2 + 5)
  })
})
