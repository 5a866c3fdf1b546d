/** How likely does a model behind an endpoint hold each token of a text, by ids? In windows that overlap by half. */
import type { TokenScorer } from './language-model.js'
import type { OpenAiEndpoint } from './openai-endpoint.js'

export interface EndpointScorerOptions {
  /** Token ids are below it. They must be those of the endpoint's model. */
  readonly vocabulary: number
  /** Tokens of a window, at least 2; the endpoint's model must be able to read so many. Default: 1,024. */
  readonly window?: number
  readonly signal?: AbortSignal
  /** Told how many tokens are scored. */
  readonly onProgress?: (scored: number) => void
}

/** As `WindowScorer`, one request a window. */
export class EndpointScorer implements TokenScorer {
  readonly #endpoint: OpenAiEndpoint
  readonly #options: EndpointScorerOptions

  constructor(endpoint: OpenAiEndpoint, options: EndpointScorerOptions) {
    this.#endpoint = endpoint
    this.#options = options
  }

  get name(): string {
    return this.#endpoint.model
  }

  /**
   * After the first window each token has at least half a window before it. Nothing stands before the first token, so it gets no
   * information, log(1 / vocabulary). Throws as {@link OpenAiEndpoint.scoreIds}.
   */
  async scoreTokens(tokens: Uint32Array): Promise<Float64Array> {
    const { vocabulary, window = 1_024, signal, onProgress } = this.#options
    const scores = new Float64Array(tokens.length).fill(-Math.log(vocabulary))
    const length = Math.max(2, window)
    let scored = Math.min(1, tokens.length)
    for (let start = 0; scored < tokens.length; start += Math.floor(length / 2)) {
      const asked = tokens.subarray(start, start + length)
      const found = await this.#endpoint.scoreIds(asked, signal)
      for (let target = scored; target < start + asked.length; target++) scores[target] = found[target - start] ?? 0
      scored = start + asked.length
      onProgress?.(scored)
    }
    return scores
  }
}
