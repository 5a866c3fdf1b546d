/** How is a file copied line by line with some lines changed, all other bytes as they are? */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { LineSplitter } from '../../corpus/split-lines.js'

export interface FileLine {
  /** From 1. */
  readonly number: number
  /** Without its newline. */
  readonly bytes: Buffer
}

export interface Rewritten {
  /** SHA-256 of what was read, and of what was written. */
  readonly readSha256: string
  readonly writtenSha256: string
}

/** Lines of a plain file. Throws `bad-input` for a packed file or a line above `limits.lineBytes`, `io-failure`. */
export async function* readLines(
  path: string,
  signal?: AbortSignal,
  onChunk?: (chunk: Buffer) => void,
): AsyncGenerator<FileLine> {
  const splitter = new LineSplitter(limits.lineBytes)
  let isFirst = true
  try {
    for await (const chunk of createReadStream(path, { signal, highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      if (isFirst && isPacked(chunk)) {
        throw new OmnigramError('bad-input', `${path} is packed: unpack it first, so that it can be restored.`)
      }
      isFirst = false
      onChunk?.(chunk)
      for (const line of splitter.push(chunk)) yield checkLine(line, path)
    }
    for (const line of splitter.end()) yield checkLine(line, path)
  } catch (error) {
    throw describeFailure(error, path, signal)
  }
}

/**
 * Writes `from` to `to` with each line as `change` answers it. `to` must not be there yet.
 *
 * Throws as {@link readLines} does, and what `change` throws.
 */
export async function rewriteLines(
  from: string,
  to: string,
  change: (line: FileLine) => Buffer,
  signal?: AbortSignal,
): Promise<Rewritten> {
  const [read, written] = [createHash('sha256'), createHash('sha256')]
  let endsOpen = false
  const onChunk = (chunk: Buffer) => {
    read.update(chunk)
    endsOpen = chunk.at(-1) !== 0x0a
  }
  async function* changed() {
    let waiting: Buffer | null = null
    for await (const line of readLines(from, signal, onChunk)) {
      if (waiting !== null) yield emit(Buffer.concat([waiting, Buffer.from('\n')]))
      waiting = change(line)
    }
    if (waiting !== null) yield emit(endsOpen ? waiting : Buffer.concat([waiting, Buffer.from('\n')]))
  }
  const emit = (bytes: Buffer) => {
    written.update(bytes)
    return bytes
  }
  try {
    await pipeline(changed, createWriteStream(to, { flags: 'wx' }), { signal })
  } catch (error) {
    throw describeFailure(error, to, signal)
  }
  return { readSha256: read.digest('hex'), writtenSha256: written.digest('hex') }
}

function checkLine(
  { number, bytes, lengthBytes }: { number: number; bytes: Buffer | null; lengthBytes: number },
  path: string,
) {
  if (bytes !== null) return { number, bytes }
  throw new OmnigramError(
    'bad-input',
    `${path}:${number}: the line has ${lengthBytes} bytes, the limit is ${limits.lineBytes}.`,
  )
}

/** The first bytes of gzip, zstd and Parquet. */
function isPacked(chunk: Buffer): boolean {
  return ['1f8b', '28b52ffd', '50415231'].some((magic) => chunk.toString('hex', 0, magic.length / 2) === magic)
}

function describeFailure(error: unknown, path: string, signal?: AbortSignal): OmnigramError {
  if (error instanceof OmnigramError) return error
  if (signal?.aborted) return new OmnigramError('cancelled', 'The work was not done to its end.', { cause: error })
  const said = error instanceof Error ? error.message : String(error)
  return new OmnigramError('io-failure', `${path}: ${said}`, { cause: error })
}
