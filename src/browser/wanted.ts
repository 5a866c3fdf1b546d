/** How does whoever gave a question up hear that it ended? By an error with a code, as of everything else. */
import { OmnigramError } from '../core/errors.js'

export function cancelled(detail = 'The caller no longer wants the answer.'): OmnigramError {
  return new OmnigramError('cancelled', detail)
}

/** Throws `cancelled` once `signal` is aborted. */
export function checkWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled()
}
