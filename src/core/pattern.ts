/** What can be asked for: patterns and how they may match. */

/** The string asked for. Text is encoded as UTF-8; bytes are taken as they are, so a piece of a character can be counted. */
export type Pattern = string | Uint8Array

/** How a pattern may match besides byte for byte. Exact: alternatives are searched, nothing is normalised. */
export interface Matching {
  /** Unicode simple case folding (C + S), code point by code point, no locale. */
  readonly ignoreCase?: boolean
  /** A run of white space inside the pattern matches any run of white space. Leading and trailing white space stays exact. */
  readonly flexibleSpace?: boolean
}
