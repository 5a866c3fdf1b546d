/** Where does the context of a decoder stand since its last request? Kept, so that a token more costs a few steps. */
import type { IndexReader } from '../../query/index-reader.js'

/** Whatever is kept; under one name always of one kind. */
interface Kept {
  readonly reader: IndexReader
  readonly state: unknown
  readonly expiryMs: number
}

export interface DraftSessionsOptions {
  /** Sessions kept; the one that waited longest goes first. */
  readonly capacity?: number
  /** Milliseconds after which a session that nobody asks for is forgotten. */
  readonly idleMs?: number
}

/**
 * What was computed for a session, and nothing that an answer depends on: whoever finds no state computes it anew. A state belongs to one
 * request at a time, and to one generation of an index.
 */
export class DraftSessions {
  readonly #capacity: number
  readonly #idleMs: number
  /** The one that waited longest first. */
  readonly #kept = new Map<string, Kept>()

  constructor({ capacity = 256, idleMs = 60_000 }: DraftSessionsOptions = {}) {
    this.#capacity = capacity
    this.#idleMs = idleMs
  }

  get size(): number {
    return this.#kept.size
  }

  /**
   * Answers with what was kept, or with what `begin` makes. Nothing is kept after an error, nor where `work` says false, and of two
   * requests at once only the first finds something.
   */
  async use<State, Answer>(
    key: DraftSessionKey,
    reader: IndexReader,
    begin: () => Promise<State>,
    work: (state: State) => Promise<{ answer: Answer; isKept: boolean }>,
  ): Promise<Answer> {
    const name = JSON.stringify([key.kind, key.account, reader.name, key.session])
    this.#forgetIdle()
    const kept = this.#kept.get(name)
    this.#kept.delete(name)
    const state = kept?.reader === reader ? (kept.state as State) : await begin()
    const { answer, isKept } = await work(state)
    if (isKept) this.#keep(name, { reader, state, expiryMs: performance.now() + this.#idleMs })
    return answer
  }

  #keep(name: string, kept: Kept): void {
    this.#kept.delete(name)
    this.#kept.set(name, kept)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#capacity) break
      this.#kept.delete(oldest)
    }
  }

  #forgetIdle(): void {
    const nowMs = performance.now()
    for (const [name, { expiryMs }] of this.#kept) {
      if (expiryMs > nowMs) break
      this.#kept.delete(name)
    }
  }
}

export interface DraftSessionKey {
  /** What kind of state it is. */
  readonly kind: 'filter' | 'draft' | 'allowed'
  /** Whose session it is. */
  readonly account: string
  /** As the client calls it. */
  readonly session: string
}

/** The signal of the request under way, for what outlives it. */
export interface CurrentCall {
  signal?: AbortSignal
}
