import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express } from 'express'
import { pack, unpack } from 'msgpackr'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from '../../build/build-index.js'
import { testOptions } from '../../build/testkit/small-corpus.js'
import { superposedPresets } from '../../drafting/filter/filter-options.js'
import { NgramFilter } from '../../drafting/filter/ngram-filter.js'
import { joinScores } from '../../drafting/filter/superposed-search.js'
import { CountedNgrams } from '../../models/ngram/testkit/counted-ngrams.js'
import { combineReaders } from '../../query/combine-readers.js'
import type { IndexReader } from '../../query/index-reader.js'
import { openIndex } from '../../query/open-index.js'
import { createNaiveReader } from '../../query/testkit/naive-reader.js'
import { writeTokenizer } from '../../tokenizer/testkit/test-tokenizer.js'
import { createApp } from '../app.js'
import type { Route } from '../route.js'
import { IndexRegistry } from '../served-indexes.js'
import { expectDeclared } from '../testkit/expect-answer.js'
import { testIndexes } from '../testkit/test-app.js'
import { draftsRoute } from './drafts.js'
import { filterRoute } from './filter.js'

/** A small language in which contexts come back often. */
const documents = Array.from({ length: 12 }, (_, d) =>
  Array.from({ length: 40 }, (_, i) => (Math.imul((i >> 1) * 7 + (d % 3) * 5 + (i % 2), 2654435761) >>> 16) % 9),
)
const counted = CountedNgrams.fromDocuments(documents)
let dir = ''
let readers: IndexReader[] = []
let app: Express

/** `numbers` and `more` hold the language together; `words` has a tokenizer; `fruit` is of bytes. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'omnigram-drafting-'))
  const tokenizerPath = await writeTokenizer(join(dir, 'tokenizer.json'))
  const common = { idsType: null, documentSeparator: null }
  const ready = { ...common, tokenizerPath: null, idsField: 'ids', vocabulary: 100 }
  const tokenised = { ...common, tokenizerPath, idsField: null, vocabulary: null }
  const parts = { numbers: documents.slice(0, 7), more: documents.slice(7) }
  for (const [name, lines] of Object.entries(parts)) {
    const path = join(dir, `${name}.jsonl`)
    await writeFile(path, lines.map((ids) => `${JSON.stringify({ ids })}\n`).join(''))
    const options = { idField: null, facetFields: [], isStrict: true, tokens: ready }
    await buildIndex(testOptions([path], join(dir, name), options))
  }
  const text = join(dir, 'text.jsonl')
  await writeFile(text, '{"text":"the banana of the band"}\n{"text":"of the banana"}\n')
  const options = { idField: null, facetFields: [], isStrict: true, tokens: tokenised }
  await buildIndex(testOptions([text], join(dir, 'words'), options))
  const opened = ['numbers', 'more', 'words'].map((name) => openIndex(join(dir, name), { workers: 0 }))
  readers = [...(await Promise.all(opened)), createNaiveReader(testIndexes[0])]
  const sources = readers.map((reader) => ({ name: reader.name, current: () => reader }))
  app = createApp(new IndexRegistry(sources, combineReaders), {}).express
})

afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()))
  await rm(dir, { recursive: true })
})

async function ask(path: string, body: object, route: Route) {
  const response = await request(app).post(`/v1/indexes/${path}`).send(body)
  expect(response.body).toMatchObject({ tookMs: expect.any(Number) })
  expectDeclared(route, response.body)
  return response.body
}

const { orderWeights } = superposedPresets.p15_d3
const candidates = Array.from({ length: 9 }, (_, token) => token)
const start = documents[3]?.slice(5, 17) ?? []

async function countProbabilities(drafts: readonly number[][]): Promise<number[][]> {
  const filter = new NgramFilter(counted, orderWeights)
  const histories = await Promise.all(drafts.map((draft) => filter.start(Uint32Array.from(draft))))
  const { probabilities } = await filter.score(histories, Uint32Array.from(candidates))
  return drafts.map((_, draft) => [...probabilities.subarray(draft * 9, (draft + 1) * 9)])
}

describe('the filter over HTTP', () => {
  it('scores drafts and candidates as counting does, over several indexes, with a session or without', async () => {
    let drafts: number[][] = [start, start.slice(0, 4), [1, 2, 3, 4, 5, 6, 7], []]
    const logProbabilities = candidates.map((token) => Math.log((token + 1) / 45))
    let scores = drafts.map(() => 0)
    for (let step = 0; step < 6; step++) {
      const expected = await countProbabilities(drafts)
      const asked = { drafts, candidates, logProbabilities, scores, keep: 3 }
      const plain = await ask('numbers,more/filter', asked, filterRoute)
      const kept = await ask('numbers,more/filter', { ...asked, session: 'decoder 1' }, filterRoute)
      expect(kept.probabilities).toEqual(plain.probabilities)
      expect(kept.best).toEqual(plain.best)
      for (const [draft, row] of expected.entries()) {
        for (const [i, value] of row.entries()) expect(plain.probabilities[draft][i]).toBeCloseTo(value, 12)
      }
      const joined = expected.flatMap((row, draft) =>
        [...joinScores(superposedPresets.p15_d3, logProbabilities, row)].map((score) => score + (scores[draft] ?? 0)),
      )
      const best = [...joined].sort((a, b) => b - a).slice(0, 3)
      for (const [i, { score }] of plain.best.entries()) expect(score).toBeCloseTo(best[i] ?? 0, 9)
      type Best = { draft: number; token: number; score: number }
      drafts = plain.best.map(({ draft, token }: Best) => [...(drafts[draft] ?? []), token])
      scores = plain.best.map(({ score }: Best) => score)
    }
  })

  it('takes other weights under the same session', async () => {
    const asked = { drafts: [start], candidates, session: 'weights' }
    await ask('numbers/filter', asked, filterRoute)
    const grown = { ...asked, drafts: [[...start, 3]], orderWeights: [1] }
    const { session: _, ...plain } = grown
    const answers = [await ask('numbers/filter', grown, filterRoute), await ask('numbers/filter', plain, filterRoute)]
    expect(answers[0].probabilities).toEqual(answers[1].probabilities)
    expect(answers[0].best).toBeUndefined()
  })

  it('leaves impossible candidates out, and speaks MessagePack', async () => {
    const packed = await request(app)
      .post('/v1/indexes/numbers/filter')
      .set('content-type', 'application/vnd.msgpack')
      .set('accept', 'application/vnd.msgpack')
      .send(pack({ drafts: [start], candidates: [99, 98], logProbabilities: [null, -1], preset: 'p15_d2' }))
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => done(null, Buffer.concat(chunks)))
      })
    const { best, probabilities } = unpack(packed.body)
    expect(probabilities).toEqual([[0, 0]])
    // Nothing was counted: the model's part is kept, and the penalty lost.
    expect(best).toEqual([{ draft: 0, candidate: 1, token: 98, score: expect.closeTo(-0.38 - 200, 9) }])
  })

  it.each([
    ['fruit/filter', { drafts: [[1]], candidates: [2] }, 'bad-pattern'],
    ['numbers/filter', { drafts: [], candidates: [2] }, 'bad-argument'],
    ['numbers/filter', { drafts: [[1]], candidates: [] }, 'bad-argument'],
    ['numbers/filter', { drafts: [[1]], candidates: [1_000] }, 'bad-pattern'],
    ['numbers/filter', { drafts: [[-1]], candidates: [1] }, 'bad-argument'],
    ['numbers/filter', { drafts: [[1]], candidates: [1], preset: 'toString' }, 'bad-argument'],
    ['numbers/filter', { drafts: [[1]], candidates: [1, 2], logProbabilities: [0] }, 'bad-argument'],
    ['numbers/filter', { drafts: [[1]], candidates: [1], scores: [] }, 'bad-argument'],
    ['numbers/filter', { drafts: [[1]], candidates: [1], orderWeights: [1e300] }, 'bad-argument'],
    ['numbers/filter', { drafts: [[1]], candidates: [1], session: '' }, 'bad-argument'],
    ['fruit/drafts', { contexts: [{ context: 'a' }] }, 'bad-argument'],
    ['numbers/drafts', { contexts: [] }, 'bad-argument'],
    ['numbers/drafts', { contexts: [{ context: { ids: [] } }] }, 'bad-argument'],
    ['numbers/drafts', { contexts: [{ context: { ids: [1_000] } }] }, 'bad-pattern'],
    ['numbers/drafts', { contexts: [{ context: { ids: [1] } }], nodes: 257 }, 'bad-argument'],
    ['numbers/drafts', { contexts: [{ context: { ids: [1] } }], drafter: 'oracle' }, 'bad-argument'],
  ])('refuses %s %j', async (path, body, code) => {
    const response = await request(app).post(`/v1/indexes/${path}`).send(body).expect(400)
    expect(response.body.code).toBe(code)
  })

  it('refuses more cursors than go together', async () => {
    const many = { drafts: new Array(64).fill([1]), candidates: new Array(512).fill(1) }
    const { body } = await request(app).post('/v1/indexes/numbers/filter').send(many)
    expect(body.code).toBe('too-expensive')
  })
})

describe('drafts over HTTP', () => {
  it('follow the corpus, the same for a growing context with and without a session', async () => {
    for (const drafter of ['retrieval', 'suffix']) {
      for (let length = 1; length <= start.length; length++) {
        const context = { ids: start.slice(0, length) }
        const asked = { drafter, nodes: 12, depth: 4 }
        const contexts = [{ context, session: drafter }, { context }]
        const { drafts } = await ask('numbers,more/drafts', { ...asked, contexts }, draftsRoute)
        expect(drafts[0]).toEqual(drafts[1])
        expect(drafts[0].contextTokens).toBe(length)
        expect(drafts[0].tokens[0]).toBe(start[length - 1])
        expect(drafts[0].tokens.length).toBeLessThanOrEqual(13)
        expect(Math.max(...drafts[0].positions)).toBeLessThanOrEqual(4)
        if (length > 1) expect(drafts[0].tokens.length).toBeGreaterThan(1)
        if (drafter === 'retrieval') expectOccurring(start.slice(Math.max(0, length - 2), length), drafts[0])
      }
    }
  })

  it('takes a context that was cut or goes on otherwise under the same session', async () => {
    const session = 'jumps'
    for (const ids of [
      start,
      start.slice(0, 3),
      [...start, 1, 2],
      [5],
      Array.from({ length: 2_000 }, (_, i) => i % 9),
    ]) {
      const contexts = [{ context: { ids }, session }, { context: { ids } }]
      const { drafts } = await ask('numbers/drafts', { contexts, nodes: 8 }, draftsRoute)
      expect(drafts[0]).toEqual(drafts[1])
    }
  })

  it('take text, and say what tokens say', async () => {
    const contexts = [{ context: 'of the' }]
    const { drafts } = await ask('words/drafts', { contexts, withText: true, minMatch: 1 }, draftsRoute)
    expect(drafts[0].texts.join('')).toBe(' the banana')
  })

  it('stop at the deadline', async () => {
    const ids = Array.from({ length: 4_000 }, (_, i) => i % 9)
    const contexts = new Array(64).fill({ context: { ids } })
    const asked = { contexts, drafter: 'suffix', nodes: 256, depth: 64, maxMatch: 64, deadlineMs: 1 }
    const { body } = await request(app).post('/v1/indexes/numbers/drafts').send(asked)
    expect(body.code).toBe('deadline-exceeded')
  })

  it('draft nothing where nothing is known', async () => {
    const { drafts } = await ask('numbers/drafts', { contexts: [{ context: { ids: [99] } }] }, draftsRoute)
    expect(drafts).toEqual([{ contextTokens: 1, tokens: [99], parents: [-1], positions: [0] }])
  })
})

/** Every path of the draft stands in some document after the end of the context. */
function expectOccurring(end: readonly number[], draft: { tokens: number[]; parents: number[] }): void {
  const lines = documents.map((ids) => `,${ids.join()},`)
  for (let node = 1; node < draft.tokens.length; node++) {
    const path: number[] = []
    for (let at = node; at > 0; at = draft.parents[at] ?? 0) path.unshift(draft.tokens[at] ?? 0)
    expect(lines.some((line) => line.includes(`,${[...end, ...path].join()},`))).toBe(true)
  }
}
