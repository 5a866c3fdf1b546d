/** How likely does a model in the process hold each token of a text? */
import { OmnigramError } from '../core/errors.js'
import type { LanguageModel, TokenScorer, TokenScores } from './language-model.js'
import { logSoftmax } from './softmax.js'

/** Rows of logits held at once: 64 rows of 49,152 logits are 12 MiB. */
const rowsAtOnce = 64

export class SessionScorer implements TokenScorer {
  readonly name: string
  readonly #model: LanguageModel

  constructor(name: string, model: LanguageModel) {
    this.name = name
    this.#model = model
  }

  /**
   * The first token is judged after the model's begin token; a model without one gives it no information, log(1 / vocabulary).
   *
   * Throws `bad-argument` for a text longer than the model's context.
   */
  async scoreTokens(tokens: Uint32Array): Promise<Float64Array> {
    return (await this.measureTokens(tokens)).logProbabilities
  }

  /** The same with the means and deviations over the vocabulary. */
  async measureTokens(tokens: Uint32Array): Promise<Required<TokenScores>> {
    const { beginToken, contextLength, vocabulary } = this.#model
    if (tokens.length >= contextLength) {
      throw new OmnigramError(
        'bad-argument',
        `The text has ${tokens.length} tokens; the model reads fewer than ${contextLength}.`,
      )
    }
    const logProbabilities = new Float64Array(tokens.length).fill(-Math.log(vocabulary))
    const means = logProbabilities.slice()
    const deviations = new Float64Array(tokens.length)
    const first = beginToken === null ? 1 : 0
    const read = beginToken === null ? tokens.slice(0, -1) : Uint32Array.of(beginToken, ...tokens.slice(0, -1))
    const session = this.#model.startSession()
    for (let start = 0; start < read.length; start += rowsAtOnce) {
      const rows = read.subarray(start, start + rowsAtOnce)
      const logits = await session.readAll(rows)
      for (const [row] of rows.entries()) {
        const target = first + start + row
        const logs = logSoftmax(logits.subarray(row * vocabulary, (row + 1) * vocabulary))
        logProbabilities[target] = logs[tokens[target] ?? 0] ?? Number.NEGATIVE_INFINITY
        const { mean, deviation } = measureSpread(logs)
        means[target] = mean
        deviations[target] = deviation
      }
    }
    return { logProbabilities, means, deviations }
  }
}

/** Mean and standard deviation of log p under p. O(vocabulary). */
function measureSpread(logs: Float64Array): { readonly mean: number; readonly deviation: number } {
  let [sum, squares] = [0, 0]
  for (const log of logs) {
    const probability = Math.exp(log)
    // What cannot be counts for nothing, though its logarithm is infinite.
    if (probability === 0) continue
    sum += probability * log
    squares += probability * log * log
  }
  return { mean: sum, deviation: Math.sqrt(Math.max(0, squares - sum * sum)) }
}
