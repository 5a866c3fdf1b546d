/**
 * How much does a model behave as if it had seen a text? Scores from the log-probabilities of its tokens; lower always means "more
 * likely seen", so scores that are published the other way round are negated here.
 */
import { deflateSync } from 'node:zlib'

/** What was measured of a text. */
export interface TextScores {
  /** Natural log-probability of each token under the model in question. */
  readonly logProbabilities: ArrayLike<number>
  /** The same under a model that has not seen the text. */
  readonly referenceLogProbabilities?: ArrayLike<number>
  /** Mean and standard deviation of the log-probability over the vocabulary, token by token. */
  readonly means?: ArrayLike<number>
  readonly deviations?: ArrayLike<number>
  /** The first two again, with a document's text before it. */
  readonly contextLogProbabilities?: ArrayLike<number>
  readonly contextReferenceLogProbabilities?: ArrayLike<number>
}

/** Mean negative log-probability of the tokens. */
export function measureLoss(logProbabilities: ArrayLike<number>): number {
  return -mean(Array.from(logProbabilities))
}

/** exp of the loss. */
export function measurePerplexity(logProbabilities: ArrayLike<number>): number {
  return Math.exp(measureLoss(logProbabilities))
}

/** Negated mean of the lowest `share` of the values, one at least: Min-K % Prob (Shi et al. 2024, arXiv:2310.16789). */
export function measureLowest(values: ArrayLike<number>, share = 0.2): number {
  const kept = Math.max(1, Math.floor(share * values.length))
  const lowest = Array.from(values)
    .sort((a, b) => a - b)
    .slice(0, kept)
  return -mean(lowest)
}

/** Min-K %++ (Zhang et al. 2024, arXiv:2404.02936): log-probabilities in standard deviations from the vocabulary's mean. */
export function measureLowestStandardised(
  { logProbabilities, means, deviations }: Required<Pick<TextScores, 'logProbabilities' | 'means' | 'deviations'>>,
  share = 0.2,
): number {
  const standardised = Array.from(logProbabilities, (log, i) => {
    const deviation = deviations[i] ?? 0
    return deviation > 0 ? (log - (means[i] ?? 0)) / deviation : 0
  })
  return measureLowest(standardised, share)
}

/** Summed negative log-probability over the bytes of the compressed text (Carlini et al. 2021, arXiv:2012.07805). */
export function measureAgainstZlib(logProbabilities: ArrayLike<number>, text: string): number {
  return (measureLoss(logProbabilities) * logProbabilities.length) / deflateSync(text).length
}

/** Perplexity over the reference's: the main score of copyright traps (Meeus et al. 2024, arXiv:2402.09363). */
export function measureRatio(logProbabilities: ArrayLike<number>, reference: ArrayLike<number>): number {
  return measurePerplexity(logProbabilities) / measurePerplexity(reference)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
