/** Who says how likely a model holds a trap? A model in this process, the counts of an index of tokens, or an endpoint. */
import { OmnigramError } from '../../core/errors.js'
import type { TokenScores } from '../../models/language-model.js'
import type { OpenAiEndpoint } from '../../models/openai-endpoint.js'

export interface TrapScorer {
  readonly name: string
  /** Scores of the text's tokens alone, given what stands before it. */
  scoreText(text: string, before: string, signal?: AbortSignal): Promise<TokenScores>
}

/** What a model makes of each of the tokens. */
export type MeasureTokens = (tokens: Uint32Array) => Promise<TokenScores>

/** Token ids of a text; none where it has none. */
export type EncodeText = (text: string) => Promise<Uint32Array>

/** By token ids. Text and what stands before it are encoded apart, so that the text's tokens are the same in every context. */
export class TokenTrapScorer implements TrapScorer {
  readonly name: string
  readonly #measure: MeasureTokens
  readonly #encode: EncodeText

  constructor(name: string, measure: MeasureTokens, encode: EncodeText) {
    this.name = name
    this.#measure = measure
    this.#encode = encode
  }

  /** Throws `bad-input` where the text has no tokens. */
  async scoreText(text: string, before: string): Promise<TokenScores> {
    const tokens = await this.#encode(text)
    if (tokens.length === 0) throw new OmnigramError('bad-input', 'The tokenizer has no tokens for a trap.')
    const context = before === '' ? new Uint32Array() : await this.#encode(before)
    const scores = await this.#measure(Uint32Array.of(...context, ...tokens))
    const cut = (values: Float64Array | undefined) => values?.subarray(context.length)
    return {
      logProbabilities: scores.logProbabilities.subarray(context.length),
      ...(scores.means && { means: cut(scores.means) }),
      ...(scores.deviations && { deviations: cut(scores.deviations) }),
    }
  }
}

/** By an OpenAI-compatible endpoint that echoes prompts. Departure: the first token of a prompt has no score and is left out. */
export class EndpointTrapScorer implements TrapScorer {
  readonly #endpoint: OpenAiEndpoint

  constructor(endpoint: OpenAiEndpoint) {
    this.#endpoint = endpoint
  }

  get name(): string {
    return this.#endpoint.model
  }

  async scoreText(text: string, before: string, signal?: AbortSignal): Promise<TokenScores> {
    const start = Array.from(before).length
    const tokens = await this.#endpoint.scoreText(before + text, signal)
    const own = tokens.flatMap(({ startOffset, logProbability }) =>
      startOffset >= start && logProbability !== null ? [logProbability] : [],
    )
    if (own.length === 0) throw new OmnigramError('model-failure', `${this.name} has no score for a trap.`)
    return { logProbabilities: Float64Array.from(own) }
  }
}
