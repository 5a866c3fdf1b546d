/** How are the bytes of an input file taken from disk without waiting on what is no file? */
import { Buffer } from 'node:buffer'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { OmnigramError } from '../core/errors.js'
import type { CorpusOptions } from './corpus-options.js'
import type { ReadReport } from './read-report.js'
import { FileFailure } from './read-report.js'

const chunkBytes = 1024 * 1024

/** A regular file of the input, read up to the size it had when it was opened. */
export class OpenFile {
  private constructor(
    readonly handle: FileHandle,
    readonly sizeBytes: number,
    readonly modifiedMs: number,
    readonly report: ReadReport,
  ) {}

  /** Opens without blocking: a FIFO put in the file's place is refused. Throws {@link FileFailure}. */
  static async open(path: string, report: ReadReport): Promise<OpenFile> {
    let handle: FileHandle | null = null
    try {
      handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
      const stats = await handle.stat()
      if (!stats.isFile()) throw new FileFailure('unreadable-file', 'is not a regular file')
      return new OpenFile(handle, stats.size, stats.mtimeMs, report)
    } catch (error) {
      await handle?.close()
      throw toFailure(error)
    }
  }

  /** The bytes from an offset to the end, each chunk in a buffer of its own. */
  async *chunks(startOffset = 0): AsyncGenerator<Buffer> {
    let offset = startOffset
    while (offset < this.sizeBytes) {
      const chunk = await this.read(offset, Math.min(chunkBytes, this.sizeBytes - offset))
      if (chunk.length === 0) return
      offset += chunk.length
      yield chunk
    }
  }

  /** Up to `lengthBytes` from `startOffset`; fewer at the end of the file. */
  async read(startOffset: number, lengthBytes: number): Promise<Buffer> {
    const chunk = Buffer.allocUnsafeSlow(lengthBytes)
    let filledBytes = 0
    try {
      while (filledBytes < lengthBytes) {
        const { bytesRead } = await this.handle.read(
          chunk,
          filledBytes,
          lengthBytes - filledBytes,
          startOffset + filledBytes,
        )
        if (bytesRead === 0) break
        filledBytes += bytesRead
      }
    } catch (error) {
      throw toFailure(error)
    }
    this.report.inputBytes += filledBytes
    return chunk.subarray(0, filledBytes)
  }

  /** Throws {@link FileFailure} when the file is no longer what it was when it was opened. */
  async checkUnchanged(): Promise<void> {
    const { size, mtimeMs } = await this.handle.stat()
    if (size === this.sizeBytes && mtimeMs === this.modifiedMs) return
    const detail = `changed while it was read: ${this.sizeBytes} bytes at first, ${size} at the end`
    throw new FileFailure('changed-file', detail)
  }

  async close(): Promise<void> {
    await this.handle.close()
  }
}

/** The bytes of standard input. Waiting for them ends on the signal. */
export async function* readStdin({ stdin, signal }: CorpusOptions, report: ReadReport): AsyncGenerator<Buffer> {
  if (signal) addAbortSignal(signal, stdin)
  try {
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk)
      report.inputBytes += bytes.length
      yield bytes
    }
  } catch (error) {
    throwIfAborted(signal)
    throw toFailure(error)
  }
}

/** The chunks, until the signal asks to stop; then throws `cancelled`. */
export async function* untilAborted(chunks: AsyncIterable<Buffer>, signal: AbortSignal | null): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    throwIfAborted(signal)
    yield chunk
  }
}

export function throwIfAborted(signal: AbortSignal | null): void {
  if (signal?.aborted) throw new OmnigramError('cancelled', 'The corpus was not read to its end.')
}

/** What the operating system said, as the reason why a file is skipped. */
export function toFailure(error: unknown): FileFailure {
  if (error instanceof FileFailure) return error
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  const reason = (code !== undefined && systemReasons[code]) || (error instanceof Error ? error.message : String(error))
  return new FileFailure('unreadable-file', reason, { cause: error })
}

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read: permission denied',
  EPERM: 'may not be read: not permitted',
  ELOOP: 'is a loop of symbolic links',
  EISDIR: 'is a folder',
  ENXIO: 'is a socket or a device without a driver',
  ENAMETOOLONG: 'has too long a name',
}
