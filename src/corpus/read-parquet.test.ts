import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { ColumnSource } from 'hyparquet-writer'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBytes, readFiles } from '../../test/support/read-corpus.js'
import type { CorpusOptions } from './corpus-options.js'
import { resolveOptions } from './corpus-options.js'
import { FileContext } from './file-context.js'
import { OpenFile } from './open-file.js'
import { readParquet } from './read-parquet.js'
import { FileFailure, ReadReport } from './read-report.js'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'omnigram-parquet-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

function write(columnData: ColumnSource[], rowGroupSize = 1000): string {
  const path = join(folder, 'data.parquet')
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize })))
  return path
}

const text = (data: (string | null)[]): ColumnSource => ({ name: 'text', data, type: 'STRING', nullable: true })
const read = (columns: ColumnSource[], options: Partial<CorpusOptions> = {}) => readFiles([write(columns)], options)

describe('readParquet', () => {
  it('reads a document a row, over row groups', async () => {
    const data = Array.from({ length: 2500 }, (_, i) => `row ${i} é😀\n`)
    const path = write([text(data)], 700)
    const { documents, texts } = await readFiles([path])
    expect(texts).toEqual(data)
    expect(documents[2400]).toMatchObject({
      externalId: null,
      metadata: null,
      facets: [],
      source: { path, line: 2401 },
    })
  })

  it('writes the other columns as JSON without losing digits', async () => {
    const { documents } = await read(
      [
        { name: 'id', data: [9007199254740993n, -1n], type: 'INT64' },
        text(['a', 'b']),
        { name: 'score', data: [0.1, Number.NaN], type: 'DOUBLE' },
        { name: 'ok', data: [true, null], type: 'BOOLEAN', nullable: true },
        { name: 'at', data: [new Date('2024-01-02T03:04:05.678Z'), new Date(-1)], type: 'TIMESTAMP' },
        { name: 'raw', data: [new Uint8Array([0, 255]), new Uint8Array()], type: 'BYTE_ARRAY' },
        { name: 'json', data: [{ a: [1, 'x\n'] }, null], type: 'JSON', nullable: true },
        { name: 'lang', data: ['de', 'é"'], type: 'STRING' },
      ],
      { idField: 'id', facetFields: ['lang', 'ok'] },
    )
    expect(documents.map(({ externalId, facets }) => [externalId, ...facets])).toEqual([
      ['9007199254740993', 'de', 'true'],
      ['-1', 'é"', null],
    ])
    expect(documents[0].metadata).toBe(
      '{"id":9007199254740993,"score":0.1,"ok":true,"at":"2024-01-02T03:04:05.678Z","raw":"AP8=","json":{"a":[1,"x\\n"]},"lang":"de"}',
    )
    expect(documents[1].metadata).toBe(
      '{"id":-1,"score":"NaN","ok":null,"at":"1969-12-31T23:59:59.999Z","raw":"","json":null,"lang":"é\\""}',
    )
  })

  it('reads only the columns that are asked for', async () => {
    const columns = [text(['a']), { name: 'x', data: ['1'] }, { name: 'y', data: ['2'] }]
    expect((await read(columns, { metaFields: ['y', 'none'] })).documents[0].metadata).toBe('{"y":"2"}')
    expect((await read(columns, { textField: 'x', metaFields: [] })).documents[0]).toMatchObject({
      text: Buffer.from('1'),
      metadata: null,
    })
  })

  it('takes bytes as text, replacing what is not UTF-8', async () => {
    const bytes = [new Uint8Array([0x61, 0xff]), new Uint8Array([0xc3, 0xa9])]
    const columns: ColumnSource[] = [{ name: 'text', data: bytes, type: 'BYTE_ARRAY' }]
    const { texts, summary } = await read(columns)
    expect(texts).toEqual(['a\uFFFD', 'é'])
    expect(summary.replacedCharacters).toBe(1)
    expect((await read(columns, { invalidUtf8: 'skip' })).summary.skipped).toEqual({ 'invalid-utf8': 1 })
    await expect(read(columns, { invalidUtf8: 'fail' })).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('reports rows that are no documents', async () => {
    const { texts, summary } = await read([text(['a', null, 'long text', 'b'])], { maxTextBytes: 5 })
    expect(texts).toEqual(['a', 'b'])
    expect(summary.problems).toMatchObject([
      { kind: 'missing-text', line: 2, detail: 'the column "text" is null' },
      { kind: 'too-long', line: 3 },
    ])
    const typed = await read([{ name: 'text', data: [1, 2] }])
    expect(typed.summary.skipped).toEqual({ 'wrong-type': 2 })
  })

  it('names the columns when there is none of the text', async () => {
    const { summary } = await read([text(['a'])], { textField: 'content' })
    expect(summary.problems).toMatchObject([
      { kind: 'missing-text', line: null, detail: 'has no column "content", but "text"' },
    ])
  })

  it('cannot read it from standard input, and says so', async () => {
    expect((await readBytes('PAR1', { format: 'parquet' })).summary.skipped).toEqual({ 'unknown-format': 1 })
  })

  describe('damaged files', () => {
    const columns = [
      text(Array.from({ length: 40 }, (_, i) => `text ${i % 7}`)),
      { name: 'n', data: Array.from({ length: 40 }, (_, i) => BigInt(i)) },
    ]
    const whole = new Uint8Array(parquetWriteBuffer({ columnData: columns, rowGroupSize: 10 }))

    /** What is read when bytes are changed by XOR; the number of documents, and the failure. */
    async function readDamaged(damaged: Uint8Array): Promise<{ documentCount: number; failure: FileFailure | null }> {
      const path = join(folder, 'damaged.parquet')
      writeFileSync(path, damaged)
      const report = new ReadReport(false)
      const opened = await OpenFile.open(path, report)
      let documentCount = 0
      try {
        const file = new FileContext(path, resolveOptions({}), report)
        for await (const batch of readParquet(opened, file, 2_000)) documentCount += batch.length
        return { documentCount, failure: null }
      } catch (error) {
        if (error instanceof FileFailure) return { documentCount, failure: error }
        throw error
      } finally {
        await opened.close()
      }
    }

    function damage(changes: readonly (readonly [number, number])[]): Uint8Array {
      const damaged = Uint8Array.from(whole)
      for (const [at, mask] of changes) damaged[at] ^= mask
      return damaged
    }

    it('are reported when cut short', async () => {
      for (const length of [1, 4, 7, 8, 12, 100, whole.length - 8, whole.length - 1]) {
        const { documentCount, failure } = await readDamaged(whole.subarray(0, length))
        expect(documentCount).toBe(0)
        expect(failure?.problemKind).toBe('unreadable-file')
      }
    })

    it('that send the decoder into a loop are given up', async () => {
      const { failure } = await readDamaged(
        damage([
          [188, 172],
          [413, 187],
          [540, 169],
        ]),
      )
      expect(failure?.message).toBe('damaged Parquet data: nothing decoded in 2 s')
    })

    it('end with documents or a report, whatever bytes are changed', async () => {
      const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }))
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
          const { documentCount, failure } = await readDamaged(damage(changes))
          expect(failure !== null || documentCount <= 40).toBe(true)
        }),
        { numRuns: 25 },
      )
    })
  })
})
