/**
 * A small language model in the process, as Node sees it. Errors carry a `code` of the error registry: `bad-model` for the
 * file, `bad-argument` for a call.
 */

export interface ModelInfo {
  /** Token ids are below it. */
  vocabulary: number
  /** Longest context, in tokens. */
  contextLength: number
  /** Numbers of an embedding. */
  width: number
  beginToken: number | null
  endToken: number | null
}

/** Reads a GGUF file of the Llama family into memory, beside JavaScript. */
export declare function openModel(path: string): Promise<LanguageModel>

/** The weights; any number of sessions share them. */
export declare class LanguageModel {
  private constructor()
  info(): ModelInfo
  /** A sequence without a token. */
  newSession(): ModelSession
  /** Reads one token in each of different sessions, at most 512; the logits after each, as if each had read its token alone. */
  readTogether(sessions: readonly ModelSession[], tokens: Uint32Array): Promise<Float32Array>
}

/**
 * A sequence and what the model remembers of it. One call at a time: a second one while the first runs is `bad-argument`.
 * Logits come row by row, `vocabulary` numbers each.
 */
export declare class ModelSession {
  private constructor()
  /** Tokens that are remembered. */
  length(): number
  /**
   * Reads tokens, at most 512. `parents[i]` is the row that row i continues, -1 for the end of what was read before; null is a
   * plain sequence. After a draft tree call {@link keep}.
   */
  read(tokens: Uint32Array, parents: Int32Array | null, wanted: 'all' | 'last'): Promise<Float32Array>
  /**
   * As {@link read} of all rows, but answers only which `limit` tokens, at most 64, have the largest logits: largest first, then
   * by id, row by row. Spares the memory of the logits.
   */
  readLargest(tokens: Uint32Array, parents: Int32Array | null, limit: number): Promise<Uint32Array>
  /** Reads one row: the weighted mean of the tokens' embeddings. */
  readMixture(tokens: Uint32Array, weights: Float32Array): Promise<Float32Array>
  /** Of the rows from `start` on keeps the accepted path: ascending, counted from `start`. */
  keep(start: number, rows: Uint32Array): void
  /** Forgets all but the first `length` tokens. */
  truncate(length: number): void
  /** A copy that goes on by itself. */
  fork(): ModelSession
}
