/** What does a model write on its own, token by token, and how likely does it hold that? */
import type { Uniform } from '../../core/seed-uniform.js'
import type { LanguageModel } from '../../models/language-model.js'
import { logSoftmax } from '../../models/softmax.js'

export interface SampledSequence {
  readonly tokens: readonly number[]
  /** exp of the mean negative log-probability at temperature 1, all tokens judged after those before them. */
  readonly perplexity: number
}

export interface SampleOptions {
  readonly length: number
  readonly temperature: number
  /** A sequence that cannot stay below it any more is given up: null. */
  readonly perplexityBelow: number
  readonly uniform: Uniform
}

/**
 * Samples after the begin token alone; a model without one draws its first token uniformly. The end token is never drawn. O(length) passes
 * of the model.
 */
export async function sampleSequence(
  model: LanguageModel,
  { length, temperature, perplexityBelow, uniform }: SampleOptions,
): Promise<SampledSequence | null> {
  const session = model.startSession()
  const tokens: number[] = []
  const mostLoss = length * Math.log(perplexityBelow)
  let loss = 0
  let logits: ArrayLike<number> =
    model.beginToken === null
      ? new Float32Array(model.vocabulary)
      : await session.read(Uint32Array.of(model.beginToken))
  for (;;) {
    const token = drawToken(logits, temperature, model.endToken, uniform())
    loss -= logSoftmax(logits)[token] ?? Number.NEGATIVE_INFINITY
    if (!(loss < mostLoss)) return null
    tokens.push(token)
    if (tokens.length === length) return { tokens, perplexity: Math.exp(loss / length) }
    logits = await session.read(Uint32Array.of(token))
  }
}

/** One token by softmax(logits / temperature) without `barred`; `share` in [0, 1) decides. O(vocabulary). */
function drawToken(logits: ArrayLike<number>, temperature: number, barred: number | null, share: number): number {
  const weights = logSoftmax(logits, temperature).map(Math.exp)
  if (barred !== null) weights[barred] = 0
  let left = share * weights.reduce((sum, weight) => sum + weight, 0)
  let drawn = 0
  for (const [token, weight] of weights.entries()) {
    if (weight <= 0) continue
    drawn = token
    left -= weight
    if (left < 0) break
  }
  return drawn
}
