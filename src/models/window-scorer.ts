/** How likely does a model hold each token of a text that may be longer than it reads? In windows that overlap by half. */
import type { LanguageModel, TokenScorer } from './language-model.js'
import { logSoftmax } from './softmax.js'

/** Rows of logits held at once: 64 rows of 49,152 logits are 12 MiB. */
const rowsAtOnce = 64

export interface WindowScorerOptions {
  /** Tokens of a window; at most what the model reads less one, which is the default. */
  readonly window?: number
  readonly signal?: AbortSignal
  /** Told how many tokens are scored. */
  readonly onProgress?: (scored: number) => void
}

export class WindowScorer implements TokenScorer {
  readonly name: string
  readonly #model: LanguageModel
  readonly #options: WindowScorerOptions

  constructor(name: string, model: LanguageModel, options: WindowScorerOptions = {}) {
    this.name = name
    this.#model = model
    this.#options = options
  }

  /** Tokens of a window. */
  get window(): number {
    return Math.min(this.#options.window ?? Number.POSITIVE_INFINITY, this.#model.contextLength - 1)
  }

  /**
   * After the first window each token has at least half a window before it. The first token is judged after the model's begin token; a
   * model without one gives it no information, log(1 / vocabulary). About two rows of the model a token of a long text.
   */
  async scoreTokens(tokens: Uint32Array): Promise<Float64Array> {
    const scores = new Float64Array(tokens.length).fill(-Math.log(this.#model.vocabulary))
    const stride = Math.max(1, Math.floor(this.window / 2))
    let scored = 0
    for (let start = 0; scored < tokens.length; start += stride) {
      const end = Math.min(tokens.length, start + this.window)
      await this.#scoreWindow(tokens, start, end, scored, scores)
      scored = end
    }
    return scores
  }

  /** Scores the tokens from `from` on, with those from `start` on before them. */
  async #scoreWindow(
    tokens: Uint32Array,
    start: number,
    end: number,
    from: number,
    scores: Float64Array,
  ): Promise<void> {
    const { beginToken, vocabulary } = this.#model
    const read = [...(beginToken === null ? [] : [beginToken]), ...tokens.subarray(start, end - 1)]
    const first = beginToken === null ? start + 1 : start
    const session = this.#model.startSession()
    for (let row = 0; row < read.length; row += rowsAtOnce) {
      this.#options.signal?.throwIfAborted()
      const rows = Uint32Array.from(read.slice(row, row + rowsAtOnce))
      if (first + row + rows.length <= from) {
        await session.read(rows)
        continue
      }
      const logits = await session.readAll(rows)
      for (const [i] of rows.entries()) {
        const target = first + row + i
        if (target < from) continue
        const logs = logSoftmax(logits.subarray(i * vocabulary, (i + 1) * vocabulary))
        scores[target] = logs[tokens[target]] ?? Number.NEGATIVE_INFINITY
      }
      this.#options.onProgress?.(Math.min(end, first + row + rows.length))
    }
  }
}
