import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { makeTestApp, testIndexes } from '../testkit/test-app.js'
import { cutSpans } from './door-answer.js'

const app = makeTestApp({}, [
  ...testIndexes,
  { name: 'cafe', documents: [{ text: 'naïve café' }] },
  { name: 'york', documents: [{ text: 'new york' }, { text: 'york city' }] },
  { name: 'aaaa', documents: [{ text: 'aaaa' }] },
])

async function ask(fields: object) {
  const { body } = await request(app).post('/').send(fields).expect(200)
  expect(body.latency).toBeGreaterThanOrEqual(0)
  const { latency: _, ...answer } = body
  return answer
}

async function refuse(fields: unknown, status = 400): Promise<string> {
  const { body } = await request(app)
    .post('/')
    .set('Content-Type', 'application/json')
    .send(JSON.stringify(fields))
    .expect(status)
  expect(Object.keys(body)).toEqual(['error'])
  return body.error
}

const count = async (index: string, query: string) => (await ask({ index, query_type: 'count', query })).count

interface Found {
  doc_ix: number
  needle_offset: number
  text: string
}

/** Every occurrence that `find` has, read by its rank. */
async function readAll(index: string, query: string, context?: number): Promise<(Found & Record<string, unknown>)[]> {
  const found = await ask({ index, query_type: 'find', query })
  const documents: (Found & Record<string, unknown>)[] = []
  for (const [s, [lo, hi]] of found.segment_by_shard.entries()) {
    for (let rank = lo; rank < hi; rank++) {
      documents.push(
        await ask({ index, query_type: 'get_doc_by_rank', query, s, rank, ...(context && { max_ctx_len: context }) }),
      )
    }
  }
  expect(documents).toHaveLength(found.cnt)
  return documents
}

describe('example 1A', () => {
  it.each([
    ['ana', 3],
    ['ban', 2],
    ['nan', 1],
    ['ab', 0],
    ['a', 6],
    ['Ban', 0],
    ['', 16],
  ])('counts %j %i times', async (query, expected) => {
    expect(await count('fruit', query)).toBe(expected)
  })

  it('finds what it counts', async () => {
    for (const query of ['ana', 'ban', 'ab', 'a', '']) {
      const { cnt, segment_by_shard: segments } = await ask({ index: 'fruit', query_type: 'find', query })
      expect(cnt).toBe(await count('fruit', query))
      expect(segments).toHaveLength(1)
      expect(segments[0][1] - segments[0][0]).toBe(cnt)
    }
  })

  it('reads the same documents, in whichever order', async () => {
    const documents = await readAll('fruit', 'ana', 1)
    const facts = documents.map(({ doc_ix, doc_len, disp_len, needle_offset, text }) => ({
      doc_ix,
      doc_len,
      disp_len,
      needle_offset,
      text,
    }))
    expect(facts).toHaveLength(3)
    expect(facts).toEqual(
      expect.arrayContaining([
        { doc_ix: 1, doc_len: 7, disp_len: 4, needle_offset: 1, text: 'dana' },
        { doc_ix: 0, doc_len: 6, disp_len: 5, needle_offset: 1, text: 'banan' },
        { doc_ix: 0, doc_len: 6, disp_len: 4, needle_offset: 1, text: 'nana' },
      ]),
    )
  })
})

describe('examples 7A to 7C', () => {
  it('7A: overlapping occurrences all count', async () => expect(await count('aaaa', 'aa')).toBe(3))

  it('7B: nothing is found across documents', async () => {
    expect([await count('york', 'york new'), await count('york', 'york'), await count('york', 'yorkyork')]).toEqual([
      0, 2, 0,
    ])
  })

  it.each([
    [3, 've café', 3],
    [4, 've café', 3],
    [5, 'ïve café', 5],
    [7, 'naïve café', 7],
    [1000, 'naïve café', 7],
  ])('7C: with %i bytes of context no character is cut', async (context, text, offset) => {
    const [document] = await readAll('cafe', 'café', context)
    expect(document).toMatchObject({ text, needle_offset: offset, disp_len: Buffer.byteLength(text), doc_len: 12 })
  })

  it('7C: the needle is never cut short, as it is as long as its bytes', async () => {
    const [document] = await readAll('cafe', 'naïve', 1)
    expect(document).toMatchObject({
      text: 'naïve ',
      needle_offset: 0,
      spans: [
        ['naïve', '0'],
        [' ', null],
      ],
    })
  })
})

describe('the fields', () => {
  it('metadata is a string of JSON, context is 1000 bytes by default', async () => {
    const [document] = await readAll('poems', 'café')
    expect(JSON.parse(String(document.metadata))).toMatchObject({
      path: null,
      linenum: null,
      metadata: { year: 9007199254740992 },
    })
    expect(document.metadata).toContain('9007199254740993')
  })

  it('segments have an entry a shard', async () => {
    const { segment_by_shard: segments } = await ask({ index: 'poems', query_type: 'find', query: 'sun' })
    expect(segments).toHaveLength(2)
    expect(segments[1]).toEqual([0, 0])
  })

  it('extra fields are ignored', async () => {
    await ask({ index: 'fruit', query_type: 'count', query: 'a', source: 'x', timestamp: 1, more: {} })
  })

  it.each<[string, string, [string, string | null][]]>([
    [
      'banana',
      'an',
      [
        ['b', null],
        ['an', '0'],
        ['an', '0'],
        ['a', null],
      ],
    ],
    [
      'aaa',
      'aa',
      [
        ['aa', '0'],
        ['a', null],
      ],
    ],
    ['banana', '', [['banana', null]]],
    ['x', 'x', [['x', '0']]],
  ])('spans of %s for %j', (text, query, spans) => expect(cutSpans(text, query)).toEqual(spans))
})

describe('refusals', () => {
  const good = { index: 'fruit', query_type: 'count', query: 'a' }
  it.each<[unknown, string]>([
    [{}, "[Flask] Missing required field: 'query_type'"],
    [{ query_type: 'count' }, "[Flask] Missing required field: 'index'"],
    [{ query_type: 'count', index: 'fruit' }, "[Flask] Missing required field: 'query'"],
    [[], "[Flask] Missing required field: 'query_type'"],
    [null, "[Flask] Missing required field: 'query_type'"],
    [{ ...good, index: 'absent' }, '[Flask] Invalid index: absent'],
    [{ ...good, index: '__proto__' }, '[Flask] Invalid index: __proto__'],
    [{ ...good, index: 7 }, '[Flask] Invalid index: 7'],
    [{ ...good, index: null }, '[Flask] Invalid index: null'],
    [{ ...good, query_type: 'prob' }, '[Flask] Invalid query_type: prob'],
    [{ ...good, query_type: '__init__' }, '[Flask] Invalid query_type: __init__'],
    [{ ...good, query_type: 'toString' }, '[Flask] Invalid query_type: toString'],
    [{ ...good, query: 7 }, 'query must be a string!'],
    [{ ...good, query: ['a'] }, 'query must be a string!'],
    [{ ...good, query: null }, 'query must be a string!'],
    [{ ...good, query_type: 'get_doc_by_rank' }, "[Flask] Missing required field: 's'"],
    [{ ...good, query_type: 'get_doc_by_rank', s: 0 }, "[Flask] Missing required field: 'rank'"],
  ])('%j: %s', async (fields, error) => expect(await refuse(fields)).toBe(error))

  const document = { ...good, query_type: 'get_doc_by_rank', query: 'nan', s: 0 }
  it.each<[object, RegExp]>([
    [{ rank: -1 }, /^rank must be an integer/],
    [{ rank: '1' }, /^rank must be an integer/],
    [{ rank: 1.5 }, /^rank must be an integer/],
    [{ rank: 2 ** 53 }, /^rank must be an integer/],
    [{ rank: 0 }, /^rank must lie in the segment/],
    [{ rank: 9_999 }, /^rank must lie in the segment/],
    [{ rank: 0, s: 1 }, /^s must be an integer from 0 to 0/],
    [{ rank: 0, s: -1 }, /^s must be an integer/],
    [{ rank: 0, max_ctx_len: 0 }, /^max_ctx_len must be an integer from 1 to 10000/],
    [{ rank: 0, max_ctx_len: 10_001 }, /^max_ctx_len must be/],
    [{ rank: 0, max_ctx_len: null }, /^max_ctx_len must be/],
    [{ rank: 0, max_ctx_len: '10' }, /^max_ctx_len must be/],
  ])('%j is refused where the original crashed', async (fields, error) => {
    expect(await refuse({ ...document, ...fields })).toMatch(error)
  })

  it('a lone surrogate, a body that is not JSON, a form', async () => {
    expect(await refuse({ ...good, query: '\ud800' })).toMatch(/^\[Flask\] Web request error: /)
    const broken = await request(app).post('/').set('Content-Type', 'application/json').send('{').expect(400)
    expect(broken.body.error).toMatch(/^\[Flask\] Web request error: /)
    const form = await request(app).post('/').type('form').send('index=fruit').expect(415)
    expect(form.body.error).toMatch(/^\[Flask\] Web request error: /)
  })
})
