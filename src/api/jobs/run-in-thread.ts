/** How is an upload worked on without keeping the server from answering? In a thread that may fail without taking the server with it. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, OmnigramError } from '../../core/errors.js'

/** Heap of the thread: more than any honest upload takes. */
const heapMb = 1_024

/** What a thread answers when it cannot do its task. */
export interface ThreadFailure {
  readonly code: ErrorCode
  readonly detail: string
}

export interface ThreadTask {
  /** Path of the compiled worker below `dist/api`, such as `traps/trap-worker.js`. */
  readonly worker: string
  readonly data: unknown
  /** What it is when the task takes more memory than there is. */
  readonly heapCode: ErrorCode
}

/** The first message of the thread, which is a {@link ThreadFailure} when it fails. Throws that, and the reason of the signal. */
export function runInThread<Reply extends object>(
  { worker: path, data, heapCode }: ThreadTask,
  signal: AbortSignal,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const worker = new Worker(findWorker(path), {
      workerData: data,
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
    worker.once('message', (reply: Reply | ThreadFailure) =>
      settle(() => ('code' in reply ? reject(new OmnigramError(reply.code, reply.detail)) : resolve(reply))),
    )
    worker.once('error', (error) => settle(() => reject(explain(error, heapCode))))
    worker.once('exit', () => settle(() => reject(new OmnigramError('worker-lost', 'The upload was not read.'))))
  })
}

function explain(error: Error, heapCode: ErrorCode): OmnigramError {
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new OmnigramError(heapCode, `Reading the file takes more than ${heapMb} MiB.`, { cause: error })
  }
  return new OmnigramError('internal', error.message, { cause: error })
}

/** Compiled beside this file, or where this file runs from its source. */
function findWorker(path: string): URL {
  const beside = new URL(`../${path}`, import.meta.url)
  return existsSync(fileURLToPath(beside)) ? beside : new URL(`../../../dist/api/${path}`, import.meta.url)
}
