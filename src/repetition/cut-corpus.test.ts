import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCorpus } from '../corpus/corpus.js'
import type { CorpusOptions } from '../corpus/corpus-options.js'
import { makeTestFolder } from '../query/testkit/build-test-index.js'
import { type CutOptions, cutCorpus } from './cut-corpus.js'
import { type DocumentSpans, parseSpanLine } from './span-lines.js'

let folder: Awaited<ReturnType<typeof makeTestFolder>>

beforeAll(async () => {
  folder = await makeTestFolder()
})
afterAll(() => folder.remove())

async function cut(
  lines: readonly string[],
  spans: readonly Partial<DocumentSpans>[],
  given: Partial<CorpusOptions> = {},
  options: CutOptions = { field: 'text', dropsEmpty: false },
) {
  const path = join(folder.path, 'corpus.jsonl')
  await writeFile(path, lines.map((line) => `${line}\n`).join(''))
  const written: string[] = []
  async function* entries() {
    for (const entry of spans) yield parseSpanLine(JSON.stringify(entry), 'spans:1')
  }
  const write = async (line: string) => {
    written.push(line)
  }
  const summary = await cutCorpus(await openCorpus([path], given), entries(), write, options)
  return { written, summary }
}

describe('cutCorpus', () => {
  it('leaves out the spans and keeps all else as it was spelled', async () => {
    const lines = ['{"text":"eabcdfgh.efabcdgh","n":1.50,"id":"a"}', '{"id":"b","text":"kept"}', '{"text":"größer"}']
    const spans = [
      {
        document: 0,
        length: 17,
        spans: [
          [1, 5],
          [11, 15],
        ] as [number, number][],
      },
      { document: 2, spans: [[2, 4]] as [number, number][] },
    ]
    const { written, summary } = await cut(lines, spans)
    expect(written).toEqual(['{"n":1.50,"id":"a","text":"efgh.efgh"}', '{"id":"b","text":"kept"}', '{"text":"grßer"}'])
    expect(summary).toEqual({ documents: 3, cutDocuments: 2, emptiedDocuments: 0, removedSymbols: 10 })
  })

  it('leaves out token ids', async () => {
    const spans = [{ document: 0, length: 4, spans: [[1, 3]] as [number, number][] }]
    const ids = { field: 'ids', type: null, documentSeparator: null, vocabulary: 100 }
    const { written } = await cut(['{"ids":[5,6,7,8],"id":1}'], spans, { ids }, { field: 'ids', dropsEmpty: false })
    expect(written).toEqual(['{"id":1,"ids":[5,8]}'])
  })

  it('drops what is empty only when asked to', async () => {
    const spans = [{ document: 0, length: 3, spans: [[0, 3]] as [number, number][] }]
    const kept = await cut(['{"text":"abc"}', '{"text":""}'], spans)
    expect(kept.written).toEqual(['{"text":""}', '{"text":""}'])
    const dropped = await cut(['{"text":"abc"}', '{"text":""}'], spans, {}, { field: 'text', dropsEmpty: true })
    expect(dropped.written).toEqual(['{"text":""}'])
    expect(dropped.summary.emptiedDocuments).toBe(1)
  })

  it.each([
    ['another length', [{ document: 0, length: 4, spans: [[0, 1]] }]],
    ['a span past the end', [{ document: 0, spans: [[0, 4]] }]],
    ['a document that is not there', [{ document: 1, spans: [[0, 1]] }]],
    [
      'documents out of order',
      [
        { document: 0, spans: [[0, 1]] },
        { document: 0, spans: [[1, 2]] },
      ],
    ],
    ['half a character', [{ document: 0, spans: [[0, 2]] }]],
    ['another id', [{ document: 0, externalId: 'other', spans: [[0, 1]] }]],
    [
      'spans that overlap',
      [
        {
          document: 0,
          spans: [
            [0, 2],
            [1, 3],
          ],
        },
      ],
    ],
    ['an empty span', [{ document: 0, spans: [[1, 1]] }]],
    ['no spans', [{ document: 0 }]],
  ])('refuses %s', async (_, spans) => {
    const work = cut(['{"text":"aé","id":"a"}'], spans as Partial<DocumentSpans>[], { idField: 'id' })
    await expect(work).rejects.toMatchObject({ code: 'bad-input' })
  })
})
