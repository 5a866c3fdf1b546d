/** How does a page put questions to its worker? */
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { cancelled } from './wanted.js'
import type { FromWorker, PageCallName, PageCalls, ToWorker } from './worker-protocol.js'

interface Waiting {
  resolve(result: unknown): void
  reject(error: unknown): void
  readonly onProgress?: (phase: string, share: number) => void
}

export interface PageCallOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (phase: string, share: number) => void
}

/** What is said of calls that were stopped, where that is more than a question without an answer. */
const abortDetails: Partial<Record<PageCallName, string>> = {
  open: 'The index was not opened: the caller stopped it.',
  build: 'The index was not made: the caller stopped it.',
}

/** A worker, started with the first question. Whatever happens in it, the page goes on. */
export class PageWorker {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  /** Why it will never answer again. */
  #failure: OmnigramError | null = null
  #nextId = 1

  call<Name extends PageCallName>(
    call: Name,
    input: PageCalls[Name]['input'],
    { signal, onProgress }: PageCallOptions = {},
  ): Promise<PageCalls[Name]['result']> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(abortDetails[call]))
      if (this.#failure) return reject(this.#failure)
      const abort = () => {
        // A build does not listen: only an end of the worker would stop it at once.
        this.#send({ id, abort: true })
        settle(() => reject(cancelled(abortDetails[call])))
      }
      const settle = (end: () => void) => {
        signal?.removeEventListener('abort', abort)
        this.#waiting.delete(id)
        end()
      }
      this.#waiting.set(id, {
        resolve: (result) => settle(() => resolve(result as PageCalls[Name]['result'])),
        reject: (error) => settle(() => reject(error)),
        onProgress,
      })
      signal?.addEventListener('abort', abort, { once: true })
      this.#send({ id, call, input })
    })
  }

  /** Ends the worker: what it held is gone, what was asked is refused. */
  close(): void {
    this.#worker?.terminate()
    this.#worker = null
    this.#fail(new OmnigramError('cancelled', 'The worker of the page was closed.'))
  }

  #send(message: ToWorker): void {
    this.#worker ??= this.#start()
    this.#worker.postMessage(message)
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#receive(data))
    worker.addEventListener('error', ({ message }) => {
      const reason = message || 'it could not be loaded'
      this.#failure = new OmnigramError('internal', `The worker of the page failed: ${reason}. Load the page again.`)
      this.#fail(this.#failure)
    })
    return worker
  }

  #receive(message: FromWorker): void {
    const waiting = this.#waiting.get(message.id)
    if (waiting === undefined) return
    if ('progress' in message) waiting.onProgress?.(message.progress.phase, message.progress.share)
    else if ('error' in message) waiting.reject(toError(message.error))
    else waiting.resolve(message.result)
  }

  #fail(error: OmnigramError): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(error)
  }
}

function toError({ code, detail }: { code: string; detail: string }): OmnigramError {
  return toOmnigramError(Object.assign(new Error(detail), { code }))
}
