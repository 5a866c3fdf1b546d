import { describe, expect, it } from 'vitest'
import { formatOfPath, parseFormat } from './input-format.js'

describe('formatOfPath', () => {
  it.each([
    ['a.jsonl', 'jsonl', 'none'],
    ['a.ndjson', 'jsonl', 'none'],
    ['a.JSON.GZ', 'jsonl', 'gzip'],
    ['dir.v1/a.jsonl.zst', 'jsonl', 'zstd'],
    ['a.parquet', 'parquet', 'none'],
    ['a.warc.gz', 'warc', 'gzip'],
    ['a.wet', 'warc', 'none'],
    ['a.txt', 'text', 'none'],
    ['a.py', 'text', 'none'],
    ['README', 'text', 'none'],
    ['declaration.gz', 'text', 'gzip'],
    ['a.constructor', 'text', 'none'],
    ['folder.jsonl/plain', 'text', 'none'],
    ['.jsonl', 'text', 'none'],
  ])('reads %s as %s under %s', (path, records, compression) => {
    expect(formatOfPath(path, null)).toEqual({ records, compression })
  })

  it.each(['a.zip', 'a.tar', 'a.tar.gz', 'a.jsonl.xz', 'a.arrow', 'a.parquet.gz'])('has no reader for %s', (path) => {
    expect(formatOfPath(path, null)).toBeNull()
  })

  it('lets the override decide the records and the name the compression', () => {
    expect(formatOfPath('a.dat.gz', parseFormat('jsonl'))).toEqual({ records: 'jsonl', compression: 'gzip' })
    expect(formatOfPath('a.dat', parseFormat('jsonl.zst'))).toEqual({ records: 'jsonl', compression: 'zstd' })
    expect(formatOfPath('a.dat.gz', parseFormat('parquet'))).toBeNull()
  })
})

describe('parseFormat', () => {
  it.each(['csv', 'jsonl.xz', 'jsonl.gz.gz', 'parquet.gz', '', 'toString', 'jsonl.constructor'])(
    'refuses %j',
    (name) => {
      expect(() => parseFormat(name)).toThrowError(expect.objectContaining({ code: 'bad-argument' }))
    },
  )
})
