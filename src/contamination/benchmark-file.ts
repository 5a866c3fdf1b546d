/** Which bytes does a benchmark file hold, compressed or not, and is it small enough to be one? */
import { createHash } from 'node:crypto'
import type { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { formatBytes } from '../core/units.js'
import { decompress } from '../corpus/decompress.js'
import type { Compression } from '../corpus/input-format.js'
import { OpenFile } from '../corpus/open-file.js'
import { FileFailure, ReadReport } from '../corpus/read-report.js'
import { throwIfCancelled } from './ask-patiently.js'
import { benchmarkError } from './benchmark-error.js'

/** An open file of bounded size, and how it is called in messages. */
export interface BenchmarkFile {
  readonly opened: OpenFile
  readonly label: string
}

/** Does `work` on the file and closes it. Throws `bad-benchmark` for what is no file, is empty or too large. */
export async function withBenchmarkFile<T>(
  path: string,
  label: string,
  work: (file: BenchmarkFile) => Promise<T>,
): Promise<T> {
  const opened = await asBenchmarkError(label, () => OpenFile.open(path, new ReadReport(false)))
  try {
    if (opened.sizeBytes === 0) throw benchmarkError(label, 'is empty')
    if (opened.sizeBytes > limits.benchmarkBytes) throw tooLarge(label, `has ${formatBytes(opened.sizeBytes)}`)
    return await asBenchmarkError(label, () => work({ opened, label }))
  } finally {
    await opened.close()
  }
}

/** All bytes, decompressed; bounded on both sides of the decompression. */
export async function readBytes(
  { opened, label }: BenchmarkFile,
  compression: Compression,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of decompress(opened.chunks(), compression)) {
    throwIfCancelled(signal)
    length += chunk.length
    if (length > limits.benchmarkBytes) throw tooLarge(label, 'decompresses to more')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

/** SHA-256 of the file as it lies on disk. */
export async function hashFile({ opened }: BenchmarkFile, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of opened.chunks()) {
    throwIfCancelled(signal)
    hash.update(chunk)
  }
  return hash.digest('hex')
}

function tooLarge(label: string, detail: string): OmnigramError {
  return benchmarkError(label, `${detail}; a benchmark has at most ${formatBytes(limits.benchmarkBytes)}`)
}

async function asBenchmarkError<T>(label: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FileFailure) throw benchmarkError(label, error.message, error)
    throw error
  }
}
