/** How many shards may be built at once? */

interface WaitingClaim {
  readonly bytes: number
  readonly admit: () => void
}

/** Lets work in as long as its memory and its number stay within bounds, in the order of asking. */
export class MemoryGate {
  readonly #waiting: WaitingClaim[] = []
  #usedBytes = 0
  #running = 0

  constructor(
    /** Memory that all of it may take together. */
    readonly budgetBytes: number,
    readonly maxRunning: number,
  ) {}

  /** Resolves when there is room for `bytes`; what is larger than the budget runs alone. Give it back with {@link leave}. */
  enter(bytes: number): Promise<void> {
    return new Promise((admit) => {
      this.#waiting.push({ bytes, admit })
      this.#admitNext()
    })
  }

  leave(bytes: number): void {
    this.#usedBytes -= bytes
    this.#running -= 1
    this.#admitNext()
  }

  #admitNext(): void {
    for (let next = this.#waiting[0]; next && this.#hasRoom(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#usedBytes += next.bytes
      this.#running += 1
      next.admit()
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#running === 0 || (this.#running < this.maxRunning && this.#usedBytes + bytes <= this.budgetBytes)
  }
}
