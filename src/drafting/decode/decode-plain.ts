/** Which tokens does a model go on with, one pass a token? */

import { seedUniform } from '../../core/seed-uniform.js'
import type { LanguageModel } from '../../models/language-model.js'
import { findLargest, shapeProbabilities } from '../../models/softmax.js'
import { randomChooser } from '../verification/chooser.js'
import { readLikeliest } from './read-likeliest.js'

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
  const choose = (logits: Float32Array) =>
    sampling.temperature === 0
      ? findLargest(logits)
      : chooser.draw(shapeProbabilities(logits, sampling.temperature, sampling.topP))
  const chooseAfter = async (read: Uint32Array): Promise<number> => {
    if (sampling.temperature > 0) return choose(await session.read(read))
    const [likeliest] = await readLikeliest(session, model.vocabulary, read, null, 1)
    return likeliest?.[0] ?? 0
  }
  let token = choose(await session.read(prompt))
  for (let decoded = 1; ; decoded++) {
    yield token
    if (token === model.endToken || decoded >= maxTokens) return
    signal?.throwIfAborted()
    token = await chooseAfter(Uint32Array.of(token))
  }
}
