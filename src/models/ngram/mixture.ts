/** How far is an infinity-gram to be trusted beside a model? As far as it helped on a file of scores. */

/** What is known of an estimate before the true token is. */
export interface EstimateKind {
  /** Tokens of the matched end of the context + 1. */
  readonly effectiveN: number
  readonly isSparse: boolean
  /** Different tokens that followed. */
  readonly support: number
}

/** One token of a held-out text, scored by both. */
export interface ScoredToken extends EstimateKind {
  readonly infinityProbability: number
  readonly modelProbability: number
}

const lengthBounds = [4, 8, 16, 32]
const supportBounds = [1, 9]

/** λ by length (1–4, 5–8, 9–16, 17–32, longer), sparse or dense, and support (1, 2–9, 10 and more); plain data. */
export interface LambdaTable {
  /** For kinds that were never seen: the published two. */
  readonly sparse: number
  readonly dense: number
  readonly byKind: Readonly<Record<string, number>>
}

/** λ·p∞ + (1 − λ)·p. */
export function mixProbabilities(lambda: number, infinity: number, model: number): number {
  return lambda * infinity + (1 - lambda) * model
}

export function findLambda(table: LambdaTable, kind: EstimateKind): number {
  return table.byKind[nameKind(kind)] ?? (kind.isSparse ? table.sparse : table.dense)
}

/**
 * Fits each λ by expectation–maximisation, λ ← mean of λp∞ / (λp∞ + (1 − λ)p), which never lowers the likelihood; ends when a step moves it
 * by less than 1e-9. Kinds of fewer than `minTokens` tokens keep the two λ of all sparse and all dense tokens. O(tokens · steps).
 */
export function fitLambdas(scores: readonly ScoredToken[], minTokens = 20): LambdaTable {
  const groups = new Map<string, ScoredToken[]>()
  for (const score of scores) {
    const name = nameKind(score)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [score])
    else group.push(score)
  }
  const fitted = [...groups].filter(([, group]) => group.length >= minTokens)
  return {
    sparse: fitLambda(scores.filter(({ isSparse }) => isSparse)),
    dense: fitLambda(scores.filter(({ isSparse }) => !isSparse)),
    byKind: Object.fromEntries(fitted.map(([name, group]) => [name, fitLambda(group)]).sort()),
  }
}

/** The λ that makes the scores likeliest; 0 without a score. */
export function fitLambda(scores: readonly Pick<ScoredToken, 'infinityProbability' | 'modelProbability'>[]): number {
  if (scores.length === 0) return 0
  let lambda = 0.5
  for (let step = 0; step < 10_000; step++) {
    let sum = 0
    for (const { infinityProbability, modelProbability } of scores) {
      const mixed = mixProbabilities(lambda, infinityProbability, modelProbability)
      if (mixed > 0) sum += (lambda * infinityProbability) / mixed
    }
    const next = sum / scores.length
    const moved = Math.abs(next - lambda)
    lambda = next
    if (moved < 1e-9) break
  }
  return lambda
}

/** Softmax of negative distances at a temperature: the weights of neighbours (kNN-LM, Khandelwal et al. 2020, arXiv:1911.00172). */
export function weighNeighbours(distances: readonly number[], temperature = 1): number[] {
  const nearest = Math.min(...distances)
  const weights = distances.map((distance) => Math.exp((nearest - distance) / temperature))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

function nameKind({ effectiveN, isSparse, support }: EstimateKind): string {
  return `${isSparse ? 'sparse' : 'dense'}/n${bucketOf(effectiveN, lengthBounds)}/s${bucketOf(support, supportBounds)}`
}

function bucketOf(value: number, bounds: readonly number[]): number {
  const bucket = bounds.findIndex((bound) => value <= bound)
  return bucket < 0 ? bounds.length : bucket
}
