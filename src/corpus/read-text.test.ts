import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readBytes } from '../../test/support/read-corpus.js'

const read = (bytes: string | Uint8Array, options = {}) => readBytes(bytes, { format: 'text', ...options })

describe('readText', () => {
  it('makes one document of a file, byte order mark and line ends included', async () => {
    const { documents, texts } = await read('\uFEFFone\r\ntwo\n')
    expect(texts).toEqual(['\uFEFFone\r\ntwo\n'])
    expect(documents[0]).toMatchObject({
      externalId: null,
      metadata: '{"path":"-"}',
      facets: [],
      source: { path: '-', line: 1 },
    })
  })

  it('offers the path as a field', async () => {
    const { documents } = await read('a', { idField: 'path', facetFields: ['path'], metaFields: [] })
    expect(documents[0]).toMatchObject({ externalId: '-', metadata: null, facets: ['-'] })
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['a zero byte', Buffer.from('text\0more'), /zero byte at offset 4/],
    ['UTF-16', Buffer.from('\uFEFFtext', 'utf16le'), /UTF-16: convert/],
    [
      'mostly invalid bytes',
      Buffer.from('д'.repeat(50).concat('ab'), 'utf16le').map((byte) => byte | 0x80),
      /not text in UTF-8/,
    ],
  ])('skips a file with %s as binary', async (_, bytes, detail) => {
    const { documents, summary } = await read(bytes)
    expect(documents).toEqual([])
    expect(summary.problems).toEqual([
      { kind: 'binary-file', path: '-', line: null, detail: expect.stringMatching(detail) },
    ])
  })

  it('judges by the first 8 KiB alone, however they are cut', async () => {
    const head = Buffer.alloc(8 * 1024, 0x61)
    for (const chunkBytes of [1000, 8192, 100_000]) {
      const late = await readBytes(Buffer.concat([head, Buffer.from([0])]), { format: 'text' }, chunkBytes)
      expect(late.documents[0].text).toHaveLength(8193)
      const early = await readBytes(
        Buffer.concat([head.subarray(1), Buffer.from([0, 0x61])]),
        { format: 'text' },
        chunkBytes,
      )
      expect(early.summary.skipped).toEqual({ 'binary-file': 1 })
    }
  })

  it('replaces a few invalid bytes', async () => {
    const { texts, summary } = await read(Buffer.from('caf\xe9, na\xefve', 'latin1'))
    expect(texts).toEqual(['caf\uFFFD, na\uFFFDve'])
    expect(summary.replacedCharacters).toBe(2)
    expect((await read(Buffer.from('caf\xe9', 'latin1'), { invalidUtf8: 'skip' })).summary.skipped).toEqual({
      'invalid-utf8': 1,
    })
  })

  it('stops at the limit instead of reading on', async () => {
    const { summary } = await readBytes(gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x61)), {
      format: 'text.gz',
      maxTextBytes: 1000,
    })
    expect(summary.problems).toMatchObject([{ kind: 'too-long', path: '-', line: null }])
  })

  it('applies the limit to the text with its replacements', async () => {
    const { summary } = await read(Buffer.from('caf\xe9', 'latin1'), { maxTextBytes: 5 })
    expect(summary.problems[0].detail).toBe('the text has 6 bytes, more than the 5 of a document')
  })

  it('reports a file without bytes', async () => {
    expect((await read('')).summary.problems).toEqual([
      { kind: 'empty-file', path: '-', line: null, detail: 'has no bytes' },
    ])
  })
})
