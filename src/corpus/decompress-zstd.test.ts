import { describe, expect, it } from 'vitest'
import { readBytes } from '../../test/support/read-corpus.js'

/** 40 lines `{"text":"document number N of forty"}` as `zstd -19` writes them, with a checksum. */
const compressed = Buffer.from(
  'KLUv/WQPBTUDABLFEBGgb6AxbtM/AHA62Z/KbnWrFYMkdEwh7z0+oWMKee/hCR1TyHuPTuiYQt5BFpdO+cKTocN0C9YYaHSwMtmEEtQ6KnAoqBGgu/9n8DUDEbxD8DuEnx/+9+373Tu+AoCu4RQkNZO9Gtk=',
  'base64',
)

/** A frame of one uncompressed block: magic, a window of 1 MiB, no size, no checksum; the block's header says last, raw, size. */
function frame(content: string): Buffer {
  const bytes = Buffer.from(content)
  const blockHeader = Buffer.alloc(3)
  blockHeader.writeUIntLE((bytes.length << 3) | 1, 0, 3)
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50]), blockHeader, bytes])
}

const skippable = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]), Buffer.from('note')])

const line = (text: string) => `{"text":"${text}"}\n`

describe.each([1, 7, 64 * 1024])('zstd in chunks of %i', (chunkBytes) => {
  const read = (bytes: Uint8Array, options = {}) => readBytes(bytes, { format: 'jsonl.zst', ...options }, chunkBytes)

  it('reads what zstd wrote', async () => {
    const { texts, summary } = await read(compressed)
    expect(texts).toEqual(Array.from({ length: 40 }, (_, i) => `document number ${i + 1} of forty`))
    expect(summary.skipped).toEqual({})
  })

  it('reads all frames, and passes over those that hold no data', async () => {
    const { texts, summary } = await read(
      Buffer.concat([frame(line('a')), skippable, frame(''), frame('{"text":'), frame('"b"}')]),
    )
    expect(texts).toEqual(['a', 'b'])
    expect(summary.skipped).toEqual({})
  })

  it.each([1, 10, 30])('reports a stream that lacks its last %i bytes', async (missingBytes) => {
    const bytes = Buffer.concat([frame(line('a')), compressed]).subarray(0, -missingBytes)
    const { texts, summary } = await read(bytes)
    expect(texts[0]).toBe('a')
    expect(summary.problems).toMatchObject([{ kind: 'truncated-file', path: '-', line: null }])
    await expect(read(bytes, { strict: true })).rejects.toMatchObject({
      code: 'bad-input',
      detail: expect.stringMatching(/^- the zstd data is cut short/),
    })
  })

  it('reports damaged data and garbage', async () => {
    const damaged = Buffer.from(compressed)
    damaged[damaged.length - 20] ^= 0xff
    expect((await read(damaged)).summary.skipped).toEqual({ 'unreadable-file': 1 })
    const trailing = await read(Buffer.concat([frame(line('a')), Buffer.from('this is no frame')]))
    expect(trailing.summary.skipped).toEqual({ 'unreadable-file': 1 })
    expect((await read(Buffer.from('plain text'))).summary.skipped).toEqual({ 'unreadable-file': 1 })
  })

  it('reports an empty stream', async () => {
    expect((await read(Buffer.alloc(0))).documents).toEqual([])
  })
})
