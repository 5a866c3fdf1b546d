/** What happens to one question to one shard: who is asked, who is asked as well, who after a failure, and whose answer counts? */

/** What came of asking one server. */
export type AttemptOutcome<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Every server would say the same. */
  | { readonly kind: 'refusal'; readonly reason: Error }
  /** Another one may do it. */
  | { readonly kind: 'failure'; readonly reason: Error }

/** What the runner has to do next. */
export type RequestStep<Answer> =
  | { readonly kind: 'send'; readonly attempt: number; readonly server: string }
  | { readonly kind: 'cancel'; readonly attempt: number }
  | { readonly kind: 'wait'; readonly afterMs: number }
  | { readonly kind: 'settle'; readonly outcome: AttemptOutcome<Answer> }

export interface RequestPolicy {
  /** Null when nobody is left. */
  readonly choose: (excluded: ReadonlySet<string>) => string | null
  /** After which a second server is asked; null: never. */
  readonly hedgeAfterMs: number | null
  readonly mayHedge: () => boolean
  /** Servers that are asked at most. */
  readonly maxAttempts: number
  /** Of an error for when nobody is there to ask. */
  readonly nobody: () => Error
}

/**
 * A state machine without clock and network. It settles once; while an answer may still come it does not fail; no server is
 * asked twice; when it settles, what is still under way is cancelled.
 */
export class ShardRequest<Answer> {
  readonly #policy: RequestPolicy
  readonly #asked = new Set<string>()
  readonly #pending = new Set<number>()
  #waitMs: number | null
  #isSettled = false
  #lastReason: Error | null = null

  constructor(policy: RequestPolicy) {
    this.#policy = policy
    this.#waitMs = policy.hedgeAfterMs
  }

  get isSettled(): boolean {
    return this.#isSettled
  }

  start(): RequestStep<Answer>[] {
    const sent = this.#send()
    if (sent === null) return this.#settle({ kind: 'failure', reason: this.#policy.nobody() })
    return [sent, ...this.#wait()]
  }

  /** The wait is over. Where a second server may not be asked yet, it is waited once more, twice as long. */
  onWaited(): RequestStep<Answer>[] {
    if (this.#isSettled || this.#pending.size !== 1 || !this.#hasMore()) return []
    if (!this.#policy.mayHedge()) return this.#wait()
    const sent = this.#send()
    return sent ? [sent] : []
  }

  onOutcome(attempt: number, outcome: AttemptOutcome<Answer>): RequestStep<Answer>[] {
    if (!this.#pending.delete(attempt) || this.#isSettled) return []
    if (outcome.kind !== 'failure') return this.#settle(outcome)
    this.#lastReason = outcome.reason
    if (this.#pending.size > 0) return []
    const sent = this.#hasMore() ? this.#send() : null
    return sent ? [sent] : this.#settle({ kind: 'failure', reason: this.#lastReason })
  }

  /** Nobody wants the answer any more. */
  onCancel(): RequestStep<Answer>[] {
    if (this.#isSettled) return []
    this.#isSettled = true
    return this.#cancelPending()
  }

  #wait(): RequestStep<Answer>[] {
    const afterMs = this.#waitMs
    if (afterMs === null) return []
    this.#waitMs = 2 * afterMs
    return [{ kind: 'wait', afterMs }]
  }

  #hasMore(): boolean {
    return this.#asked.size < this.#policy.maxAttempts
  }

  #send(): Extract<RequestStep<Answer>, { kind: 'send' }> | null {
    const server = this.#policy.choose(this.#asked)
    if (server === null) return null
    const attempt = this.#asked.size
    this.#asked.add(server)
    this.#pending.add(attempt)
    return { kind: 'send', attempt, server }
  }

  #settle(outcome: AttemptOutcome<Answer>): RequestStep<Answer>[] {
    this.#isSettled = true
    return [{ kind: 'settle', outcome }, ...this.#cancelPending()]
  }

  #cancelPending(): RequestStep<Answer>[] {
    const cancels = [...this.#pending].map((attempt) => ({ kind: 'cancel', attempt }) as const)
    this.#pending.clear()
    return cancels
  }
}
