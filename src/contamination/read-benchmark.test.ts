import { createHash } from 'node:crypto'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../core/limits.js'
import type { BenchmarkOptions } from './gather-benchmarks.js'
import { layouts } from './layouts.js'
import { readBenchmarks } from './read-benchmark.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'omnigram-benchmark-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(name: string, bytes: string | Uint8Array, options: BenchmarkOptions = {}) {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return readBenchmarks(path, options)
}

const toLines = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

describe('a benchmark file', () => {
  it('of JSON lines in our own form has names, categories and answers', async () => {
    const rows = [
      { id: 'm/1', question: 'one?', benchmark: 'm', category: 'Math', answer: '1', subtask: 'easy' },
      { id: 'n/1', question: 'two?', benchmark: 'n', category: 'Code' },
      { id: 7, question: '', benchmark: 'm', category: 'Math' },
    ]
    const bytes = toLines(...rows).replace('\n', '\n\n')
    const [m, n] = await read('mixed.jsonl', bytes)
    expect(m).toMatchObject({
      info: { name: 'm', category: 'Math', licence: null },
      layout: 'question',
      field: 'question',
    })
    expect(m.items).toEqual([
      { id: 'm/1', line: 1, text: 'one?', answer: '1', subtask: 'easy' },
      { id: '7', line: 4, text: '', answer: null, subtask: null },
    ])
    expect([n.info.name, n.items.length]).toEqual(['n', 1])
    expect(m.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(m.fileBytes).toBe(Buffer.byteLength(bytes))
  })

  it('is named by the user, or by the file', async () => {
    const line = toLines({ question: 'q', benchmark: 'inner' })
    expect((await read('outer.jsonl', line, { name: 'given', licence: 'MIT' }))[0].info).toMatchObject({
      name: 'given',
      licence: 'MIT',
    })
    expect((await read('file.name.jsonl', toLines({ question: 'q' })))[0].info.name).toBe('file.name')
    expect((await read('x.bin', toLines({ question: 'q' }), { format: 'jsonl' }))[0].info.name).toBe('x.bin')
  })

  it('may be compressed', async () => {
    const [benchmark] = await read('packed.jsonl.gz', gzipSync(toLines({ question: 'q' })))
    expect(benchmark).toMatchObject({ info: { name: 'packed' }, items: [{ text: 'q', id: 'line 1' }] })
  })

  it('may be CSV with quoted line breaks and a byte order mark, or TSV', async () => {
    const csv = '\ufeffQuestion,Best Answer,Category\r\n"one, ""two""\nthree",yes,A\r\nfour,no,B\r\n'
    const [benchmark] = await read('truth.csv', csv)
    expect(benchmark).toMatchObject({ layout: 'truthfulqa', field: 'Question' })
    expect(benchmark.items).toEqual([
      { id: 'line 2', line: 2, text: 'one, "two"\nthree', answer: 'yes', subtask: 'A' },
      { id: 'line 4', line: 4, text: 'four', answer: 'no', subtask: 'B' },
    ])
    const [tabs] = await read('tabs.tsv', 'id\tquestion\n1\tfive, six\n')
    expect(tabs.items).toMatchObject([{ id: '1', text: 'five, six' }])
  })

  it('may be Parquet', async () => {
    const columnData = [
      { name: 'question', data: ['one?', 'two? 今日は'], type: 'STRING' as const },
      {
        name: 'choices',
        data: [
          { text: ['x', 'y'], label: ['A', 'B'] },
          { text: ['z'], label: ['A'] },
        ],
        type: 'JSON' as const,
      },
      { name: 'answerKey', data: ['B', 'A'], type: 'STRING' as const },
    ]
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData }))
    const [benchmark] = await read('arc.parquet', bytes)
    expect(benchmark).toMatchObject({ layout: 'arc', field: 'question' })
    expect(benchmark.items.map(({ text, answer }) => [text, answer])).toEqual([
      ['one?', 'y'],
      ['two? 今日は', 'z'],
    ])
    await expect(read('arc.parquet', bytes, { field: 'prompt' })).rejects.toThrow(
      /arc\.parquet: .*no column "prompt", but "question"/,
    )
    await expect(read('cut.parquet', bytes.slice(0, 60))).rejects.toMatchObject({ code: 'bad-benchmark' })
  })

  it('may be one JSON document, as BIG-Bench-Hard and SQuAD are', async () => {
    const bbh = { canary: 'c', examples: [{ input: 'not True is', target: 'False' }] }
    expect((await read('bbh.json', JSON.stringify(bbh, null, 1)))[0]).toMatchObject({
      layout: 'big-bench-hard',
      items: [{ text: 'not True is', answer: 'False' }],
    })
    const qas = [{ id: 'q1', question: 'who?', answers: [{ text: 'she', answer_start: 0 }] }]
    const squad = { version: '1.1', data: [{ title: 'T', paragraphs: [{ context: 'she did', qas }] }] }
    expect((await read('squad.json', JSON.stringify(squad)))[0]).toMatchObject({
      layout: 'squad',
      items: [{ id: 'q1', text: 'she did', answer: 'she' }],
    })
    const lines = toLines({ question: 'a' }, { question: 'b' })
    expect((await read('lines.json', lines))[0].items).toHaveLength(2)
  })

  it('with lone surrogates is read as a corpus with them is', async () => {
    expect((await read('lone.jsonl', '{"question":"a\\ud800b"}\n'))[0].items[0].text).toBe('a\ufffdb')
  })
})

describe('a public layout', () => {
  const choices = { text: ['red', 'blue'], label: ['1', '2'] }

  it.each([
    ['arc', { id: 'x', question: 'q', choices, answerKey: '2' }, 'q', 'blue'],
    ['mmlu', { question: 'q', subject: 's', choices: ['a', 'b', 'c'], answer: 2 }, 'q', 'c'],
    ['mmlu-pro', { question_id: 5, question: 'q', options: ['a', 'b'], answer: 'B', category: 'law' }, 'q', 'b'],
    ['openbookqa', { question_stem: 'q', choices: { text: ['u', 'v'], label: ['A', 'B'] }, answerKey: 'A' }, 'q', 'u'],
    ['question', { question: 'q', answer: '3+4=7\n#### 7' }, 'q', '7'],
    ['math', { problem: 'p', solution: 's', answer: '\\frac12', subject: 'algebra' }, 'p', '\\frac12'],
    ['humaneval', { task_id: 'HumanEval/0', prompt: 'def f', canonical_solution: '  return 1' }, 'def f', '  return 1'],
    ['mbpp', { task_id: 2, text: 't', code: 'c' }, 't', 'c'],
    ['hellaswag', { ctx: 'c', endings: ['a', 'b'], label: '1', activity_label: 'x' }, 'c', 'b'],
    ['winogrande', { sentence: 's', option1: 'a', option2: 'b', answer: '2' }, 's', 'b'],
    ['social-iqa', { context: 'c', question: 'q', answerA: 'x', answerB: 'y', answerC: 'z', label: '3' }, 'c', 'z'],
    ['squad', { context: 'c', question: 'q', answers: { text: ['a'], answer_start: [0] } }, 'c', 'a'],
    ['coqa', { story: 's', questions: ['q'] }, 's', null],
    ['gpqa', { 'Question': 'q', 'Correct Answer': 'a' }, 'q', 'a'],
    ['agieval', { passage: null, question: 'q', options: ['(A)x', '(B)y'], label: 'B' }, 'q', '(B)y'],
    ['big-bench-hard', { input: 'i', target: 't' }, 'i', 't'],
    ['swe-bench', { instance_id: 'r-1', problem_statement: 'p', patch: 'd', repo: 'r' }, 'p', 'd'],
    ['livecodebench', { question_content: 'q', question_id: '1' }, 'q', null],
    ['ifeval', { key: 1000, prompt: 'p' }, 'p', null],
    ['question', { question: 'q', answer: true }, 'q', 'true'],
  ])('%s is known by its fields', async (layout, row, text, answer) => {
    const [benchmark] = await read('rows.jsonl', toLines(row))
    expect(benchmark.layout).toBe(layout)
    expect(benchmark.items[0]).toMatchObject({ text, answer })
  })

  it('can be named, and its fields be replaced', async () => {
    const row = toLines({ question: 'q', passage: 'p', solution: 's', key: 9, part: 'x' })
    const options = { field: 'passage', answerField: 'solution', idField: 'key', subtaskField: 'part' }
    const [benchmark] = await read('own.jsonl', row, options)
    expect(benchmark.items).toEqual([{ id: '9', line: 1, text: 'p', answer: 's', subtask: 'x' }])
    await expect(read('own.jsonl', row, { layout: 'nope' })).rejects.toThrow(/no layout "nope": take one of squad/)
  })

  it('has a name of its own', () => {
    expect(new Set(layouts.map(({ name }) => name)).size).toBe(layouts.length)
  })
})

describe('a bad benchmark file', () => {
  const deep = `{"question":"q","x":${'['.repeat(600)}${']'.repeat(600)}}\n`

  it.each([
    ['empty.jsonl', '', /empty\.jsonl: is empty/],
    ['blank.jsonl', '\n \n', /holds no items/],
    ['text.jsonl', 'hello\n', /text\.jsonl:1: not JSON/],
    ['array.jsonl', '[1]\n', /array\.jsonl:1: the line is JSON but not an object/],
    ['field.jsonl', '{"foo":"x"}\n', /field\.jsonl:1: the fields are of no known layout.*"foo"/],
    ['later.jsonl', '{"question":"q"}\n\n{"question":1}\n', /later\.jsonl:3: the field "question" is of type number/],
    ['gone.jsonl', '{"question":"q"}\n{"answer":"a"}\n', /gone\.jsonl:2: the field "question" is missing/],
    ['null.jsonl', '{"question":null}\n', /null\.jsonl:1: the field "question" is null/],
    ['deep.jsonl', deep, /deep\.jsonl:1: the line nests deeper/],
    [
      'bytes.jsonl',
      Buffer.from('{"question":"q"}\n{"question":"\xff"}\n', 'latin1'),
      /bytes\.jsonl:2: the line is not UTF-8/,
    ],
    ['bytes.csv', Buffer.from('question\nq\n\xff\n', 'latin1'), /bytes\.csv:3: the line is not UTF-8/],
    ['columns.csv', 'question,answer\na,b\nc\n', /columns\.csv:3: not CSV/],
    ['quote.csv', 'question\n"never closed\n', /quote\.csv:\d+: not CSV/],
    ['one.json', '{"question":"q"', /one\.json: not JSON/],
    ['other.json', '{"rows":3}', /other\.json: is neither an array of items/],
    ['inner.json', '[{"question":"q"},3]', /inner\.json:2: the item is not an object/],
    ['data.xml', '<a/>', /data\.xml: is of no known format/],
    ['packed.jsonl.gz', 'not gzip', /packed\.jsonl\.gz: /],
    ['fake.parquet', 'PAR1 no', /fake\.parquet: /],
  ])('%s is refused', async (name, bytes, message) => {
    const refused = read(name, bytes)
    await expect(refused).rejects.toMatchObject({ code: 'bad-benchmark' })
    await expect(refused).rejects.toThrow(message)
  })

  it('is refused for a field that the user named and it has not', async () => {
    const refused = read('named.jsonl', '{"question":"q"}\n', { field: 'prompt' })
    await expect(refused).rejects.toThrow(/named\.jsonl:1: there is no field "prompt" but "question"/)
  })

  it('is refused for a million items, before all of them are read', async () => {
    const line = '{"question":"q"}\n'
    await expect(read('million.jsonl', line.repeat(1_000_000))).rejects.toThrow(/has more than 200000 items/)
    await expect(read('million.csv', `question\n${'q\n'.repeat(1_000_000)}`)).rejects.toThrow(
      /has more than 200000 items/,
    )
  })

  it('is refused for a gigabyte, unread, and for what decompresses to one', async () => {
    const path = join(folder, 'giant.jsonl')
    await writeFile(path, '')
    await truncate(path, 2 ** 30)
    await expect(readBenchmarks(path)).rejects.toThrow(
      /giant\.jsonl: has 1\.00 GiB; a benchmark has at most 256\.0 MiB/,
    )
    const bomb = Buffer.concat(Array.from({ length: 17 }, () => gzipSync(Buffer.alloc(2 ** 24, 0x20))))
    await expect(read('bomb.jsonl.gz', bomb)).rejects.toThrow(/decompresses to more/)
  })

  it('is refused for a line or a text that is too long', async () => {
    const line = `{"question":"${'x'.repeat(limits.benchmarkLineBytes)}"}\n`
    await expect(read('line.jsonl', line)).rejects.toThrow(/line\.jsonl:1: the line has \d+ bytes/)
    const text = `{"question":"${'x'.repeat(limits.benchmarkTextUnits + 1)}"}\n`
    await expect(read('text.jsonl', text)).rejects.toThrow(/text\.jsonl:1: the text has 1000001 UTF-16 units/)
  })

  it('is refused where there is no file', async () => {
    await expect(readBenchmarks(join(folder, 'nowhere.jsonl'))).rejects.toThrow(/nowhere\.jsonl: does not exist/)
    await expect(readBenchmarks(folder, { format: 'jsonl' })).rejects.toMatchObject({ code: 'bad-benchmark' })
  })
})
