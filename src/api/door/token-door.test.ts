import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express } from 'express'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from '../../build/build-index.js'
import { testOptions } from '../../build/testkit/small-corpus.js'
import { combineReaders } from '../../query/combine-readers.js'
import type { IndexReader } from '../../query/index-reader.js'
import { openIndex } from '../../query/open-index.js'
import { writeTokenizer } from '../../tokenizer/testkit/test-tokenizer.js'
import { createApp } from '../app.js'
import { IndexRegistry } from '../served-indexes.js'

/** Of the worked examples 2A and, one each, the two texts of 2C. */
const corpora: Record<string, readonly number[][]> = {
  numbers: [
    [1, 2, 3, 1, 2, 4],
    [2, 3, 1, 2, 3],
    [5, 1, 2, 3],
  ],
  apart: [
    [2, 7],
    [1, 9, 2],
  ],
  near: [[1, 9, 2, 8, 1]],
  // After 1: 3 a hundred times, each of 40 others three or four times, 257 in all.
  many: [Array.from({ length: 257 }, (_, i) => [1, i < 100 ? 3 : 10 + (i % 40)]).flat()],
}
const end = 100
let dir = ''
let readers: IndexReader[] = []
let app: Express

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'omnigram-token-door-'))
  const common = { idsType: null, documentSeparator: null }
  const plain = { idField: null, facetFields: [], isStrict: true }
  const ready = { ...common, tokenizerPath: null, idsField: 'ids', vocabulary: end }
  for (const [name, documents] of Object.entries(corpora)) {
    const path = join(dir, `${name}.jsonl`)
    await writeFile(path, documents.map((ids) => `${JSON.stringify({ ids })}\n`).join(''))
    await buildIndex(testOptions([path], join(dir, name), { ...plain, tokens: ready }))
  }
  const tokenizerPath = await writeTokenizer(join(dir, 'tokenizer.json'))
  const text = join(dir, 'text.jsonl')
  await writeFile(text, '{"text":"the banana of the band"}\n{"text":"of the banana"}\n')
  const tokenised = { ...common, tokenizerPath, idsField: null, vocabulary: null }
  await buildIndex(testOptions([text], join(dir, 'words'), { ...plain, tokens: tokenised }))
  const names = [...Object.keys(corpora), 'words']
  readers = await Promise.all(names.map((name) => openIndex(join(dir, name), { workers: 0 })))
  const sources = readers.map((reader) => ({ name: reader.name, current: () => reader }))
  app = createApp(new IndexRegistry(sources, combineReaders), {}).express
})

afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()))
  await rm(dir, { recursive: true })
})

async function ask(queryType: string, fields: object, index = 'numbers') {
  const { body } = await request(app)
    .post('/')
    .send({ index, query_type: queryType, ...fields })
  expect(body).toMatchObject({ latency: expect.any(Number) })
  return body
}

describe('worked example 2A', () => {
  it.each([
    [[], 18],
    [[1, 2], 4],
    [[1, 2, 3], 3],
    [[9], 0],
  ])('counts and finds %j', async (ids, count) => {
    expect(await ask('count', { query_ids: ids })).toMatchObject({ count, approx: false, token_ids: ids })
    const { cnt, segment_by_shard: segments } = await ask('find', { query_ids: ids })
    expect(cnt).toBe(count)
    expect(segments.reduce((sum: number, [lo, hi]: number[]) => sum + (hi ?? 0) - (lo ?? 0), 0)).toBe(count)
  })

  it('knows probabilities', async () => {
    expect(await ask('prob', { query_ids: [1, 2, 3] })).toMatchObject({ prompt_cnt: 4, cont_cnt: 3, prob: 0.75 })
    expect(await ask('prob', { query_ids: [9, 1, 2, 4] })).toMatchObject({ prompt_cnt: 0, cont_cnt: 0, prob: -1 })
    const infinite = await ask('infgram_prob', { query_ids: [9, 1, 2, 4] })
    expect(infinite).toMatchObject({ suffix_len: 2, prompt_cnt: 4, cont_cnt: 1, prob: 0.25, longest_suffix: null })
  })

  it.each([
    ['ntd', [1, 2], { 3: 3, 4: 1 }, undefined],
    ['ntd', [2, 3], { 1: 2, [end]: 2 }, undefined],
    ['ntd', [9, 1], {}, undefined],
    ['infgram_ntd', [4, 3, 1], { 2: 2 }, 2],
    ['infgram_ntd', [2, 3, 1, 2], { 3: 1, 4: 1 }, 4],
  ])('knows what follows: %s %j', async (queryType, ids, expected, suffixLength) => {
    const body = await ask(queryType, { query_ids: ids })
    const results = Object.entries<{ cont_cnt: number; prob: number }>(body.result_by_token_id)
    expect(Object.fromEntries(results.map(([id, result]) => [id, result.cont_cnt]))).toEqual(expected)
    expect(results.reduce((sum, [, result]) => sum + result.cont_cnt, 0)).toBe(body.prompt_cnt)
    for (const [, result] of results) expect(result.prob).toBe(result.cont_cnt / body.prompt_cnt)
    expect(body.approx).toBe(false)
    expect(body.suffix_len).toBe(suffixLength)
  })

  it('2B: takes no sample of 257 occurrences where 10 entries are wanted', async () => {
    const whole = await ask('ntd', { query_ids: [1] }, 'many')
    const counts = Object.values<{ cont_cnt: number }>(whole.result_by_token_id).map(({ cont_cnt }) => cont_cnt)
    expect([whole.prompt_cnt, counts.length, counts.reduce((sum, count) => sum + count, 0)]).toEqual([257, 41, 257])
    const top = await ask('ntd', { query_ids: [1], max_support: 10 }, 'many')
    expect(top).toMatchObject({ prompt_cnt: 257, approx: true })
    expect(Object.keys(top.result_by_token_id)).toHaveLength(10)
    // Sampling would credit 32 to each of eight.
    expect(top.result_by_token_id[3]).toEqual({ cont_cnt: 100, prob: 100 / 257, token: null })
    for (const [id, entry] of Object.entries(top.result_by_token_id)) {
      expect(entry).toEqual(whole.result_by_token_id[id])
    }
  })

  it('says when entries were left out', async () => {
    const body = await ask('ntd', { query_ids: [1, 2], max_support: 1 })
    expect(body).toMatchObject({ prompt_cnt: 4, approx: true, result_by_token_id: { 3: { cont_cnt: 3, prob: 0.75 } } })
  })
})

describe('clauses', () => {
  it('2C: looks at the document of the anchor alone, and at both sides', async () => {
    const apart = await ask('find_cnf', { query_ids: [[[1]], [[2]]] }, 'apart')
    expect(apart).toMatchObject({ cnt: 1, approx: false, token_ids: [[[1]], [[2]]] })
    const near = { query_ids: [[[1]], [[2]]] }
    expect(await ask('count', near, 'near')).toMatchObject({ count: 1 })
    expect(await ask('count', { ...near, max_diff_tokens: 1 }, 'near')).toMatchObject({ count: 0 })
  })

  it('counts any of several terms, and reads where a pointer points', async () => {
    const query = { query_ids: [[[5], [4]], [[2, 3]]] }
    expect(await ask('count', { query_ids: [[[5], [4]]] })).toMatchObject({ count: 2 })
    const { cnt, ptrs_by_shard: pointers } = await ask('find_cnf', query)
    expect(cnt).toBe(2)
    const found = await ask('get_doc_by_ptr', { ...query, s: 0, ptr: pointers[0][1], max_disp_len: 3 })
    expect(found).toMatchObject({ doc_ix: 2, doc_len: 4, disp_len: 2, needle_offset: 0, token_ids: [5, 1] })
  })

  it('splits text, and reads documents', async () => {
    const found = await ask('search_docs', { query: ' banana AND of OR  of', maxnum: 2 }, 'words')
    expect(found).toMatchObject({ cnt: 2, approx: false, idxs: [0, 1], message: '2 occurrences found' })
    expect(found.documents.map(({ doc_ix: document }: { doc_ix: number }) => document)).toEqual([0, 1])
    const [{ spans }] = found.documents
    expect(spans.map(([text]: string[]) => text).join('')).toContain(' banana')
    expect(spans.map(([, label]: string[]) => label)).toContain('0')
  })

  it('reads every occurrence by its rank', async () => {
    const { segment_by_shard: segments } = await ask('find', { query_ids: [2, 3] })
    const places = new Set<string>()
    for (const [s, [lo, hi]] of segments.entries()) {
      for (let rank = lo; rank < hi; rank++) {
        const fields = { query_ids: [2, 3], s, rank, max_disp_len: 4 }
        const found = await ask('get_doc_by_rank', fields)
        const at = found.needle_offset
        expect(found.token_ids.slice(at, at + 2)).toEqual([2, 3])
        expect(found.spans).toContainEqual([null, '0'])
        places.add(`${found.doc_ix} ${found.token_ids.join()}`)
      }
    }
    expect(places.size).toBe(4)
  })
})

it.each([
  ['count', {}, '[Flask] Exactly one of query and query_ids must be present!'],
  ['count', { query: 'a', query_ids: [1] }, '[Flask] Exactly one of query and query_ids must be present!'],
  ['count', { query: 7 }, 'query must be a string!'],
  ['count', { query: 'a'.repeat(1_001) }, 'Please limit your input to <= 1000 characters!'],
  ['count', { query_ids: new Array(501).fill(1) }, 'Please limit your input to <= 500 tokens!'],
  ['count', { query_ids: new Array(5).fill([[1]]) }, 'Please enter at most 4 disjunctive clauses!'],
  ['count', { query_ids: [new Array(5).fill([1])] }, 'Please enter at most 4 terms in each disjunctive clause!'],
  ['count', { query_ids: [1_000] }, 'Some item(s) in your query_ids are out-of-range!'],
  ['count', { query_ids: [-1] }, 'Some item(s) in your query_ids are out-of-range!'],
  ['count', { query_ids: ['1'] }, 'query_ids must be a list of integers, or a triply-nested list of integers!'],
  ['find', { query_ids: [[[1]]] }, 'query_ids must be a list of integers, or a triply-nested list of integers!'],
  ['count', { query_ids: [[[1]], [[]]] }, 'Please provide a non-empty query!'],
  ['prob', { query_ids: [] }, 'Please provide a non-empty query!'],
  ['infgram_prob', { query_ids: [] }, 'Please provide a non-empty query!'],
  ['search_docs', { query_ids: [] }, 'Please provide a non-empty query!'],
  ['ntd', { query_ids: [1], max_support: 0 }, 'max_support must be an integer in [1, 1000]!'],
  ['search_docs', { query_ids: [1], maxnum: 11 }, 'maxnum must be an integer in [1, 10]!'],
  ['find_cnf', { query_ids: [1], max_clause_freq: 1 }, 'Clause 0 occurs 4 times, max_clause_freq is 1.'],
  ['get_doc_by_rank', { query_ids: [1], s: 0 }, "[Flask] Missing required field: 'rank'"],
  ['get_doc_by_rank', { query_ids: [1], s: 1, rank: 0 }, 's must be an integer in [0, 0]!'],
  ['get_doc_by_ptr', { query_ids: [1], s: 0, ptr: 2 ** 52 }, 'ptr must be one that find_cnf returned!'],
  ['attribute', { query_ids: [1] }, '[Flask] Invalid query_type: "attribute"'],
  [undefined, { query_ids: [1] }, "[Flask] Missing required field: 'query_type'"],
])('refuses %s %j', async (queryType, fields, message) => {
  const response = await request(app)
    .post('/')
    .send({ index: 'numbers', query_type: queryType, ...fields })
  expect(response.body).toEqual({ error: message })
  expect([400, 422]).toContain(response.status)
})
