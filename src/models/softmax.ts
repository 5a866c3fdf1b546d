/** What probabilities do logits stand for? */

/** Natural logarithms of softmax(logits / temperature). O(vocabulary). */
export function logSoftmax(logits: ArrayLike<number>, temperature = 1): Float64Array {
  const largest = logits[findLargest(logits)] ?? 0
  // Plain loops: over a vocabulary of 50,000 the array methods take several times as long.
  const logs = new Float64Array(logits.length)
  let sum = 0
  for (let token = 0; token < logs.length; token++) {
    const log = ((logits[token] ?? 0) - largest) / temperature
    logs[token] = log
    sum += Math.exp(log)
  }
  const normaliser = Math.log(sum)
  for (let token = 0; token < logs.length; token++) logs[token] = (logs[token] ?? 0) - normaliser
  return logs
}

/** The likeliest token, the lowest id among equals. O(vocabulary). */
export function findLargest(logits: ArrayLike<number>): number {
  let best = 0
  for (let token = 1; token < logits.length; token++) if ((logits[token] ?? 0) > (logits[best] ?? 0)) best = token
  return best
}

/** The `limit` likeliest tokens, likeliest first, then by id. O(vocabulary · limit) at worst, mostly O(vocabulary). */
export function findLargestTokens(logits: ArrayLike<number>, limit: number): number[] {
  const best: number[] = []
  const at = (token: number) => logits[token] ?? Number.NEGATIVE_INFINITY
  for (let token = 0; token < logits.length; token++) {
    const last = best[limit - 1]
    if (limit === 0 || (last !== undefined && at(last) >= at(token))) continue
    const place = best.findIndex((other) => at(other) < at(token))
    best.splice(place < 0 ? best.length : place, 0, token)
    if (best.length > limit) best.pop()
  }
  return best
}

/**
 * Probabilities for sampling: softmax at a temperature, cut to the fewest tokens that hold `topP` of it, and renormalised. Temperature 0
 * leaves the likeliest token alone.
 */
export function shapeProbabilities(logits: ArrayLike<number>, temperature: number, topP: number): Float64Array {
  const probabilities = new Float64Array(logits.length)
  if (temperature === 0) {
    probabilities[findLargest(logits)] = 1
    return probabilities
  }
  probabilities.set(logSoftmax(logits, temperature).map(Math.exp))
  if (topP >= 1) return probabilities
  const ranked = Array.from(probabilities.keys()).sort(
    (a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0) || a - b,
  )
  let held = 0
  const kept = ranked.findIndex((token) => {
    held += probabilities[token] ?? 0
    return held >= topP
  })
  if (kept >= 0) for (const token of ranked.slice(kept + 1)) probabilities[token] = 0
  return probabilities.map((probability) => probability / held)
}
