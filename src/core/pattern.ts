/** What can be asked for: patterns and how they may match. */

/**
 * The string asked for. Text is encoded as UTF-8; bytes are taken as they are, so a piece of a character can be counted. In a
 * token index text is tokenised, and a `Uint32Array` holds token ids.
 */
export type Pattern = string | Uint8Array | Uint32Array

/** What an index is made of: bytes of UTF-8, or token ids. */
export type SymbolKind = 'bytes' | 'tokens'

/** How a pattern may match besides symbol for symbol. Exact: alternatives are searched, nothing is normalised. */
export interface Matching {
  /** Unicode simple case folding (C + S), code point by code point, no locale. */
  readonly ignoreCase?: boolean
  /** A run of white space inside the pattern matches any run of white space. Leading and trailing white space stays exact. */
  readonly flexibleSpace?: boolean
}
