import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readBytes } from '../../test/support/read-corpus.js'

interface RecordParts {
  readonly type: string
  readonly headers?: string
  readonly payload?: string | Uint8Array
}

function record({ type, headers = '', payload = '' }: RecordParts): Buffer {
  const body = Buffer.from(payload)
  return Buffer.concat([
    Buffer.from(
      `WARC/1.0\r\nWARC-Type: ${type}\r\nWARC-Date: 2024-01-02T03:04:05Z\r\n${headers}Content-Length: ${body.length}\r\n\r\n`,
    ),
    body,
    Buffer.from('\r\n\r\n'),
  ])
}

const conversion = (text: string, headers = '') => record({ type: 'conversion', headers, payload: text })

function response(body: string | Uint8Array, httpHeaders = 'Content-Type: text/html\r\n'): Buffer {
  return record({
    type: 'response',
    headers: 'content-type: application/http; msgtype=response\r\nWARC-Target-URI: http://example.org/\r\n',
    payload: Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${httpHeaders}\r\n`), Buffer.from(body)]),
  })
}

const read = (bytes: Uint8Array, options = {}, chunkBytes?: number) =>
  readBytes(bytes, { format: 'warc', ...options }, chunkBytes)

describe('readWarc', () => {
  it('reads the text of WET conversions with their headers as fields', async () => {
    const headers =
      'WARC-Target-URI: http://example.org/é?a=1\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Identified-Content-Language: deu\r\n'
    const wet = Buffer.concat([
      record({ type: 'warcinfo', payload: 'software: x\r\n' }),
      conversion('Größe\r\n\r\nWARC/1.0\n', headers),
      conversion(''),
    ])
    const { documents, texts, summary } = await read(wet, { idField: 'recordId', facetFields: ['language'] })
    expect(texts).toEqual(['Größe\r\n\r\nWARC/1.0\n', ''])
    expect(documents[0]).toMatchObject({
      externalId: '<urn:uuid:1>',
      metadata:
        '{"url":"http://example.org/é?a=1","date":"2024-01-02T03:04:05Z","recordId":"<urn:uuid:1>","language":"deu"}',
      facets: ['deu'],
      source: { path: '-', line: 2 },
    })
    expect(summary.skipped).toEqual({})
  })

  it('reads the same in chunks of any size and in one gzip member a record', async () => {
    const records = [
      record({ type: 'warcinfo', payload: 'a' }),
      conversion('one\r\n\r\n'),
      response('<p>two</p>'),
      conversion('three'),
    ]
    const whole = await read(Buffer.concat(records))
    expect(whole.texts).toEqual(['one\r\n\r\n', '<p>two</p>', 'three'])
    for (const chunkBytes of [1, 2, 3, 5, 64]) {
      expect((await read(Buffer.concat(records), {}, chunkBytes)).documents).toEqual(whole.documents)
    }
    const zipped = await readBytes(Buffer.concat(records.map((bytes) => gzipSync(bytes))), { format: 'warc.gz' })
    expect(zipped.documents).toEqual(whole.documents)
  })

  it('keeps the payload of HTML responses as it is', async () => {
    const request = record({
      type: 'request',
      headers: 'Content-Type: application/http\r\n',
      payload: 'GET / HTTP/1.1\r\n\r\n',
    })
    const { texts, summary } = await read(Buffer.concat([request, response('<h1>Hi</h1>\r\n\r\n<p>\u2028</p>')]))
    expect(texts).toEqual(['<h1>Hi</h1>\r\n\r\n<p>\u2028</p>'])
    expect(summary.skipped).toEqual({})
  })

  it.each<[string, Uint8Array, string]>([
    ['gzip', gzipSync('zipped'), 'Content-Encoding: gzip\r\n'],
    ['gzip that the crawler undid', Buffer.from('zipped'), 'Content-Encoding: gzip\r\n'],
    ['deflate', deflateSync('zipped'), 'Content-Encoding: deflate\r\n'],
    ['brotli', brotliCompressSync('zipped'), 'Content-Encoding: br\r\n'],
    ['chunks', Buffer.from('3\r\nzip\r\n3\r\nped\r\n0\r\n\r\n'), 'Transfer-Encoding: chunked\r\n'],
    ['chunks that the crawler joined', Buffer.from('zipped'), 'Transfer-Encoding: chunked\r\n'],
  ])('unpacks %s', async (_, body, headers) => {
    expect((await read(response(body, `content-type: text/html\r\n${headers}`))).texts).toEqual(['zipped'])
  })

  it('honours a named charset', async () => {
    const bytes = Buffer.from([0xcf, 0xf0, 0xe8])
    expect((await read(response(bytes, 'Content-Type: text/plain; charset="windows-1251"\r\n'))).texts).toEqual(['При'])
    expect(
      (await read(response(bytes, 'Content-Type: text/plain; charset=UTF-8\r\n'))).summary.replacedCharacters,
    ).toBe(3)
  })

  it.each<[string, string | Uint8Array, string, string, RegExp]>([
    ['an image', 'x', 'Content-Type: image/png\r\n', 'unsupported-record', /holds image\/png, not text/],
    ['no content type', 'x', 'Server: x\r\n', 'unsupported-record', /no named type/],
    [
      'an unknown encoding',
      'x',
      'Content-Type: text/html\r\nContent-Encoding: zip\r\n',
      'unsupported-record',
      /encoding "zip"/,
    ],
    [
      'an unknown charset',
      'x',
      'Content-Type: text/html; charset=klingon\r\n',
      'unsupported-record',
      /charset "klingon"/,
    ],
    [
      'damaged content',
      'x',
      'Content-Type: text/html\r\nContent-Encoding: br\r\n',
      'malformed-line',
      /damaged br content/,
    ],
    [
      'content that unpacks to too much',
      gzipSync(Buffer.alloc(5000)),
      'Content-Type: text/html\r\nContent-Encoding: gzip\r\n',
      'too-long',
      /of a document/,
    ],
  ])('reports a response with %s and goes on', async (_, body, headers, kind, detail) => {
    const { texts, summary } = await read(Buffer.concat([response(body, headers), conversion('next')]), {
      maxTextBytes: 1000,
    })
    expect(texts).toEqual(['next'])
    expect(summary.problems).toEqual([{ kind, path: '-', line: 1, detail: expect.stringMatching(detail) }])
  })

  it('passes over a payload above the limit', async () => {
    const { texts, summary } = await read(Buffer.concat([conversion('x'.repeat(200_000)), conversion('next')]), {
      maxTextBytes: 100,
    })
    expect(texts).toEqual(['next'])
    expect(summary.problems).toMatchObject([
      { kind: 'too-long', line: 1, detail: 'the text has 200000 bytes, more than the 100 of a document' },
    ])
  })

  it('finds the next record after one whose length is wrong', async () => {
    const short = Buffer.from('WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 3\r\n\r\nlonger than said\r\n\r\n')
    const { texts, summary } = await read(Buffer.concat([short, conversion('next')]))
    expect(texts).toEqual(['lon', 'next'])
    expect(summary.problems).toMatchObject([
      { kind: 'malformed-line', line: 2, detail: expect.stringMatching(/^15 bytes before the record/) },
    ])
  })

  it.each(['x', '-1', '', '1e3', '99999999999999999999'])('reports a Content-Length of %j', async (length) => {
    const bad = Buffer.from(`WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: ${length}\r\n\r\n`)
    const { texts, summary } = await read(Buffer.concat([bad, conversion('next')]))
    expect(texts).toEqual(['next'])
    expect(summary.problems).toMatchObject([
      { kind: 'malformed-line', line: 1, detail: `the record's Content-Length is "${length}"` },
    ])
  })

  it('ends at every place where the file may be cut, with what came before', async () => {
    const whole = Buffer.concat([conversion('first'), conversion('second')])
    const firstBytes = conversion('first').length
    for (let length = 0; length < whole.length; length++) {
      const { texts, summary } = await read(whole.subarray(0, length))
      const isWhole = length >= whole.length - 4
      expect(texts).toEqual(isWhole ? ['first', 'second'] : length >= firstBytes - 4 ? ['first'] : [])
      const isBetween = length === 0 || isWhole || (length >= firstBytes - 4 && length <= firstBytes)
      if (!isBetween) expect(summary.skipped).toEqual({ 'truncated-file': 1 })
      else
        expect(Object.keys(summary.skipped)).toEqual(
          length === firstBytes - 3 ||
            length === firstBytes - 1 ||
            length === whole.length - 3 ||
            length === whole.length - 1
            ? ['truncated-file']
            : [],
        )
    }
  })

  it('does not gather headers without end', async () => {
    const endless = Buffer.concat([Buffer.from('WARC/1.0\r\n'), Buffer.from('A: b\r\n'.repeat(400_000))])
    expect((await read(endless)).summary.problems).toMatchObject([
      { kind: 'unreadable-file', detail: expect.stringMatching(/headers of a record are longer/) },
    ])
    expect((await read(Buffer.alloc(4_000_000, 0x61))).summary.skipped).toEqual({ 'truncated-file': 1 })
  })

  it('replaces what is not UTF-8', async () => {
    const bytes = Buffer.concat([record({ type: 'conversion', payload: Buffer.from([0x61, 0xff]) }), conversion('b')])
    const { texts, summary } = await read(bytes)
    expect(texts).toEqual(['a\uFFFD', 'b'])
    expect(summary.replacedCharacters).toBe(1)
    expect((await read(bytes, { invalidUtf8: 'skip' })).texts).toEqual(['b'])
  })
})
