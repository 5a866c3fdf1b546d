/** Is the answer of a call still wanted, and how much time is left for it? */
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { checkInteger } from './check-arguments.js'
import type { CallOptions } from './index-reader.js'

type EndListener = (reason: OmnigramError) => void

/** One call of a reader's method. It ends early by its signal, its deadline, or the failure of one of its tasks. */
export class QueryCall {
  readonly #listeners = new Set<EndListener>()
  readonly #endsAtMs: number | null
  #endReason: OmnigramError | null = null
  /** A queue has let the call in: all its tasks may follow. */
  isAdmitted = false

  private constructor(deadlineMs: number | undefined) {
    this.#endsAtMs = deadlineMs === undefined ? null : performance.now() + deadlineMs
  }

  /**
   * Does `work` for as long as the options allow.
   *
   * Throws `cancelled`, `deadline-exceeded`, or what `work` throws; the other tasks of the call are dropped then.
   */
  static async run<T>(options: CallOptions, work: (call: QueryCall) => Promise<T>): Promise<T> {
    const { signal, deadlineMs } = options
    if (deadlineMs !== undefined) checkInteger('deadlineMs', deadlineMs, 1, limits.maxDeadlineMs)
    const call = new QueryCall(deadlineMs)
    const cancel = () => call.#end(new OmnigramError('cancelled', 'The caller no longer wants the answer.'))
    const timer = deadlineMs === undefined ? undefined : setTimeout(() => call.#end(exceeded(deadlineMs)), deadlineMs)
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      if (signal?.aborted) cancel()
      call.check()
      const result = await work(call)
      call.check()
      return result
    } catch (thrown) {
      const error = toOmnigramError(thrown)
      call.#end(error)
      throw call.#endReason ?? error
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** What is left of the deadline; null without one. */
  get leftMs(): number | null {
    return this.#endsAtMs === null ? null : Math.max(0, this.#endsAtMs - performance.now())
  }

  /** Throws the reason when the call has ended. */
  check(): void {
    // Work on this very thread keeps timers from firing, so the clock is asked too.
    if (this.#endsAtMs !== null && performance.now() > this.#endsAtMs) this.#end(exceeded(null))
    if (this.#endReason) throw this.#endReason
  }

  /** Calls `listener` when the call ends early. Returns a function that takes it off again. */
  onEnd(listener: EndListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #end(reason: OmnigramError): void {
    if (this.#endReason) return
    this.#endReason = reason
    for (const listener of this.#listeners) listener(reason)
    this.#listeners.clear()
  }
}

function exceeded(deadlineMs: number | null): OmnigramError {
  return new OmnigramError(
    'deadline-exceeded',
    deadlineMs === null ? 'Its time is up.' : `It was given ${deadlineMs} ms.`,
  )
}

/** For a call that is made of several calls, one after the other: what is left of the deadline at each. */
export function startClock({ signal, deadlineMs }: CallOptions): () => CallOptions {
  if (deadlineMs === undefined) return () => ({ signal })
  checkInteger('deadlineMs', deadlineMs, 1, limits.maxDeadlineMs)
  const endsAtMs = performance.now() + deadlineMs
  return () => {
    const leftMs = Math.floor(endsAtMs - performance.now())
    if (leftMs < 1) throw exceeded(deadlineMs)
    return { signal, deadlineMs: leftMs }
  }
}
