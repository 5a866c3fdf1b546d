import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readBytes } from '../../test/support/read-corpus.js'

const line = (text: string) => `{"text":"${text}"}\n`
const lines = (count: number) => Array.from({ length: count }, (_, i) => line(`document ${i}`)).join('')

/** Texts that do not compress to nothing, so that the stream is read in many pieces. */
function bigLines(): string {
  let state = 1
  const word = () => {
    state = (state * 48271) % 2147483647
    return state.toString(36)
  }
  return Array.from({ length: 4000 }, () => line(Array.from({ length: 12 }, word).join(' '))).join('')
}

describe.each([1, 7, 64 * 1024])('gzip in chunks of %i', (chunkBytes) => {
  const read = (bytes: Uint8Array, options = {}) => readBytes(bytes, { format: 'jsonl.gz', ...options }, chunkBytes)

  it('reads all members', async () => {
    const { texts, summary } = await read(
      Buffer.concat([gzipSync(line('a')), gzipSync(''), gzipSync(line('b') + line('c'))]),
    )
    expect(texts).toEqual(['a', 'b', 'c'])
    expect(summary.skipped).toEqual({})
  })

  it('joins a line that spans members', async () => {
    const { texts } = await read(Buffer.concat([gzipSync('{"text":'), gzipSync('"ab"}')]))
    expect(texts).toEqual(['ab'])
  })

  it('takes zero bytes at the end as padding', async () => {
    const { texts, summary } = await read(Buffer.concat([gzipSync(line('a')), Buffer.alloc(1000)]))
    expect(texts).toEqual(['a'])
    expect(summary.skipped).toEqual({})
  })

  it('reports a member behind padding instead of dropping it', async () => {
    const { summary } = await read(Buffer.concat([gzipSync(line('a')), Buffer.alloc(100), gzipSync(line('b'))]))
    expect(summary.problems).toEqual([
      {
        kind: 'unreadable-file',
        path: '-',
        line: null,
        detail: expect.stringContaining('is not gzip, so it was not read'),
      },
    ])
  })

  it('reports garbage at the end', async () => {
    const { summary } = await read(Buffer.concat([gzipSync(line('a')), Buffer.from('garbage')]))
    expect(summary.problems).toEqual([
      {
        kind: 'unreadable-file',
        path: '-',
        line: null,
        detail: expect.stringContaining('damaged gzip data: incorrect header check'),
      },
    ])
  })

  it.each([1, 4, 9, 12])('reports a stream that lacks its last %i bytes', async (missingBytes) => {
    const { summary } = await read(gzipSync(lines(3)).subarray(0, -missingBytes))
    expect(summary.problems).toMatchObject([{ kind: 'truncated-file', path: '-', line: null }])
    await expect(read(gzipSync(lines(3)).subarray(0, -missingBytes), { strict: true })).rejects.toMatchObject({
      code: 'bad-input',
      detail: expect.stringMatching(/^- the gzip data is cut short/),
    })
  })

  it.each(['plain text', ''])('reports %j as no gzip', async (bytes) => {
    const { documents, summary } = await read(Buffer.from(bytes))
    expect(documents).toEqual([])
    expect(Object.values(summary.skipped)).toEqual([1])
  })
})

describe('damaged gzip', () => {
  it('gives the documents before the damage, the same ones each time', async () => {
    const whole = gzipSync(bigLines())
    const cut = whole.subarray(0, Math.floor(whole.length / 2))
    const runs = await Promise.all(Array.from({ length: 5 }, () => readBytes(cut, { format: 'jsonl.gz' })))
    expect(runs[0].documents.length).toBeGreaterThan(1000)
    expect(new Set(runs.map(({ documents }) => documents.length)).size).toBe(1)
    expect(runs[0].summary.problems).toMatchObject([
      {
        kind: 'truncated-file',
        detail: `the gzip data is cut short; ${runs[0].documents.length} documents before that are kept`,
      },
    ])
  })

  it('is bounded in memory when it unpacks to far more', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024, 0x61), { level: 9 })
    const { documents, summary } = await readBytes(bomb, { format: 'jsonl.gz', maxLineBytes: 1024 })
    expect(documents).toEqual([])
    expect(summary.problems).toMatchObject([{ kind: 'too-long', line: 1 }])
  })
})
