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

/** What {@link NgramIndex.pushEach} made of strings and tokens, both by their place in the question. */
export interface LongerStrings<Rows extends NgramRows> {
  count(string: number, token: number): number
  /** Each time the same object. */
  rows(string: number, token: number): Rows
}

export interface NgramIndex<Rows extends NgramRows> {
  /** The empty string. */
  readonly everything: Rows
  /** Every string with every token after it, as one batch. */
  pushEach(strings: readonly Rows[], tokens: ArrayLike<number>): Promise<LongerStrings<Rows>>
  /** The exact distribution after a string; with a limit at least its so many most frequent entries. */
  next(string: Rows, limit?: number): Promise<NgramDistribution>
}
