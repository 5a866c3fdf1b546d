/** What does a model of counts need of an index? Strings of tokens that grow by one, many at once, and what follows them. */

/** Where a string stands in the index. Ends of documents are not crossed. */
export interface NgramRows {
  /** Occurrences of the string, those at the end of a document too; of the empty string: tokens + documents. */
  readonly count: number
}

export interface NgramNext {
  readonly token: number
  readonly count: number
}

/** All that follows a string: the counts of the tokens and of the ends sum to the string's count. */
export interface NgramDistribution {
  /** Most frequent first, then by token. */
  readonly tokens: readonly NgramNext[]
  /** Occurrences at the end of a document. */
  readonly endCount: number
}

export interface NgramIndex<Rows extends NgramRows> {
  /** The empty string. */
  readonly everything: Rows
  /** String i with `tokens[i]` after it, for every i, as one batch. */
  pushBatch(strings: readonly Rows[], tokens: Uint32Array): Promise<readonly Rows[]>
  /** The exact distribution after a string; with a limit at least its so many most frequent entries. */
  next(string: Rows, limit?: number): Promise<NgramDistribution>
}
