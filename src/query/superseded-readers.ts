/** When are readers closed that were live before? Whoever took one goes on with it, for as long as a call may live. */
import { limits } from '../core/limits.js'
import type { IndexReader } from './index-reader.js'

export class SupersededReaders {
  readonly #lingerMs: number
  readonly #timers = new Map<IndexReader, NodeJS.Timeout>()

  constructor(lingerMs: number = limits.maxDeadlineMs) {
    this.#lingerMs = lingerMs
  }

  /** Closes `reader` later. */
  add(reader: IndexReader): void {
    const close = () => {
      this.#timers.delete(reader)
      void reader.close()
    }
    this.#timers.set(reader, setTimeout(close, this.#lingerMs).unref())
  }

  /** Closes them all now. */
  async close(): Promise<void> {
    const readers = [...this.#timers.keys()]
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    await Promise.all(readers.map((reader) => reader.close()))
  }
}
