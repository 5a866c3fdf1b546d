/** Which tokens does the model hold likeliest, at a temperature? */
import { findLargestTokens } from '../../models/softmax.js'

export interface ModelCandidates {
  readonly tokens: Uint32Array
  /** Natural logarithms of the probabilities, largest first. */
  readonly logProbabilities: Float64Array
}

/**
 * The `limit` likeliest tokens of softmax(logits / temperature), likeliest first, then by id. `isRenormalised` makes them sum to one.
 * O(vocabulary · limit) at worst, mostly O(vocabulary).
 */
export function pickCandidates(
  logits: ArrayLike<number>,
  temperature: number,
  limit: number,
  isRenormalised: boolean,
): ModelCandidates {
  const best = findLargestTokens(logits, limit)
  const largest = logits[best[0] ?? 0] ?? 0
  const scaled = (token: number) => ((logits[token] ?? Number.NEGATIVE_INFINITY) - largest) / temperature
  let total = 0
  if (isRenormalised) for (const token of best) total += Math.exp(scaled(token))
  else for (let token = 0; token < logits.length; token++) total += Math.exp(scaled(token))
  const normaliser = Math.log(total)
  return {
    tokens: Uint32Array.from(best),
    logProbabilities: Float64Array.from(best, (token) => scaled(token) - normaliser),
  }
}
