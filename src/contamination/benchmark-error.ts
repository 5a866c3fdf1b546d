/** How is it said what is wrong with a benchmark file, and where? */
import { OmnigramError } from '../core/errors.js'

/** `place` is the file, or `file:line`. */
export function benchmarkError(place: string, detail: string, cause?: unknown): OmnigramError {
  return new OmnigramError('bad-benchmark', `${place}: ${detail}.`, { cause })
}
