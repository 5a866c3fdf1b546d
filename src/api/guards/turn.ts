/** How does work of many short steps leave the others their turn? It stops now and then, and looks whether it is still wanted. */
import { setImmediate } from 'node:timers/promises'

/** Milliseconds of work between two stops. */
const turnMs = 5

/** Steps that end before they are awaited keep timers and other requests waiting, the deadline's own among them. */
export class Turn {
  readonly #signal: AbortSignal
  #startMs = performance.now()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** To be awaited before each step. Throws the reason of the signal once it is aborted. */
  async take(): Promise<void> {
    if (performance.now() - this.#startMs >= turnMs) {
      await setImmediate()
      this.#startMs = performance.now()
    }
    this.#signal.throwIfAborted()
  }
}
