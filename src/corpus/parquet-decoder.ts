/** What does the process that decodes a Parquet file answer, and what if it does not? */
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { OmnigramError } from '../core/errors.js'
import { throwIfAborted } from './open-file.js'
import type { ParquetReply } from './parquet-process.js'
import type { ParquetBatch, ParquetRequest } from './parquet-rows.js'
import { FileFailure } from './read-report.js'

/** Memory for decoded columns. */
const heapMb = 2048

/** What was waited for: an answer, the end of the process, or the end of our patience. */
type Outcome = ParquetReply | { readonly type: 'exit' | 'stuck' } | { readonly type: 'error'; readonly error: Error }

/** Decodes one open file in a child process. */
export class ParquetDecoder {
  readonly #child: ChildProcess

  /** @param patienceMs how long a batch may take before the file counts as damaged */
  constructor(
    fd: number,
    readonly request: ParquetRequest,
    readonly patienceMs: number,
    readonly signal: AbortSignal | null,
  ) {
    this.#child = fork(programPath(), [], {
      execArgv: [`--max-old-space-size=${heapMb}`],
      serialization: 'advanced',
      // The program expects its file as descriptor 4, behind the channel.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', fd],
    })
  }

  /** The next batch, or `null` at the end, with the bytes that were read from the file. Throws {@link FileFailure}. */
  async next(): Promise<{ batch: ParquetBatch | null; readBytes: number }> {
    const outcome = await this.#ask()
    throwIfAborted(this.signal)
    switch (outcome.type) {
      case 'batch':
        return { batch: outcome.batch, readBytes: outcome.readBytes }
      case 'end':
        return { batch: null, readBytes: outcome.readBytes }
      case 'failure':
        throw new FileFailure(outcome.kind, outcome.message)
      case 'exit': {
        const how = this.#child.signalCode ?? `exit code ${this.#child.exitCode}`
        throw new FileFailure('unreadable-file', `cannot be decoded in ${heapMb} MB of memory (ended by ${how})`)
      }
      case 'stuck':
        throw new FileFailure(
          'unreadable-file',
          `damaged Parquet data: nothing decoded in ${Math.round(this.patienceMs / 1000)} s`,
        )
      case 'error':
        throw new OmnigramError('io-failure', `The process that decodes Parquet: ${outcome.error.message}.`, {
          cause: outcome.error,
        })
    }
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }

  async #ask(): Promise<Outcome> {
    const child = this.#child
    const settled = new AbortController()
    const { signal } = settled
    try {
      return await new Promise<Outcome>((resolve) => {
        const timer = setTimeout(() => resolve({ type: 'stuck' }), this.patienceMs)
        signal.addEventListener('abort', () => clearTimeout(timer))
        this.signal?.addEventListener('abort', () => resolve({ type: 'exit' }), { signal })
        child.once('exit', () => resolve({ type: 'exit' }))
        child.once('error', (error) => resolve({ type: 'error', error }))
        child.once('message', (reply) => resolve(reply as ParquetReply))
        if (child.exitCode !== null || child.signalCode !== null) resolve({ type: 'exit' })
        else child.send(this.request)
      })
    } finally {
      settled.abort()
      child.removeAllListeners('exit').removeAllListeners('error').removeAllListeners('message')
      // Without a listener an error that comes late would end this process.
      child.on('error', () => {})
    }
  }
}

/** The program beside this module, or, where this runs from source, the built one. */
function programPath(): string {
  const beside = new URL('./parquet-process.js', import.meta.url)
  return fileURLToPath(existsSync(beside) ? beside : new URL('../../dist/corpus/parquet-process.js', import.meta.url))
}
