/**
 * How surprising is a text to an index, to a model, and to both together? Perplexities of mixtures whose weights were fitted on other
 * tokens than those that they judge.
 */
import {
  findLambda,
  fitLambdas,
  type LambdaTable,
  mixProbabilities,
  type ScoredToken,
} from '../../models/ngram/mixture.js'
import type { CountedToken, TokenEstimate } from './score-text.js'

/** A text by counts, and by a model where there is one. */
export interface ScoredText {
  readonly counted: readonly CountedToken[]
  /** Natural logarithms, a token each. */
  readonly modelScores: Float64Array | null
}

export interface PerplexityOptions {
  readonly order: number
  /** Bytes of the text; null where it is not known. */
  readonly textBytes: number | null
  /** Another text, on which the weights are fitted. Without one each half of the text is judged by weights of the other. */
  readonly fitText?: ScoredText
}

/** Of counts alone, which may hold a token impossible. */
export interface CountsReport {
  /** Share of the tokens that had no probability. */
  readonly zeroShare: number
  /** Share of the tokens that were the likeliest. */
  readonly agreement: number
  /** Share of the estimates with a single successor. */
  readonly sparseShare: number
  readonly meanContextLength: number
  /** Null where a token had no probability: it would be infinite. */
  readonly perplexity: number | null
}

export interface MixtureReport {
  readonly name: MixtureName
  readonly perplexity: number
  readonly bitsPerToken: number
  readonly bitsPerByte: number | null
  /** Weights of the counts by kind, fitted on all tokens of the text that weights are fitted on; null where nothing is mixed. */
  readonly lambdas: LambdaTable | null
}

export type MixtureName =
  | 'unigram'
  | 'n-gram + unigram'
  | 'infinity-gram + unigram'
  | 'model'
  | 'n-gram + model'
  | 'infinity-gram + model'

export interface PerplexityReport {
  readonly tokens: number
  readonly textBytes: number | null
  readonly order: number
  readonly fittedOn: 'halves' | 'text'
  readonly ngram: CountsReport
  readonly infinityGram: CountsReport
  readonly mixtures: readonly MixtureReport[]
  /** 1 − (p − 1) / (q − 1) for the perplexities p of infinity-gram and model, q of the model alone; null without a model. */
  readonly improvement: number | null
}

/** Counts are never trusted wholly: one token that they hold impossible would make the perplexity infinite. */
const maxLambda = 0.99

/** The text is not empty. */
export function measurePerplexity(text: ScoredText, options: PerplexityOptions): PerplexityReport {
  const { counted, modelScores } = text
  const { order, textBytes, fitText } = options
  const mix = (name: MixtureName, count: Pick, base: Base | null) => reportMixture(name, text, count, base, options)
  const mixtures = [
    mix('unigram', unigramOf, null),
    mix('n-gram + unigram', ngramOf, unigramOf),
    mix('infinity-gram + unigram', infinityOf, unigramOf),
    ...(modelScores
      ? [
          mix('model', modelOf, null),
          mix('n-gram + model', ngramOf, modelOf),
          mix('infinity-gram + model', infinityOf, modelOf),
        ]
      : []),
  ]
  const perplexityOf = (name: MixtureName) =>
    mixtures.find((mixture) => mixture.name === name)?.perplexity ?? Number.NaN
  return {
    tokens: counted.length,
    textBytes,
    order,
    fittedOn: fitText ? 'text' : 'halves',
    ngram: reportCounts(counted.map(({ ngram }) => ngram)),
    infinityGram: reportCounts(counted.map(({ infinityGram }) => infinityGram)),
    mixtures,
    improvement: modelScores ? measureImprovement(perplexityOf('model'), perplexityOf('infinity-gram + model')) : null,
  }
}

/** 1 − (p − 1) / (q − 1): which part of what could be won was won, from perplexity q to p. */
export function measureImprovement(before: number, after: number): number {
  return 1 - (after - 1) / (before - 1)
}

function reportCounts(estimates: readonly TokenEstimate[]): CountsReport {
  const share = (isSo: (estimate: TokenEstimate) => boolean) => estimates.filter(isSo).length / estimates.length
  const zeroShare = share(({ probability }) => probability === 0)
  const mean = (read: (estimate: TokenEstimate) => number) =>
    estimates.reduce((sum, estimate) => sum + read(estimate), 0) / estimates.length
  return {
    zeroShare,
    agreement: share(({ isLikeliest }) => isLikeliest),
    sparseShare: share(({ support }) => support === 1),
    meanContextLength: mean(({ contextLength }) => contextLength),
    perplexity: zeroShare > 0 ? null : Math.exp(-mean(({ probability }) => Math.log(probability))),
  }
}

/** What a token gets from one side of a mixture. */
type Base = (text: ScoredText, place: number) => number
type Pick = Base & { readonly estimate?: (token: CountedToken) => TokenEstimate }

const unigramOf: Pick = ({ counted }, place) => counted[place]?.unigramProbability ?? 0
const modelOf: Pick = ({ modelScores }, place) => Math.exp(modelScores?.[place] ?? Number.NEGATIVE_INFINITY)
const ngramOf: Pick = Object.assign((text: ScoredText, place: number) => text.counted[place]?.ngram.probability ?? 0, {
  estimate: ({ ngram }: CountedToken) => ngram,
})
const infinityOf: Pick = Object.assign(
  (text: ScoredText, place: number) => text.counted[place]?.infinityGram.probability ?? 0,
  { estimate: ({ infinityGram }: CountedToken) => infinityGram },
)

function reportMixture(
  name: MixtureName,
  text: ScoredText,
  count: Pick,
  base: Base | null,
  { textBytes, fitText }: PerplexityOptions,
): MixtureReport {
  const tokens = text.counted.length
  const scored = (of: ScoredText) => of.counted.map((_, place) => scoreToken(of, place, count, base ?? count))
  const own = scored(text)
  const fitted = base === null ? null : fitLambdas(fitText ? scored(fitText) : own)
  const half = Math.ceil(tokens / 2)
  const tables = base === null || fitText ? null : [fitLambdas(own.slice(half)), fitLambdas(own.slice(0, half))]
  let logSum = 0
  for (const [place, token] of own.entries()) {
    const table = tables?.[place < half ? 0 : 1] ?? fitted
    const lambda = table ? Math.min(maxLambda, findLambda(table, token)) : 0
    logSum += Math.log(mixProbabilities(lambda, token.infinityProbability, token.modelProbability))
  }
  const bits = -logSum / Math.LN2
  return {
    name,
    perplexity: Math.exp(-logSum / tokens),
    bitsPerToken: bits / tokens,
    bitsPerByte: textBytes ? bits / textBytes : null,
    lambdas: fitted,
  }
}

function scoreToken(text: ScoredText, place: number, count: Pick, base: Base): ScoredToken {
  const token = text.counted[place]
  const estimate = token && count.estimate?.(token)
  return {
    infinityProbability: count(text, place),
    modelProbability: base(text, place),
    effectiveN: (estimate?.contextLength ?? 0) + 1,
    isSparse: estimate?.support === 1,
    support: estimate?.support ?? 0,
  }
}
