/** What does the filter need of an index? Strings that grow by a token, many at once. */

/** Where a string stands in the index. Ends of documents are not crossed. */
export interface NgramRows {
  /** Occurrences of the string. */
  readonly count: number
}

export interface NgramIndex<Rows extends NgramRows> {
  /** The empty string. */
  readonly everything: Rows
  /** String i with `tokens[i]` after it, for every i, as one batch. */
  pushBatch(strings: readonly Rows[], tokens: Uint32Array): Promise<readonly Rows[]>
}
