import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readBenchmarks } from '../contamination/read-benchmark.js'
import { readBenchmarkInPage } from './read-benchmark-in-page.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'omnigram-benchmark-'))
})
afterAll(() => rm(folder, { recursive: true }))

const fields = { name: 'mine' }
const rows = [
  { id: 1, question: 'Wie heißt der Fluss, "der" durch\tKöln fließt?', answer: 'Rhein 🌊' },
  { id: 2, question: 'two\nlines, and a comma', answer: 'b' },
]
const lines = `\ufeff${rows.map((row) => JSON.stringify(row)).join('\n')}\n`
const csv = `id,question,answer\n1,"Wie heißt, ""der"" Fluss?",Rhein\n2,plain,b\n`
/** A frame of zstd that holds one raw block, of less than 256 bytes. */
function packAsZstd(text: string): Buffer {
  const bytes = Buffer.from(text)
  const block = (bytes.length << 3) | 1
  const head = [0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length, block & 0xff, block >> 8, 0]
  return Buffer.concat([Buffer.from(head), bytes])
}
const columns = [
  { name: 'id', data: [1n, 2n], type: 'INT64' as const },
  { name: 'question', data: rows.map(({ question }) => question), type: 'STRING' as const },
  { name: 'answer', data: rows.map(({ answer }) => answer), type: 'STRING' as const },
]

it.each([
  ['a.jsonl', Buffer.from(lines)],
  ['a.json', Buffer.from(JSON.stringify({ data: rows }))],
  ['a.csv', Buffer.from(csv)],
  ['a.tsv', Buffer.from('question\tanswer\na b\tc\n')],
  ['a.jsonl.gz', gzipSync(lines)],
  ['a.csv.gz', gzipSync(csv)],
  ['a.csv.zst', packAsZstd(csv)],
  ['a.parquet', Buffer.from(parquetWriteBuffer({ columnData: columns }))],
])('reads %s as the command line does', async (name, bytes) => {
  const path = join(folder, name)
  await writeFile(path, bytes)
  const [expected] = await readBenchmarks(path, fields)
  const file = new File([await readFile(path)], name)
  expect(await readBenchmarkInPage(file, fields)).toEqual(expected)
})

it.each([
  ['b.jsonl', Buffer.from('{"question":"x"}\n{"question":\n'), 'b.jsonl:2: not JSON'],
  ['b.jsonl', Buffer.from('{"question":"x"}\n\xff\n', 'latin1'), 'b.jsonl:2: the line is not UTF-8'],
  ['b.jsonl', Buffer.from('{"other":"x"}\n'), 'b.jsonl:1: the fields are of no known layout'],
  ['b.jsonl', Buffer.from('{"question":"x"}\n{"question":3}\n'), 'b.jsonl:2: the field "question" is of type number'],
  ['b.csv', Buffer.from('question,answer\n"a,b\n'), 'b.csv:'],
  ['b.jsonl.gz', gzipSync(lines).subarray(0, 40), 'b.jsonl.gz: damaged gzip data'],
  ['b.jsonl.zst', Buffer.from('no zstd at all'), 'b.jsonl.zst: damaged zstd data'],
  ['b.parquet', Buffer.from('PAR1 and nothing else'), 'b.parquet: is not Parquet'],
  ['b.jsonl', Buffer.alloc(0), 'b.jsonl: is empty'],
  ['b.jsonl', Buffer.from('\n\n'), 'b.jsonl: holds no items'],
  ['b.exe', Buffer.from('x'), 'b.exe: is of no known format'],
])('says what is wrong with %s', async (name, bytes, told) => {
  const reading = readBenchmarkInPage(new File([bytes], name), fields)
  await expect(reading).rejects.toMatchObject({ code: 'bad-benchmark', message: expect.stringContaining(told) })
})
