/** Which items were uploaded? Asked of a thread that may fail without taking the server with it. */
import type { Benchmark } from '../../contamination/benchmark.js'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { runInThread } from '../jobs/run-in-thread.js'
import type { FileOrder, UploadReply, UploadTask } from './upload-worker.js'

/** The number of items. Throws `bad-benchmark` for what cannot be read, and for too many items. */
export async function countUpload(order: FileOrder, file: Buffer, signal: AbortSignal): Promise<number> {
  const { items } = await readInThread({ order, file, isCounting: true }, signal)
  if (items > limits.benchmarkUploadItems) {
    throw new OmnigramError(
      'bad-benchmark',
      `The file holds ${items} items, the limit of an upload is ${limits.benchmarkUploadItems}.`,
    )
  }
  return items
}

/** The items. Throws `bad-benchmark`. */
export async function readUpload(order: FileOrder, file: Buffer, signal: AbortSignal): Promise<Benchmark> {
  const { benchmark } = await readInThread({ order, file, isCounting: false }, signal)
  if (!benchmark) throw new OmnigramError('internal', 'The thread that reads uploads sent no items.')
  return benchmark
}

type Read = Exclude<UploadReply, { readonly code: unknown }>

function readInThread(data: UploadTask, signal: AbortSignal): Promise<Read> {
  return runInThread<Read>({ worker: 'contamination/upload-worker.js', data, heapCode: 'bad-benchmark' }, signal)
}
