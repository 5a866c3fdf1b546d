/** Which items were uploaded? Asked of a thread that may fail without taking the server with it. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Benchmark } from '../../contamination/benchmark.js'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { FileOrder, UploadReply, UploadTask } from './upload-worker.js'

/** Heap of the thread: more than any honest upload takes. */
const heapMb = 1_024

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

function readInThread(task: UploadTask, signal: AbortSignal): Promise<Read> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const worker = new Worker(findWorker(), {
      workerData: task,
      name: 'omnigram-upload',
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    })
    const stop = () => settle(() => reject(signal.reason))
    const settle = (end: () => void) => {
      signal.removeEventListener('abort', stop)
      end()
      void worker.terminate()
    }
    signal.addEventListener('abort', stop)
    worker.once('message', (reply: UploadReply) =>
      settle(() => ('code' in reply ? reject(new OmnigramError(reply.code, reply.detail)) : resolve(reply))),
    )
    worker.once('error', (error) => settle(() => reject(explain(error))))
    worker.once('exit', () => settle(() => reject(new OmnigramError('worker-lost', 'The upload was not read.'))))
  })
}

function explain(error: Error): OmnigramError {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new OmnigramError('bad-benchmark', `Reading the file takes more than ${heapMb} MiB.`, { cause: error })
  }
  return new OmnigramError('internal', error.message, { cause: error })
}

/** Beside this file, or compiled where this file runs from its source. */
function findWorker(): URL {
  const beside = new URL('./upload-worker.js', import.meta.url)
  return existsSync(fileURLToPath(beside))
    ? beside
    : new URL('../../../dist/api/contamination/upload-worker.js', import.meta.url)
}
