/** How do texts become ids on all cores? */
import { OmnigramError } from '../core/errors.js'
import type { EncodedTexts } from './tokenizer-message.js'
import { TokenizerThread } from './tokenizer-thread.js'

export interface TokenizerPoolOptions {
  /** Threads at most; each is started when it is first needed. */
  readonly threads: number
  /** Longest time for one task; absent: as long as it takes. */
  readonly timeoutMs?: number
  /** Ends the work with `cancelled`. */
  readonly signal?: AbortSignal
}

/** Threads that have one tokenizer loaded each. */
export class TokenizerPool {
  readonly #options: TokenizerPoolOptions
  readonly #threads: readonly TokenizerThread[]
  readonly #idle: TokenizerThread[]
  #isClosed = false
  readonly #waiting: ((thread: TokenizerThread) => void)[] = []

  /** `path` is what errors call the tokenizer. */
  constructor(json: Uint8Array, path: string, options: TokenizerPoolOptions) {
    this.#options = options
    this.#threads = Array.from({ length: options.threads }, () => new TokenizerThread({ json, path }))
    this.#idle = [...this.#threads].reverse()
  }

  /** The size of the vocabulary. Throws `bad-input` for what is no tokenizer. */
  loadVocabulary(): Promise<number> {
    return this.#threads[0].load()
  }

  /** Without special tokens. O(n log n) for each text. */
  async encode(texts: readonly Uint8Array[]): Promise<EncodedTexts> {
    const reply = await this.#ask({ kind: 'encode', texts: Buffer.concat(texts), ends: endsOf(texts) })
    if (reply.kind !== 'encoded') throw new OmnigramError('internal', `A tokenizer answered ${reply.kind}.`)
    return reply.encoded
  }

  /** Special tokens included; pieces of characters become U+FFFD. */
  async decode(ids: readonly Uint32Array[]): Promise<string[]> {
    const texts = await this.#decode(ids, false)
    return texts.map((text) => text ?? '')
  }

  /** Each id by itself; null where that is not whole characters. */
  async decodeAlone(ids: Uint32Array): Promise<readonly (string | null)[]> {
    return this.#decode([ids], true)
  }

  /** Ends the threads, and with them what they work on. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }

  async #decode(ids: readonly Uint32Array[], isAlone: boolean): Promise<readonly (string | null)[]> {
    const packed = new Uint32Array(ids.reduce((sum, { length }) => sum + length, 0))
    const ends = endsOf(ids)
    ids.forEach((piece, at) => {
      packed.set(piece, ends[at] - piece.length)
    })
    const reply = await this.#ask({ kind: 'decode', ids: packed, ends, isAlone })
    if (reply.kind !== 'decoded') throw new OmnigramError('internal', `A tokenizer answered ${reply.kind}.`)
    return reply.texts
  }

  async #ask(task: Parameters<TokenizerThread['ask']>[0]): ReturnType<TokenizerThread['ask']> {
    const thread = await this.#take()
    try {
      if (this.#isClosed) throw new OmnigramError('cancelled', 'The tokenizer is closed.')
      return await thread.ask(task, this.#options.timeoutMs, this.#options.signal)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(thread)
      else this.#idle.push(thread)
    }
  }

  #take(): Promise<TokenizerThread> {
    const thread = this.#idle.pop()
    if (thread) return Promise.resolve(thread)
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }
}

function endsOf(pieces: readonly { readonly length: number }[]): Float64Array {
  let end = 0
  return Float64Array.from(pieces, ({ length }) => {
    end += length
    return end
  })
}
