/** Does a real model say the same tokens, whatever is drafted for it, and do its superposed drafts hang together? */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildIndex } from '../../src/build/build-index.js'
import { makeFolder, testOptions, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import { decodePlainly } from '../../src/drafting/decode/decode-plain.js'
import { decodeSpeculatively } from '../../src/drafting/decode/decode-speculatively.js'
import { decodeSuperposed } from '../../src/drafting/decode/decode-superposed.js'
import type { Drafter } from '../../src/drafting/drafter.js'
import { CombinedDrafter } from '../../src/drafting/drafters/combined.js'
import { InputGuidedDrafter } from '../../src/drafting/drafters/input-guided.js'
import { PromptLookupDrafter } from '../../src/drafting/drafters/prompt-lookup.js'
import { RetrievalDrafter } from '../../src/drafting/drafters/retrieval.js'
import { SuffixDrafter } from '../../src/drafting/drafters/suffix.js'
import { AdjacencyMatrix, TokenRecyclingDrafter } from '../../src/drafting/drafters/token-recycling.js'
import { TrigramDrafter } from '../../src/drafting/drafters/trigram.js'
import { superposedPresets } from '../../src/drafting/filter/filter-options.js'
import { NgramFilter } from '../../src/drafting/filter/ngram-filter.js'
import { IndexContinuations } from '../../src/drafting/index-continuations.js'
import { IndexNgrams } from '../../src/drafting/index-ngrams.js'
import { LocalContinuations } from '../../src/drafting/local-continuations.js'
import { openGgufModel } from '../../src/models/gguf-model.js'
import type { LanguageModel } from '../../src/models/language-model.js'
import { SessionScorer } from '../../src/models/session-scorer.js'
import type { IndexReader } from '../../src/query/index-reader.js'
import { openIndex } from '../../src/query/open-index.js'
import { TextTokenizer } from '../../src/tokenizer/text-tokenizer.js'
import { modelLack, modelPath, tokenizerLack, tokenizerPath } from '../support/small-model.js'

const lack = modelLack ?? tokenizerLack
const maxTokens = 64
const budget = { nodes: 11, depth: 8 }
const asked = [
  'The capital of France is',
  'The quick brown fox jumps over the lazy dog. The quick brown fox jumps over',
  'Why is the sky blue? Because',
  'To make bread you need flour, water, salt and',
  'Once upon a time there was a king who',
  'The three primary colours are',
  'Dear Sir or Madam, I am writing to you because',
  'Water boils at a temperature of',
  '1, 2, 3, 4, 5, 6,',
  'A haiku about the sea:\n',
]
const root = new URL('../../', import.meta.url)
const proseFiles = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/format.md']
const codeFiles = [
  'core/errors.ts',
  'core/manifest.ts',
  'query/open-index.ts',
  'drafting/draft-tree.ts',
  'models/softmax.ts',
]

/** Beginnings and middles of files: 10 of prose, 10 of code. */
async function cutPrompts(): Promise<string[]> {
  const paths = [...proseFiles, ...codeFiles.map((path) => `src/${path}`)]
  const texts = await Promise.all(paths.map((path) => readFile(new URL(path, root), 'utf8')))
  return texts.flatMap((text) => [0, Math.floor(text.length / 2)].map((start) => text.slice(start, start + 160)))
}

let folder: Awaited<ReturnType<typeof makeFolder>>
let model: LanguageModel
let tokenizer: TextTokenizer
let prompts: readonly string[]
let reader: IndexReader
let index: IndexNgrams

beforeAll(async () => {
  if (lack !== null) return
  folder = await makeFolder()
  model = await openGgufModel(modelPath)
  tokenizer = new TextTokenizer(await readFile(tokenizerPath), tokenizerPath)
  prompts = [...asked, ...(await cutPrompts())]
  const texts = [...prompts, 'The quick brown fox jumps over the lazy dog and runs away.', 'return a + b, of course']
  const input = await writeJsonl(
    join(folder.dir, 'ids.jsonl'),
    texts.map((text) => ({ ids: [...tokenizer.encode(text).ids] })),
  )
  const tokens = {
    tokenizerPath: null,
    idsField: 'ids',
    vocabulary: tokenizer.vocabulary,
    idsType: null,
    documentSeparator: null,
  }
  await buildIndex(testOptions([input], join(folder.dir, 'index'), { tokens }))
  reader = await openIndex(join(folder.dir, 'index'), { workers: 0 })
  index = await IndexNgrams.open(reader)
})
afterAll(async () => {
  await reader?.close()
  await folder?.remove()
})
beforeEach((context) => {
  if (lack !== null) context.skip(lack)
})

function makeDrafters(prompt: Uint32Array): Drafter[] {
  const suffix = () => new SuffixDrafter([new LocalContinuations(prompt), new IndexContinuations(index)])
  return [
    new PromptLookupDrafter(),
    new RetrievalDrafter(new IndexContinuations(index)),
    suffix(),
    new TokenRecyclingDrafter(new AdjacencyMatrix(model.vocabulary)),
    new TrigramDrafter(new IndexContinuations(index), 1),
    new InputGuidedDrafter(prompt),
    new CombinedDrafter([suffix(), new PromptLookupDrafter()]),
  ]
}

describe('a real model', () => {
  it('decodes the same tokens with every drafter as without, for 30 prompts', async () => {
    expect(prompts).toHaveLength(30)
    for (const text of prompts) {
      const prompt = tokenizer.encode(text).ids
      const expected: number[] = []
      for await (const token of decodePlainly(model, prompt, { maxTokens })) expected.push(token)
      for (const drafter of makeDrafters(prompt)) {
        const tokens: number[] = []
        const options = { maxTokens, budget, isObserving: drafter instanceof TokenRecyclingDrafter }
        for await (const step of decodeSpeculatively(model, drafter, prompt, options)) tokens.push(...step.tokens)
        expect(tokens, `${drafter.name}: ${text}`).toEqual(expected)
      }
    }
  }, 900_000)

  it('knows the capital of France, and holds sense likelier than nonsense', async () => {
    const prompt = tokenizer.encode('The capital of France is').ids
    const said: number[] = []
    for await (const token of decodePlainly(model, prompt, { maxTokens: 1 })) said.push(token)
    expect(tokenizer.decode(Uint32Array.from(said))).toBe(' Paris')
    const scorer = new SessionScorer('model', model)
    const score = async (text: string) => {
      const scores = await scorer.scoreTokens(tokenizer.encode(text).ids)
      return scores.reduce((sum, log) => sum + log, 0) / scores.length
    }
    expect(await score('The cat sat on the mat.')).toBeGreaterThan(await score('Mat the on cat sat the.'))
  })

  it('writes several drafts in one stream', async () => {
    const filter = new NgramFilter(index, superposedPresets.p15_d3.orderWeights)
    const prompt = tokenizer.encode('The quick brown fox').ids
    let drafts: readonly (readonly number[])[] = []
    const steps = decodeSuperposed(model, filter, prompt, { search: superposedPresets.p15_d3, maxTokens: 6 })
    for await (const best of steps) drafts = best.map(({ tokens }) => tokens)
    expect(drafts).toHaveLength(3)
    expect(new Set(drafts.map(String)).size).toBe(3)
    expect(drafts.every(({ length }) => length === 6)).toBe(true)
  })
})
