/** What does a decoder ask of a language model? Whatever runs one implements this. */

/** A model; any number of sequences read with it. */
export interface LanguageModel {
  /** Token ids are below it. */
  readonly vocabulary: number
  /** Longest sequence, in tokens. */
  readonly contextLength: number
  /** Stands before the first token of a text; null where the model has none. */
  readonly beginToken: number | null
  /** Ends a text; null where the model has none. */
  readonly endToken: number | null
  startSession(): ModelSession
  /**
   * Reads one token in each of different sessions of this model; the logits after each, row by row. As if each session had read its
   * token alone, at less cost.
   */
  readTogether(sessions: readonly ModelSession[], tokens: Uint32Array): Promise<Float32Array>
}

/**
 * A sequence and what the model remembers of it. Logits are unnormalised, `vocabulary` numbers a row. One call at a time.
 *
 * All methods throw `bad-argument` for what was asked, and the error of the model otherwise.
 */
export interface ModelSession {
  /** Tokens that were read and kept. */
  readonly length: number
  /** Reads tokens, at least one; the logits after the last. */
  read(tokens: Uint32Array): Promise<Float32Array>
  /** Reads tokens; the logits after each of them, row by row. */
  readAll(tokens: Uint32Array): Promise<Float32Array>
  /**
   * Reads the nodes of a tree in one pass; the logits after each node. Parents come before their children; -1 stands for the end of
   * what was read before. Must be followed by {@link ModelSession.keep}.
   */
  readTree(tokens: Uint32Array, parents: Int32Array): Promise<Float32Array>
  /**
   * As {@link ModelSession.readTree}, or without parents as {@link ModelSession.readAll}, but answers only which `limit` tokens (1 to
   * 64) have the largest logits after each row: largest first, then by id. Absent where a model makes all logits anyway.
   */
  readLargest?(tokens: Uint32Array, parents: Int32Array | null, limit: number): Promise<Uint32Array>
  /** Keeps only these of the nodes that were read as a tree: a path from the top down. */
  keep(nodes: readonly number[]): void
  /** Reads one row, the weighted mean of the tokens' embeddings; the logits after it. */
  readMixture(tokens: Uint32Array, weights: Float64Array): Promise<Float32Array>
  /** Forgets all but the first `length` tokens. */
  truncate(length: number): void
  fork(): ModelSession
}

/** What a model makes of the tokens of a text, token by token. */
export interface TokenScores {
  /** Natural logarithm of the probability of each token, given those before it and the start of a text. */
  readonly logProbabilities: Float64Array
  /** Mean and standard deviation, under the model, of the logarithm over all tokens that could stand there; where it is known. */
  readonly means?: Float64Array
  readonly deviations?: Float64Array
}

/** Something that says how likely each token of a text is: a model in the process, an endpoint, a file of scores. */
export interface TokenScorer {
  readonly name: string
  /** Natural logarithm of the probability of each token, given those before it and the start of a text. */
  scoreTokens(tokens: Uint32Array): Promise<Float64Array>
}
