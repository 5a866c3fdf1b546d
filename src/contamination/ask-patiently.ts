/** What if the index has too much other work at the moment? */
import { OmnigramError } from '../core/errors.js'

/** Waits of 50 ms, doubled up to 2 s: half a minute in all. */
const attempts = 20
const firstWaitMs = 50
const longestWaitMs = 2_000

/**
 * What `ask` answers; asked again after a while when the index is overloaded, since a long job is not worth ending for a
 * short rush. Throws `overloaded` when that goes on, `cancelled` on the signal, and what else `ask` throws.
 */
export async function askPatiently<T>(signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal)
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof OmnigramError) || error.code !== 'overloaded' || attempt === attempts) throw error
    }
    await sleep(Math.min(longestWaitMs, firstWaitMs * 2 ** attempt), signal)
  }
}

/** Ends early on the signal. Without Node's timers, which pages do not have. */
function sleep(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, durationMs)
    signal?.addEventListener('abort', end)
  })
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new OmnigramError('cancelled', 'The check was not done to its end.')
}

/** `work` on each input, `width` at once, the results in order. */
export async function mapInParallel<Input, Output>(
  inputs: readonly Input[],
  width: number,
  work: (input: Input, at: number) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = new Array(inputs.length)
  let next = 0
  const lane = async () => {
    for (let at = next++; at < inputs.length; at = next++) outputs[at] = await work(inputs[at], at)
  }
  await Promise.all(Array.from({ length: Math.min(width, inputs.length) }, lane))
  return outputs
}
