/** When is something tried again that did not work, and when not any more? */
import { setTimeout as sleep } from 'node:timers/promises'

export interface RetryPolicy {
  /** Tries in all. */
  readonly tries: number
  /** The wait before the second try is below it, and doubles with each. */
  readonly firstDelayMs: number
  readonly maxDelayMs: number
}

/** Thrown by a try that may work the next time. */
export class PassingFailure extends Error {
  constructor(
    message: string,
    options?: ErrorOptions,
    /** What the other side asks for; never waited longer than the policy allows. */
    readonly afterMs: number | null = null,
  ) {
    super(message, options)
  }
}

/** Full jitter: a random wait up to a bound that doubles, so that many who failed together do not come back together. */
export function chooseDelayMs({ firstDelayMs, maxDelayMs }: RetryPolicy, failures: number, random: number): number {
  return Math.round(Math.min(maxDelayMs, firstDelayMs * 2 ** (failures - 1)) * random)
}

/** Throws what the last try threw, or at once what is no {@link PassingFailure}. */
export async function retry<Value>(
  policy: RetryPolicy,
  work: () => Promise<Value>,
  { signal, random = Math.random }: { signal?: AbortSignal; random?: () => number } = {},
): Promise<Value> {
  for (let failures = 1; ; failures++) {
    try {
      return await work()
    } catch (thrown) {
      if (!(thrown instanceof PassingFailure) || failures >= policy.tries) throw thrown
      const asked = Math.min(thrown.afterMs ?? 0, policy.maxDelayMs)
      await sleep(Math.max(asked, chooseDelayMs(policy, failures, random())), undefined, { signal })
    }
  }
}
