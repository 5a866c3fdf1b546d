/** Is there room for one more request? */
import { OmnigramError } from '../../core/errors.js'

/** Requests that are worked on at the same time, at most `max`: what is over the brim is told at once to come back. */
export class InFlight {
  #count = 0

  constructor(
    readonly max: number,
    readonly what: string,
  ) {}

  get count(): number {
    return this.#count
  }

  /** Throws `overloaded`. The caller calls {@link leave} exactly once. */
  enter(): void {
    if (this.#count >= this.max) {
      throw new OmnigramError('overloaded', `${this.#count} ${this.what} are under way, the limit is ${this.max}.`)
    }
    this.#count += 1
  }

  leave(): void {
    this.#count -= 1
  }
}
