/** How does a tokenizer work off the JavaScript thread of the program, and how is it stopped? */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { isErrorCode, OmnigramError } from '../core/errors.js'
import type { TokenizerData, TokenizerReply, TokenizerTask } from './tokenizer-message.js'

/** Heap of a thread: a large vocabulary and the longest text that is tokenised in one piece. */
const heapMb = 2_048

/** One thread with the tokenizer. It is started by its first task, and again after it died. One task at a time. */
export class TokenizerThread {
  readonly #data: TokenizerData
  #worker: Worker | null = null
  #ready: Promise<number> | null = null

  constructor(data: TokenizerData) {
    this.#data = data
  }

  /** Loads the tokenizer; answers the size of its vocabulary. Throws `bad-input` for what is no tokenizer, `worker-lost`. */
  load(): Promise<number> {
    this.#ready ??= this.#start()
    return this.#ready
  }

  /**
   * Throws `deadline-exceeded` when it takes longer than `timeoutMs`, `cancelled` on the signal, `worker-lost` when the
   * thread died over it; the thread is ended then, as nothing else stops a tokenizer.
   */
  async ask(task: TokenizerTask, timeoutMs?: number, signal?: AbortSignal): Promise<TokenizerReply> {
    if (signal?.aborted) throw cancelled()
    const limit = new TaskLimit(timeoutMs, signal)
    try {
      await Promise.race([this.load(), limit.reached])
      const answer = await Promise.race([this.#exchange(task), limit.reached])
      if (answer.kind === 'failed') throw toError(answer)
      return answer
    } catch (thrown) {
      const isAnswered = thrown instanceof OmnigramError && thrown.code === 'bad-input'
      if (!isAnswered) await this.close()
      throw thrown
    } finally {
      limit.lift()
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    this.#ready = null
    await worker?.terminate()
  }

  #exchange(task: TokenizerTask): Promise<TokenizerReply> {
    if (!this.#worker) throw new OmnigramError('cancelled', 'The tokenizer is closed.')
    const reply = listen(this.#worker)
    this.#worker.postMessage(task)
    return reply
  }

  async #start(): Promise<number> {
    const worker = new Worker(findWorker(), {
      name: 'omnigram-tokenizer',
      workerData: this.#data,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    })
    this.#worker = worker
    try {
      const reply = await listen(worker)
      if (reply.kind === 'ready') return reply.vocabulary
      throw reply.kind === 'failed' ? toError(reply) : new OmnigramError('internal', `A tokenizer said ${reply.kind}.`)
    } catch (thrown) {
      await this.close()
      throw thrown
    }
  }
}

/** Ends a task by the clock or by the signal. */
class TaskLimit {
  /** Never resolves. */
  readonly reached: Promise<never>
  readonly #lift: () => void

  constructor(timeoutMs: number | undefined, signal: AbortSignal | undefined) {
    let lift = () => {}
    this.reached = new Promise((_, reject) => {
      const exceed = () => reject(new OmnigramError('deadline-exceeded', `The tokenizer took ${timeoutMs} ms.`))
      const cancel = () => reject(cancelled())
      const timer = timeoutMs === undefined ? undefined : setTimeout(exceed, timeoutMs)
      signal?.addEventListener('abort', cancel)
      lift = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', cancel)
      }
    })
    this.#lift = lift
  }

  lift(): void {
    this.#lift()
  }
}

/** The next thing that the thread says. */
function listen(worker: Worker): Promise<TokenizerReply> {
  return new Promise((resolve, reject) => {
    const lose = (thrown: unknown) => {
      takeOff()
      const reason = thrown instanceof Error ? thrown.message : 'it ended'
      reject(new OmnigramError('worker-lost', `The thread of the tokenizer is gone: ${reason}.`, { cause: thrown }))
    }
    const hear = (reply: TokenizerReply) => {
      takeOff()
      resolve(reply)
    }
    const takeOff = () => {
      worker.off('message', hear)
      worker.off('error', lose)
      worker.off('exit', lose)
    }
    worker.on('message', hear)
    worker.on('error', lose)
    worker.on('exit', lose)
  })
}

function toError({ code, detail }: { code: string; detail: string }): OmnigramError {
  return new OmnigramError(isErrorCode(code) ? code : 'internal', detail)
}

function cancelled(): OmnigramError {
  return new OmnigramError('cancelled', 'The tokenizer was stopped.')
}

/** The compiled worker: beside this file, or in `dist` when the sources themselves are run. */
function findWorker(): URL {
  const beside = new URL('./tokenizer-worker.js', import.meta.url)
  return existsSync(fileURLToPath(beside))
    ? beside
    : new URL('../../dist/tokenizer/tokenizer-worker.js', import.meta.url)
}
