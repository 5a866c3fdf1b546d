import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBytes, readFiles } from '../../test/support/read-corpus.js'
import { openCorpus } from './corpus.js'
import type { CorpusOptions } from './corpus-options.js'
import { FileContext } from './file-context.js'
import { OpenFile, toFailure } from './open-file.js'
import { readJsonl } from './read-jsonl.js'
import { ReadReport } from './read-report.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omnigram-corpus-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const line = (text: string) => `${JSON.stringify({ text })}\n`

describe('Corpus', () => {
  it('reads files of all formats in the order of their paths', async () => {
    write('d.txt', 'plain')
    write('b.jsonl', line('one') + line('two'))
    write('a.json.gz', gzipSync(line('zipped')))
    write('c.wet', 'WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 3\r\n\r\nweb\r\n\r\n')
    const { documents, texts, summary } = await readFiles([folder])
    expect(texts).toEqual(['zipped', 'one', 'two', 'web', 'plain'])
    expect(documents.map(({ source }) => `${source.path.slice(folder.length)}:${source.line}`)).toEqual([
      '/a.json.gz:1',
      '/b.jsonl:1',
      '/b.jsonl:2',
      '/c.wet:1',
      '/d.txt:1',
    ])
    expect(summary).toMatchObject({
      files: 4,
      documents: 5,
      textBytes: 20,
      replacedCharacters: 0,
      skipped: {},
      problems: [],
    })
    expect((await readFiles([folder])).documents).toEqual(documents)
  })

  it('samples lines from all over the input, each once, and all of what is small', async () => {
    const count = 40_000
    // More than a chunk a piece.
    const lines = Array.from({ length: count }, (_, at) => line(`${at} ${'x'.repeat(1_000)}`))
    write('a.jsonl', lines.slice(0, count / 2).join(''))
    write('b.jsonl', lines.slice(count / 2).join(''))
    write('c.txt', 'from its beginning alone')
    const sample = async (sampleBytes: number) => {
      const corpus = await openCorpus([folder])
      const texts: string[] = []
      for await (const documents of corpus.readSample(sampleBytes)) {
        texts.push(...documents.map(({ text }) => Buffer.from(text).toString()))
      }
      return { numbers: texts.map((text) => Number.parseInt(text, 10)), ...corpus.estimate() }
    }
    const { numbers, inputBytes, readBytes } = await sample(1_000_000)
    const tenths = new Set(numbers.map((number) => Math.floor((10 * number) / count)))
    expect(tenths.size).toBe(10)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(numbers.length / count).toBeCloseTo(readBytes / (inputBytes ?? 0), 2)
    expect((await sample(100_000_000)).numbers).toHaveLength(count + 1)
  })

  it('goes on with the next file after one that is damaged', async () => {
    const zipped = gzipSync(line('a'))
    const path = write('a.jsonl.gz', zipped.subarray(0, -2))
    write('b.jsonl', line('b'))
    const { texts, summary } = await readFiles([folder])
    expect(texts.at(-1)).toBe('b')
    expect(summary.problems).toEqual([
      {
        kind: 'truncated-file',
        path,
        line: null,
        detail: 'the gzip data is cut short; 1 document before that is kept',
      },
    ])
  })

  it('stops at the first problem in strict mode', async () => {
    const path = write('a.jsonl', `${line('a')}\n{"text":`)
    await expect(readFiles([path], { strict: true })).rejects.toMatchObject({
      code: 'bad-input',
      detail: expect.stringMatching(/a\.jsonl:3 the line is not JSON/),
    })
  })

  it('estimates what is to be read', async () => {
    write('a.jsonl', line('a'))
    write('b.txt', 'text')
    const corpus = await openCorpus([folder])
    expect(corpus.estimate()).toEqual({ inputBytes: 17, readBytes: 0, maxTextBytes: 17 })
    for await (const batch of corpus.read()) expect(batch).toHaveLength(2)
    expect(corpus.estimate()).toEqual({ inputBytes: 17, readBytes: 17, maxTextBytes: 17 })
    write('c.jsonl.gz', gzipSync(line('a')))
    expect((await openCorpus([folder])).estimate()).toMatchObject({ maxTextBytes: null })
    expect((await openCorpus([folder, '-'])).estimate()).toMatchObject({ inputBytes: null, maxTextBytes: null })
  })

  it('reads no further than the consumer, and closes the file it leaves', async () => {
    const path = write('a.jsonl', line('x'.repeat(1000)).repeat(5000))
    const corpus = await openCorpus([path])
    for await (const batch of corpus.read()) {
      expect(batch.length).toBeLessThan(2000)
      break
    }
    expect(corpus.report.inputBytes).toBeLessThan(2 * 1024 * 1024)
  })

  it('waits for slow standard input and takes what comes', async () => {
    const stdin = new PassThrough()
    const reading = readFiles(['-'], { stdin })
    stdin.write('{"text":')
    await new Promise((resolve) => setImmediate(resolve))
    stdin.end('"late"}')
    expect((await reading).texts).toEqual(['late'])
  })

  it('ends with cancelled on the signal', async () => {
    const path = write('a.jsonl', line('x'.repeat(1000)).repeat(5000))
    const abort = new AbortController()
    const corpus = await openCorpus([path], { signal: abort.signal })
    await expect(async () => {
      for await (const batch of corpus.read()) {
        expect(batch.length).toBeGreaterThan(0)
        abort.abort()
      }
    }).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('ends with cancelled while it waits for standard input', async () => {
    const abort = new AbortController()
    const reading = readFiles(['-'], { stdin: new PassThrough(), signal: abort.signal })
    setImmediate(() => abort.abort())
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('reports a file that grows while it is read, and reads what was there', async () => {
    const path = write('a.jsonl', line('x'.repeat(1000)).repeat(3000))
    const corpus = await openCorpus([path])
    for await (const batch of corpus.read()) {
      expect(batch.length).toBeGreaterThan(0)
      appendFileSync(path, line('new'))
    }
    expect(corpus.report.documents).toBe(3000)
    expect(corpus.report.summarize().problems).toMatchObject([{ kind: 'changed-file', path, line: null }])
  })

  it('reports a file that goes away', async () => {
    const path = write('a.jsonl', line('a'))
    const corpus = await openCorpus([path])
    rmSync(path)
    for await (const batch of corpus.read()) expect(batch).toEqual([])
    expect(corpus.report.summarize().problems).toEqual([
      { kind: 'unreadable-file', path, line: null, detail: 'does not exist' },
    ])
  })

  it('reports a file that became a FIFO after it was found, without waiting for a writer', async () => {
    const path = write('a.jsonl', line('a'))
    const corpus = await openCorpus([path])
    rmSync(path)
    execFileSync('mkfifo', [path])
    for await (const batch of corpus.read()) expect(batch).toEqual([])
    expect(corpus.report.summarize().problems).toMatchObject([
      { kind: 'unreadable-file', detail: 'is not a regular file' },
    ])
  })

  it('says in words what the operating system refused', () => {
    const refused = Object.assign(new Error('EACCES: open'), { code: 'EACCES' })
    expect(toFailure(refused).message).toBe('may not be read: permission denied')
    expect(toFailure(new Error('EIO: input/output error, read')).message).toBe('EIO: input/output error, read')
  })

  it('hands on a chunk of documents at a time', async () => {
    const source = line('x'.repeat(100_000)).repeat(1000)
    const path = write('big.jsonl', source)
    const file = new FileContext(path, { ...(await openCorpus([path])).options }, new ReadReport(false))
    const opened = await OpenFile.open(path, file.report)
    let largestBatch = 0
    for await (const batch of readJsonl(opened.chunks(), file)) largestBatch = Math.max(largestBatch, batch.length)
    await opened.close()
    expect(largestBatch).toBeLessThanOrEqual(11)
  })

  it.each<Partial<CorpusOptions>>([
    { format: 'csv' },
    { metaFields: ['text'] },
    { idField: 'text' },
    { facetFields: ['a', 'a'] },
    { maxLineBytes: 2 ** 40 },
  ])('refuses the options %j', async (options) => {
    await expect(readBytes('', options)).rejects.toMatchObject({ code: 'bad-argument' })
  })
})
