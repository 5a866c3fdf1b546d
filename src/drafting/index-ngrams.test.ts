import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from '../build/build-index.js'
import { testOptions, writeJsonl } from '../build/testkit/small-corpus.js'
import { GrowingContext } from '../models/ngram/growing-context.js'
import { predictNext, predictToken } from '../models/ngram/infinity-gram.js'
import { CountedNgrams } from '../models/ngram/testkit/counted-ngrams.js'
import type { IndexReader } from '../query/index-reader.js'
import { openIndex } from '../query/open-index.js'
import { makeTestFolder } from '../query/testkit/build-test-index.js'
import { RetrievalDrafter } from './drafters/retrieval.js'
import { SuffixDrafter } from './drafters/suffix.js'
import { TrigramDrafter } from './drafters/trigram.js'
import { NgramFilter } from './filter/ngram-filter.js'
import { IndexContinuations } from './index-continuations.js'
import { IndexNgrams } from './index-ngrams.js'
import { FixedContinuations } from './testkit/fixed-continuations.js'

/** A small language in which contexts come back often. */
const documents = Array.from({ length: 12 }, (_, d) =>
  Array.from({ length: 40 }, (_, i) => (Math.imul((i >> 1) * 7 + (d % 3) * 5 + (i % 2), 2654435761) >>> 16) % 9),
)
const budget = { nodes: 24, depth: 6 }

let folder: Awaited<ReturnType<typeof makeTestFolder>>
let reader: IndexReader
let index: IndexNgrams

beforeAll(async () => {
  folder = await makeTestFolder()
  const input = await writeJsonl(
    join(folder.path, 'ids.jsonl'),
    documents.map((ids) => ({ ids })),
  )
  const tokens = { tokenizerPath: null, idsField: 'ids', vocabulary: null, idsType: null, documentSeparator: null }
  const indexDir = join(folder.path, 'index')
  await buildIndex(testOptions([input], indexDir, { tokens, shardBytes: 700, saRate: 8, isaRate: 16 }))
  reader = await openIndex(indexDir, { workers: 0 })
  index = await IndexNgrams.open(reader)
})

afterAll(async () => {
  await reader.close()
  await folder.remove()
})

describe('an index of several shards', () => {
  const counted = CountedNgrams.fromDocuments(documents)

  it('predicts what counting predicts, after any context', async () => {
    expect(index.everything.count).toBe(counted.everything.count)
    for (const start of [0, 7, 20]) {
      const [ours, expected] = [new GrowingContext(index), new GrowingContext(counted)]
      for (const token of [...(documents[start % 12] ?? []).slice(start, start + 8), 11, 3]) {
        await ours.push(token)
        await expected.push(token)
        expect(ours.ends.map(({ length, rows }) => [length, rows.count])).toEqual(
          expected.ends.map(({ length, rows }) => [length, rows.count]),
        )
        expect(await predictNext(index, ours)).toEqual(await predictNext(counted, expected))
        expect(await predictToken(index, ours, 4)).toEqual(await predictToken(counted, expected, 4))
      }
    }
  })

  it('scores a step of the filter as counting does', async () => {
    const weights = [0.01, 0.04, 0.15, 0.18, 0.12]
    const [ours, expected] = [new NgramFilter(index, weights), new NgramFilter(counted, weights)]
    const prompts = [documents[0], documents[1]].map((tokens = []) => Uint32Array.from(tokens.slice(0, 9)))
    const candidates = Uint32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8])
    let [left, right] = [
      await Promise.all(prompts.map((prompt) => ours.start(prompt))),
      await Promise.all(prompts.map((prompt) => expected.start(prompt))),
    ]
    for (let step = 0; step < 4; step++) {
      const [a, b] = [await ours.score(left, candidates), await expected.score(right, candidates)]
      expect([...a.probabilities]).toEqual([...b.probabilities])
      left = [a.follow(0, step), a.follow(1, 3)]
      right = [b.follow(0, step), b.follow(1, 3)]
    }
  })

  it('drafts what counting drafts, as the context grows', async () => {
    const fixed = new FixedContinuations(documents)
    const drafters = [
      [new RetrievalDrafter(new IndexContinuations(index)), new RetrievalDrafter(fixed)],
      [new SuffixDrafter([new IndexContinuations(index)]), new SuffixDrafter([fixed])],
      [new TrigramDrafter(new IndexContinuations(index), 3), new TrigramDrafter(fixed, 3)],
    ] as const
    const text = [...(documents[2] ?? []).slice(0, 12), 11, ...(documents[4] ?? []).slice(3, 9)]
    for (const [ours, expected] of drafters) {
      for (let length = 2; length <= text.length; length += 3) {
        const context = Uint32Array.from(text.slice(0, length))
        expect(await ours.propose(context, budget), `${ours.name} after ${length}`).toEqual(
          await expected.propose(context, budget),
        )
      }
    }
  })
})

it('knows no id that its tokenizer does not make', async () => {
  const known = await index.pushEach([index.everything], [3, 4])
  const [three, four] = [known.rows(0, 0), known.rows(0, 1)]
  const strings = [three, index.everything, four]
  const pushed = await index.pushEach(strings, [3, 2 ** 20, 4])
  for (const [i, string] of strings.entries()) {
    const alone = await index.pushEach([string], [3, 4])
    expect([0, 1, 2].map((token) => pushed.count(i, token))).toEqual([alone.count(0, 0), 0, alone.count(0, 1)])
    expect(pushed.rows(i, 1).count).toBe(0)
    expect(await index.next(pushed.rows(i, 2))).toEqual(await index.next(alone.rows(0, 1)))
  }
})

it('refuses an index of bytes', async () => {
  const input = await writeJsonl(join(folder.path, 'text.jsonl'), [{ text: 'some text' }])
  await buildIndex(testOptions([input], join(folder.path, 'bytes'), {}))
  const bytes = await openIndex(join(folder.path, 'bytes'), { workers: 0 })
  await expect(IndexNgrams.open(bytes)).rejects.toMatchObject({ code: 'bad-argument' })
  await bytes.close()
})
