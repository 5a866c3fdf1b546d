import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBytes, readFiles } from '../../test/support/read-corpus.js'
import type { CorpusOptions, IdsOptions } from './corpus-options.js'
import { makeNpy, packIds } from './testkit/id-arrays.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omnigram-ids-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

const ids: IdsOptions = { field: 'ids', type: null, documentSeparator: null, vocabulary: 1_000 }

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function readTokens(
  paths: readonly string[],
  given: Partial<IdsOptions> = {},
  more: Partial<CorpusOptions> = {},
) {
  const { documents, summary } = await readFiles(paths, { ids: { ...ids, ...given }, ...more })
  return { tokens: documents.map(({ tokens }) => [...(tokens ?? [])]), documents, summary }
}

describe('JSON lines of token ids', () => {
  const read = (line: string, options: Partial<CorpusOptions> = {}) => readBytes(line, { ids, ...options })

  it('become documents, other fields their metadata', async () => {
    const { documents } = await read('{"id":"x","ids":[1, 2 ,\t3],"n":1.50}\n{"ids":[]}\n', { idField: 'id' })
    expect(documents.map(({ tokens }) => [...(tokens ?? [])])).toEqual([[1, 2, 3], []])
    expect(documents[0]).toMatchObject({ externalId: 'x', metadata: '{"id":"x","n":1.50}' })
    expect(documents[0].text).toHaveLength(0)
  })

  it('take the last of several arrays of that name, however the name is spelled', async () => {
    const { documents } = await read('{"ids":[1],"i\\u0064s":[2,999]}\n')
    expect([...(documents[0].tokens ?? [])]).toEqual([2, 999])
    expect(documents[0].metadata).toBeNull()
  })

  it.each([
    ['{"ids":"1,2"}', 'wrong-type', 'is not an array'],
    ['{"ids":null}', 'wrong-type', 'is not an array'],
    ['{"ids":[1,"a"]}', 'wrong-type', 'token 1 of "ids" is "a"'],
    ['{"ids":[1,2.0]}', 'wrong-type', 'token 1 of "ids" is 2.0'],
    ['{"ids":[1e2]}', 'wrong-type', 'token 0 of "ids" is 1e2'],
    ['{"ids":[-1]}', 'wrong-type', 'token 0 of "ids" is -1'],
    ['{"ids":[[1]]}', 'wrong-type', 'token 0 of "ids" is [1'],
    ['{"ids":[1,]}', 'wrong-type', 'token 1 of "ids" is nothing'],
    ['{"ids":[01]}', 'wrong-type', 'token 0 of "ids" is 01'],
    ['{"ids":[1000]}', 'bad-token', 'token 0 has the id 1000'],
    ['{"ids":[4294967296]}', 'bad-token', 'token 0 has the id 4294967296'],
    ['{"ids":[99999999999]}', 'wrong-type', 'token 0 of "ids" is 99999999999'],
    ['{"ids":[1,2}', 'malformed-line', 'not JSON'],
    ['{"ids":[1] "a":2}', 'malformed-line', 'not JSON'],
    ['{"ids":[1],"a":}', 'malformed-line', 'not JSON'],
    ['{"text":"a"}', 'missing-text', 'no field "ids"'],
    ['[1,2]', 'malformed-line', 'not an object'],
  ])('leave out %s, with the line and the reason', async (line, kind, detail) => {
    const { documents, summary } = await read(`{"ids":[1]}\n${line}\n`)
    expect(documents).toHaveLength(1)
    expect(summary.problems).toMatchObject([{ kind, path: '-', line: 2, detail: expect.stringContaining(detail) }])
    await expect(read(`{"ids":[1]}\n${line}\n`, { strict: true })).rejects.toMatchObject({
      code: 'bad-input',
      detail: expect.stringContaining('-:2 '),
    })
  })

  it('hold more ids than other fields may hold values', async () => {
    const many = Array.from({ length: 1_200_000 }, (_, at) => at % 1_000)
    const { documents } = await read(`{"ids":[${many.join()}]}\n`)
    expect(documents[0].tokens).toHaveLength(many.length)
    const { summary } = await read(`{"ids":[1],"other":[${many.join()}]}\n`)
    expect(summary.skipped).toEqual({ 'too-complex': 1 })
  })

  it('are as long as a shard takes', async () => {
    const { documents, summary } = await read('{"ids":[1,2]}\n{"ids":[1,2,3]}\n', { maxTextBytes: 8 })
    expect(documents).toHaveLength(1)
    expect(summary.skipped).toEqual({ 'too-long': 1 })
  })
})

describe('.npy files', () => {
  it.each(['<u2', '<u4', '<i4', '<u8', '<i8'] as const)('of %s are read row by row', async (type) => {
    const path = write('a.npy', makeNpy(type, [2, 3], [1, 2, 3, 4, 5, 999]))
    expect((await readTokens([path])).tokens).toEqual([
      [1, 2, 3],
      [4, 5, 999],
    ])
    const packed = write('b.npy.gz', gzipSync(makeNpy(type, [4], [4, 3, 2, 1])))
    expect((await readTokens([packed])).tokens).toEqual([[4, 3, 2, 1]])
  })

  it('of one dimension are cut at the separator', async () => {
    const path = write('a.npy', makeNpy('<u2', [6], [1, 0, 0, 2, 3, 0]))
    expect((await readTokens([path], { documentSeparator: 0 })).tokens).toEqual([[1], [], [2, 3]])
  })

  it('say by row which document has an id that is none', async () => {
    const path = write('a.npy', makeNpy('<i4', [3, 2], [1, 2, -1, 4, 5, 6]))
    const { tokens, summary } = await readTokens([path])
    expect(tokens).toEqual([
      [1, 2],
      [5, 6],
    ])
    const detail = expect.stringMatching(/^token 0 has an id that is negative/)
    expect(summary.problems).toMatchObject([{ kind: 'bad-token', path, line: 2, detail }])
  })

  it.each([
    ['of floats', makeNpy('<f4', [1], [1]), 'wrong-type'],
    ['of big endian', makeNpy('>u2', [1], [1]), 'wrong-type'],
    ['of three dimensions', makeNpy('<u2', [1, 1, 1], [1]), 'wrong-type'],
    ['in Fortran order', makeNpy('<u2', [2, 2], [1, 2, 3, 4], true), 'wrong-type'],
    ['that end early', makeNpy('<u2', [3], [1, 2]), 'truncated-file'],
    ['that end late', makeNpy('<u2', [1], [1, 2]), 'wrong-type'],
    ['that end inside a number', makeNpy('<u2', [2], [1, 2]).subarray(0, -1), 'truncated-file'],
    ['that end inside the header', makeNpy('<u2', [1], [1]).subarray(0, 20), 'truncated-file'],
    ['that are none', Buffer.from('no numpy file at all'), 'wrong-type'],
    [
      'of a version to come',
      Buffer.concat([Buffer.from('\x93NUMPY\x09\x00', 'latin1'), Buffer.alloc(99)]),
      'unknown-format',
    ],
    ['with an endless header', Buffer.from('\x93NUMPY\x02\x00\xff\xff\xff\x7f', 'latin1'), 'wrong-type'],
    ['of rows without ids', makeNpy('<u2', [1_000_000_000, 0], []), 'wrong-type'],
  ])('%s are left out with a reason', async (_, bytes, kind) => {
    const good = write('z.npy', makeNpy('<u2', [1], [7]))
    const path = write('a.npy', bytes)
    const { tokens, summary } = await readTokens([path, good])
    expect(tokens.at(-1)).toEqual([7])
    expect(summary.problems).toMatchObject([{ kind, path }])
  })
})

describe('.bin files', () => {
  it('are one document each, or many between separators', async () => {
    const path = write('a.bin', packIds('u16', [5, 6, 0, 7]))
    expect((await readTokens([path], { type: 'u16' })).tokens).toEqual([[5, 6, 0, 7]])
    expect((await readTokens([path], { type: 'u16', documentSeparator: 0 })).tokens).toEqual([[5, 6], [7]])
    const wide = write('b.bin', packIds('u32', [5, 0, 999]))
    expect((await readTokens([wide], { type: 'u32', documentSeparator: 0 })).tokens).toEqual([[5], [999]])
  })

  it('are not read until their width is named', async () => {
    const path = write('a.bin', packIds('u16', [5]))
    expect((await readTokens([path])).summary.skipped).toEqual({ 'unknown-format': 1 })
  })

  it('keep memory bounded where a document has no end', async () => {
    const path = write('a.bin', packIds('u16', [1, 2, 3, 4, 0, 5]))
    const { tokens, summary } = await readTokens([path], { type: 'u16', documentSeparator: 0 }, { maxTextBytes: 8 })
    expect(tokens).toEqual([[5]])
    expect(summary.problems).toMatchObject([{ kind: 'too-long', line: 1 }])
  })
})

it('reads ids of nothing else', async () => {
  write('a.txt', 'text')
  write('b.jsonl', '{"ids":[3]}\n')
  const { tokens, summary } = await readTokens([folder])
  expect(tokens).toEqual([[3]])
  expect(summary.skipped).toEqual({ 'unknown-format': 1 })
})
