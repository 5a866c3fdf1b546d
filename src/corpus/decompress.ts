/** What are the bytes inside a compressed stream, whole or damaged? */
import type { Buffer } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import { GzipDecoder } from './gzip-decoder.js'
import type { Compression } from './input-format.js'
import { FileFailure } from './read-report.js'

/** Compressed bytes given at once: gzip grows at most 1,032 times, so its output stays below 70 MB. */
const sliceBytes = 64 * 1024

/** The decompressed bytes of a file. Throws {@link FileFailure} where the data is cut short or damaged. */
export function decompress(chunks: AsyncIterable<Buffer>, compression: Compression): AsyncIterable<Buffer> {
  switch (compression) {
    case 'none':
      return chunks
    case 'gzip':
      return decompressGzip(chunks)
    case 'zstd':
      return decompressZstd(chunks)
  }
}

/** All members of a gzip stream; zero bytes after the last one are padding. */
async function* decompressGzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new GzipDecoder()
  let isPadding = false
  try {
    for await (const slice of cutSlices(chunks)) {
      if (isPadding) {
        refuseGarbage(slice)
        continue
      }
      yield* await decoder.push(slice)
      decoder.throwIfFailed()
      isPadding = decoder.unusedBytes > 0
      if (isPadding) refuseGarbage(slice.subarray(slice.length - decoder.unusedBytes))
    }
    if (!isPadding) {
      yield* await decoder.finish()
      decoder.throwIfFailed()
    }
  } finally {
    decoder.close()
  }
}

/** All frames of a zstd stream. */
async function* decompressZstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // Only this reader needs the native core: the others work, and are tested, without it.
  const { ZstdDecoder } = await import('#native')
  const decoder = new ZstdDecoder()
  for await (const slice of cutSlices(chunks)) {
    describeFailure('unreadable-file', () => decoder.push(slice))
    for (;;) {
      const decoded = describeFailure('unreadable-file', () => decoder.read())
      if (decoded === null) break
      yield decoded
      // Native buffers are freed between turns of the event loop only: without one, 100 KB may fill gigabytes.
      await setImmediate()
    }
  }
  describeFailure('truncated-file', () => decoder.finish())
}

/** What the native decoder answers, its errors as failures of the file. */
function describeFailure<T>(kind: 'unreadable-file' | 'truncated-file', work: () => T): T {
  try {
    return work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = kind === 'truncated-file' ? 'the zstd data is cut short' : `damaged zstd data: ${reason}`
    throw new FileFailure(kind, message, { cause: error })
  }
}

async function* cutSlices(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += sliceBytes) yield chunk.subarray(start, start + sliceBytes)
  }
}

function refuseGarbage(bytes: Buffer): void {
  if (bytes.every((byte) => byte === 0)) return
  throw new FileFailure('unreadable-file', 'what follows the gzip data is not gzip, so it was not read')
}
