/** What are the bytes inside a compressed stream, whole or damaged? */
import type { Buffer } from 'node:buffer'
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
    try {
      decoder.push(slice)
    } catch (error) {
      throw describeZstd(error, 'unreadable-file')
    }
    for (;;) {
      let decoded: Buffer | null
      try {
        decoded = decoder.read()
      } catch (error) {
        throw describeZstd(error, 'unreadable-file')
      }
      if (decoded === null) break
      yield decoded
    }
  }
  try {
    decoder.finish()
  } catch (error) {
    throw describeZstd(error, 'truncated-file')
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

function describeZstd(error: unknown, kind: 'unreadable-file' | 'truncated-file'): FileFailure {
  const reason = error instanceof Error ? error.message : String(error)
  return new FileFailure(
    kind,
    kind === 'truncated-file' ? 'the zstd data is cut short' : `damaged zstd data: ${reason}`,
    {
      cause: error,
    },
  )
}
