import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express } from 'express'
import { pack, unpack } from 'msgpackr'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIndex } from '../../build/build-index.js'
import { testOptions } from '../../build/testkit/small-corpus.js'
import { combineReaders } from '../../query/combine-readers.js'
import type { IndexReader } from '../../query/index-reader.js'
import { openIndex } from '../../query/open-index.js'
import { createNaiveReader } from '../../query/testkit/naive-reader.js'
import { writeTokenizer } from '../../tokenizer/testkit/test-tokenizer.js'
import { createApp } from '../app.js'
import { IndexRegistry } from '../served-indexes.js'
import { expectDeclared } from '../testkit/expect-answer.js'
import { testIndexes } from '../testkit/test-app.js'
import { allowedRoute } from './allowed.js'

/** Titles that begin alike, one twice, one inside another; and an empty document. */
const documents = [[1, 2, 3], [1, 2], [4, 1, 2, 9], [1, 2, 3], [], [7, 7, 7, 7]]
let dir = ''
let readers: IndexReader[] = []
let app: Express

/** `titles` and `more` hold the documents together; `words` has a tokenizer; `fruit` is of bytes. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'omnigram-allowed-'))
  const tokenizerPath = await writeTokenizer(join(dir, 'tokenizer.json'))
  const common = { idsType: null, documentSeparator: null }
  const plain = { idField: null, facetFields: [], isStrict: true }
  const write = async (name: string, rows: readonly object[]) => {
    await writeFile(join(dir, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    return join(dir, `${name}.jsonl`)
  }
  for (const [name, ids] of Object.entries({ titles: documents.slice(0, 3), more: documents.slice(3) })) {
    const tokens = { ...common, tokenizerPath: null, idsField: 'ids', vocabulary: 100 }
    const input = await write(
      name,
      ids.map((each) => ({ ids: each })),
    )
    await buildIndex(testOptions([input], join(dir, name), { ...plain, tokens }))
  }
  const input = await write('text', [{ text: 'the banana of the band' }, { text: 'of the banana' }])
  const tokens = { ...common, tokenizerPath, idsField: null, vocabulary: null }
  await buildIndex(testOptions([input], join(dir, 'words'), { ...plain, tokens }))
  const opened = ['titles', 'more', 'words'].map((name) => openIndex(join(dir, name), { workers: 0 }))
  readers = [...(await Promise.all(opened)), createNaiveReader(testIndexes[0])]
  const sources = readers.map((reader) => ({ name: reader.name, current: () => reader }))
  app = createApp(new IndexRegistry(sources, combineReaders), {}).express
})
afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()))
  await rm(dir, { recursive: true })
})

async function ask(path: string, body: object) {
  const response = await request(app).post(`/v1/indexes/${path}/allowed`).send(body)
  expectDeclared(allowedRoute, response.body)
  return response.body.allowed
}

/** What goes on from these places of documents, counted by hand. */
function count(context: readonly number[], places: readonly (readonly number[])[]) {
  const counts = new Map<number, number>()
  let endCount = 0
  for (const rest of places) {
    if (!context.every((token, i) => rest[i] === token)) continue
    const next = rest[context.length]
    if (next === undefined) endCount++
    else counts.set(next, (counts.get(next) ?? 0) + 1)
  }
  const entries = [...counts].sort(([a], [b]) => a - b)
  const total = entries.reduce((sum, [, each]) => sum + each, endCount)
  return {
    contextTokens: context.length,
    count: total,
    ids: entries.map(([token]) => token),
    counts: entries.map(([, each]) => each),
    endCount,
    otherCount: 0,
  }
}

const suffixes = documents.flatMap((ids) => Array.from({ length: ids.length + 1 }, (_, i) => ids.slice(i)))
const contexts = [[], [1], [1, 2], [1, 2, 3], [2], [7, 7], [9], [3, 3], [1, 2, 3, 1]]

describe('allowed tokens over HTTP', () => {
  it.each([
    ['corpus', suffixes],
    ['documents', documents],
    ['titles', documents.filter(({ length }) => length > 0)],
  ] as const)('are exactly those that go on within %s, in one request', async (within, places) => {
    const asked = {
      contexts: contexts.map((ids) => ({ context: { ids } })),
      within,
      ...(within === 'titles' && { titles: places.map((ids) => ({ ids })) }),
    }
    const expected = contexts.map((context) => count(context, places))
    expect(await ask('titles,more', asked)).toEqual(expected)
  })

  it('are the same for a growing context with a session', async () => {
    for (const within of ['corpus', 'documents'] as const) {
      for (const context of [[1], [1, 2], [1, 2, 3], [1, 2, 9], [1, 2, 9, 9], [], [4, 1, 2]]) {
        const both = [{ context: { ids: context }, session: 's' }, { context: { ids: context } }]
        const [kept, plain] = await ask('titles,more', { contexts: both, within })
        expect(kept).toEqual(plain)
        expect(plain).toEqual(count(context, within === 'corpus' ? suffixes : documents))
      }
    }
  })

  it('look at a window of the context alone, and list the most frequent', async () => {
    const [windowed] = await ask('titles,more', { contexts: [{ context: { ids: [9, 4, 1, 2] } }], window: 2 })
    expect(windowed.count).toBe(0)
    const [inside] = await ask('titles,more', { contexts: [{ context: { ids: [7, 7, 7, 7, 7] } }], window: 1 })
    expect(inside).toMatchObject({ ids: [7], counts: [3], endCount: 1, count: 4 })
    const [top] = await ask('titles,more', { contexts: [{ context: { ids: [] } }], limit: 2 })
    expect(top).toMatchObject({ ids: [1, 2], counts: [4, 4], endCount: 6, otherCount: 8, count: 22 })
  })

  it('take text and say what tokens say', async () => {
    const asked = { contexts: [{ context: ' the' }], withText: true }
    const [inCorpus] = await ask('words', asked)
    expect(inCorpus.texts).toEqual([' ban'])
    expect(inCorpus.endCount).toBe(0)
    const [title] = await ask('words', { ...asked, within: 'titles', titles: [' the band', ' the', ' of the'] })
    expect(title).toMatchObject({ texts: [' ban'], endCount: 1, count: 2 })
  })

  it('speak MessagePack', async () => {
    const packed = await request(app)
      .post('/v1/indexes/titles/allowed')
      .set('content-type', 'application/vnd.msgpack')
      .set('accept', 'application/vnd.msgpack')
      .send(pack({ contexts: [{ context: { ids: [1, 2] } }] }))
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => done(null, Buffer.concat(chunks)))
      })
    expect(unpack(packed.body).allowed[0]).toMatchObject({ ids: [3, 9], counts: [1, 1], endCount: 1 })
  })

  it('stop at the deadline, by the header too', async () => {
    const ids = Array.from({ length: 20_000 }, () => 7)
    const titles = [{ ids }]
    const asked = { contexts: new Array(64).fill({ context: { ids } }), within: 'titles', titles, deadlineMs: 1 }
    expect((await request(app).post('/v1/indexes/titles/allowed').send(asked)).body.code).toBe('deadline-exceeded')
    const prefer = { contexts: [{ context: { ids: [1] } }] }
    const answer = await request(app).post('/v1/indexes/titles/allowed').set('prefer', 'wait=2').send(prefer)
    expect(answer.headers['preference-applied']).toBe('wait=2')
  })

  it.each([
    ['fruit', { contexts: [{ context: 'a' }] }, 'bad-argument'],
    ['titles', { contexts: [] }, 'bad-argument'],
    ['titles', { contexts: [{ context: { ids: [1_000] } }] }, 'bad-pattern'],
    ['titles', { contexts: [{ context: { ids: [1] } }], within: 'titles' }, 'bad-argument'],
    ['titles', { contexts: [{ context: { ids: [1] } }], titles: [{ ids: [1] }] }, 'bad-argument'],
    ['titles', { contexts: [{ context: { ids: [1] } }], within: 'documents', window: 3 }, 'bad-argument'],
    [
      'titles',
      { contexts: [{ context: { ids: [1] } }], within: 'titles', titles: [{ ids: [1] }, { ids: [999] }] },
      'bad-pattern',
    ],
  ])('refuse %s %j', async (path, body, code) => {
    const response = await request(app).post(`/v1/indexes/${path}/allowed`).send(body).expect(400)
    expect(response.body.code).toBe(code)
    if (code === 'bad-pattern') expect(response.body.detail).toMatch(/\/(contexts\/0\/context|titles\/1):/)
  })
})
