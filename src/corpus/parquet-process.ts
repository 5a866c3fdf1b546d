/**
 * How is a Parquet file decoded without trusting it?
 *
 * The program of a child process: its file is open as descriptor 4, each message on its IPC channel asks for one batch.
 * On some damaged files hyparquet loops for ever or fills the memory until V8 aborts, which only a process confines.
 */
import { Buffer } from 'node:buffer'
import { fstatSync, readSync } from 'node:fs'
import type { AsyncBuffer } from 'hyparquet'
import type { ReadProblemKind } from '../core/document.js'
import type { ParquetBatch, ParquetRequest } from './parquet-rows.js'
import { decodeParquet, maxColumnBytes } from './parquet-rows.js'
import { FileFailure } from './read-report.js'

/** The answer to a request; `readBytes` were taken from the file for it. */
export type ParquetReply = { readonly readBytes: number } & (
  | { readonly type: 'batch'; readonly batch: ParquetBatch }
  | { readonly type: 'end' }
  | { readonly type: 'failure'; readonly kind: ReadProblemKind; readonly message: string }
)

/** Behind the standard streams and the channel. */
const fileDescriptor = 4

let readBytes = 0
let batches: AsyncGenerator<ParquetBatch> | null = null

function openRanges(): AsyncBuffer {
  const byteLength = fstatSync(fileDescriptor).size
  return {
    byteLength,
    slice(start, end = byteLength) {
      if (!(start >= 0 && start <= end && end <= byteLength)) {
        throw new FileFailure('truncated-file', `names bytes ${start} to ${end}, but has ${byteLength}`)
      }
      if (end - start > maxColumnBytes) {
        throw new FileFailure(
          'unreadable-file',
          `names ${end - start} bytes of one column, more than ${maxColumnBytes}`,
        )
      }
      const bytes = new ArrayBuffer(end - start)
      for (let filledBytes = 0; filledBytes < bytes.byteLength; ) {
        const count = readSync(
          fileDescriptor,
          Buffer.from(bytes),
          filledBytes,
          bytes.byteLength - filledBytes,
          start + filledBytes,
        )
        if (count === 0) throw new FileFailure('truncated-file', 'became shorter while it was read')
        filledBytes += count
      }
      readBytes += bytes.byteLength
      return bytes
    },
  }
}

async function answer(request: ParquetRequest): Promise<ParquetReply> {
  readBytes = 0
  try {
    batches ??= decodeParquet(openRanges(), request)
    const next = await batches.next()
    return next.done ? { type: 'end', readBytes } : { type: 'batch', batch: next.value, readBytes }
  } catch (error) {
    const kind = error instanceof FileFailure ? error.problemKind : 'unreadable-file'
    return { type: 'failure', kind, message: error instanceof Error ? error.message : String(error), readBytes }
  }
}

// The parent decides when this ends: Ctrl-C in a terminal reaches both, and the parent has a batch to finish.
process.on('SIGINT', () => {})
process.on('message', async (request: ParquetRequest) => process.send?.(await answer(request)))
