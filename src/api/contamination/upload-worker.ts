/** What is in an upload? Read in a thread of its own: a large file would keep the server from answering. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { Benchmark } from '../../contamination/benchmark.js'
import { readBenchmarks } from '../../contamination/read-benchmark.js'
import { type ErrorCode, toOmnigramError } from '../../core/errors.js'
import type { CheckOrder } from './check.js'

/** What of an order says how its file is read. */
export type FileOrder = Omit<CheckOrder, 'itemsInFile'>

export interface UploadTask {
  readonly order: FileOrder
  readonly file: Uint8Array
  /** Whether the number of items is all that is asked for. */
  readonly isCounting: boolean
}

export type UploadReply =
  | { readonly benchmark: Benchmark | null; readonly items: number }
  | { readonly code: ErrorCode; readonly detail: string }

async function readUpload({ order, file, isCounting }: UploadTask): Promise<UploadReply> {
  const folder = await mkdtemp(join(tmpdir(), 'omnigram-check-'))
  try {
    const benchmark = await readFile(folder, order, file)
    return { benchmark: isCounting ? null : benchmark, items: benchmark.items.length }
  } catch (thrown) {
    const { code, detail } = toOmnigramError(thrown)
    return { code, detail }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function readFile(folder: string, order: FileOrder, file: Uint8Array): Promise<Benchmark> {
  const { name, category, licence, link, split, format, field, answerField } = order
  const label = `upload.${format}`
  const path = join(folder, label)
  await writeFile(path, file, { mode: 0o600 })
  const fields = { ...(field !== null && { field }), ...(answerField !== null && { answerField }) }
  const info = { name, category, licence, link, split }
  const [benchmark] = await readBenchmarks(path, { ...fields, ...info, label, format })
  return benchmark
}

if (parentPort) parentPort.postMessage(await readUpload(workerData as UploadTask))
