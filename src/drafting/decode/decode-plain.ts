/** Which tokens does a model go on with, one pass a token? */

import { seedUniform } from '../../core/seed-uniform.js'
import type { LanguageModel } from '../../models/language-model.js'
import { findLargest, shapeProbabilities } from '../../models/softmax.js'
import { randomChooser } from '../verification/chooser.js'

export interface SamplingOptions {
  /** 0 takes the likeliest token each time. */
  readonly temperature: number
  /** Share of the probability that is sampled from, likeliest tokens first; 1 is all. */
  readonly topP: number
  readonly seed: number
}

export const greedySampling: SamplingOptions = { temperature: 0, topP: 1, seed: 0 }

export interface DecodeOptions {
  /** Tokens to decode at most; the model's end token ends earlier and is among them. */
  readonly maxTokens: number
  readonly sampling?: SamplingOptions
  readonly signal?: AbortSignal
}

/** Yields the tokens as they are decoded. The prompt is not empty. */
export async function* decodePlainly(
  model: LanguageModel,
  prompt: Uint32Array,
  { maxTokens, sampling = greedySampling, signal }: DecodeOptions,
): AsyncGenerator<number> {
  const chooser = randomChooser(seedUniform(sampling.seed))
  const session = model.startSession()
  let logits = await session.read(prompt)
  for (let decoded = 0; decoded < maxTokens; decoded++) {
    const token =
      sampling.temperature === 0
        ? findLargest(logits)
        : chooser.draw(shapeProbabilities(logits, sampling.temperature, sampling.topP))
    yield token
    if (token === model.endToken || decoded + 1 === maxTokens) return
    signal?.throwIfAborted()
    logits = await session.read(Uint32Array.of(token))
  }
}
