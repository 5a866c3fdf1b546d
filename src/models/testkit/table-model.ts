/** A model whose every answer can be worked out by hand: its logits depend on the last two tokens alone. */
import type { LanguageModel, ModelSession } from '../language-model.js'
import { readOneByOne } from '../read-one-by-one.js'

export class TableModel implements LanguageModel {
  readonly contextLength = 4096
  readonly beginToken = null
  /** Rows that were read by all sessions, and passes that it took. */
  rows = 0
  passes = 0

  /** `logitsAfter` answers `vocabulary` numbers for the last token and the one before it (-1 where there is none). */
  constructor(
    readonly vocabulary: number,
    readonly endToken: number | null,
    readonly logitsAfter: (last: number, before: number) => ArrayLike<number>,
  ) {}

  startSession(): ModelSession {
    return new TableSession(this, [])
  }

  readTogether(sessions: readonly ModelSession[], tokens: Uint32Array): Promise<Float32Array> {
    return readOneByOne(sessions, tokens)
  }
}

/** Fixed pseudo-random logits, so that outputs look like a model's. */
export function makeTableModel(vocabulary: number, endToken: number | null = null): TableModel {
  return new TableModel(vocabulary, endToken, (last, before) =>
    Array.from({ length: vocabulary }, (_, token) => {
      const mixed = Math.imul(last * 31 + before * 17 + token * 101 + 7, 2654435761) >>> 16
      return (mixed % 1000) / 100
    }),
  )
}

class TableSession implements ModelSession {
  readonly #model: TableModel
  #tokens: number[]
  #tree: readonly number[] = []

  constructor(model: TableModel, tokens: readonly number[]) {
    this.#model = model
    this.#tokens = [...tokens]
  }

  get length(): number {
    return this.#tokens.length + this.#tree.length
  }

  async read(tokens: Uint32Array): Promise<Float32Array> {
    return (await this.readAll(tokens)).slice(-this.#model.vocabulary)
  }

  async readAll(tokens: Uint32Array): Promise<Float32Array> {
    this.#count(tokens.length)
    const rows: number[] = []
    for (const token of tokens) {
      rows.push(...Array.from(this.#model.logitsAfter(token, this.#tokens.at(-1) ?? -1)))
      this.#tokens.push(token)
    }
    return Float32Array.from(rows)
  }

  async readTree(tokens: Uint32Array, parents: Int32Array): Promise<Float32Array> {
    this.#count(tokens.length)
    this.#tree = [...tokens]
    return Float32Array.from(
      this.#tree.flatMap((token, node) => {
        const parent = parents[node] ?? -1
        const before = parent < 0 ? (this.#tokens.at(-1) ?? -1) : (this.#tree[parent] ?? -1)
        return Array.from(this.#model.logitsAfter(token, before))
      }),
    )
  }

  keep(nodes: readonly number[]): void {
    this.#tokens.push(...nodes.map((node) => this.#tree[node] ?? 0))
    this.#tree = []
  }

  /** The weighted mean of what each token alone would have given. */
  async readMixture(tokens: Uint32Array, weights: Float64Array): Promise<Float32Array> {
    this.#count(1)
    const mean = new Float32Array(this.#model.vocabulary)
    for (const [i, token] of tokens.entries()) {
      const logits = this.#model.logitsAfter(token, this.#tokens.at(-1) ?? -1)
      for (let j = 0; j < mean.length; j++) mean[j] = (mean[j] ?? 0) + (weights[i] ?? 0) * (logits[j] ?? 0)
    }
    this.#tokens.push(tokens[0] ?? 0)
    return mean
  }

  truncate(length: number): void {
    this.#tokens.length = Math.min(this.#tokens.length, length)
  }

  fork(): ModelSession {
    return new TableSession(this.#model, this.#tokens)
  }

  #count(rows: number): void {
    this.#model.rows += rows
    this.#model.passes++
  }
}
