/** When is it looked whether something newer is live, and who hears that it could not be opened? */
import { type OmnigramError, toOmnigramError } from '../core/errors.js'

/** Looks again and again, once at a time. */
export class ReloadLoop {
  readonly #look: () => Promise<boolean>
  readonly #onFailure: (error: OmnigramError) => void
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<boolean> | null = null
  #lastFailure = ''

  /** `look` answers whether something newer took over. `onFailure` hears each error of it once. */
  constructor(look: () => Promise<boolean>, onFailure: (error: OmnigramError) => void) {
    this.#look = look
    this.#onFailure = onFailure
  }

  /** Looks every `pollMs`; 0 leaves it to {@link ReloadLoop.run}. Does not keep the process alive. */
  start(pollMs: number): void {
    if (pollMs > 0) this.#timer = setInterval(() => void this.run(), pollMs).unref()
  }

  /** Looks now, or waits for the look that is under way. Whether something newer took over; false where it failed. */
  run(): Promise<boolean> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  async #lookOnce(): Promise<boolean> {
    try {
      const isNew = await this.#look()
      if (isNew) this.#lastFailure = ''
      return isNew
    } catch (thrown) {
      const error = toOmnigramError(thrown)
      if (error.message !== this.#lastFailure) this.#onFailure(error)
      this.#lastFailure = error.message
      return false
    }
  }
}
