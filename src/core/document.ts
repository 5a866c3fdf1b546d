/** What does a corpus reader yield, and what can be wrong with its input? */

/** One text of the corpus with what is known about it. */
export interface CorpusDocument {
  /** Valid UTF-8; may be empty. */
  readonly text: Uint8Array
  /** Its token ids, where tokens are indexed; of ready ids the text is empty. */
  readonly tokens?: Uint32Array
  /** The corpus' own name for the document (`--id-field`). */
  readonly externalId: string | null
  /** A JSON object on one line, fields as they were spelled in the input. */
  readonly metadata: string | null
  /** Values of the facet fields, in the order of the fields; `null` where the document has none. */
  readonly facets: readonly (string | null)[]
  /** Where it was read. */
  readonly source: DocumentSource
}

/** A place in the input: a path as the user named it, and the line or record in it, from 1. */
export interface DocumentSource {
  readonly path: string
  readonly line: number
}

/** Why something was not indexed. */
export type ReadProblemKind =
  | 'malformed-line'
  | 'missing-text'
  | 'wrong-type'
  | 'invalid-utf8'
  | 'too-long'
  | 'too-complex'
  | 'empty-file'
  | 'binary-file'
  | 'hidden-file'
  | 'duplicate-file'
  | 'changed-file'
  | 'unknown-format'
  | 'unreadable-file'
  | 'truncated-file'
  | 'unsupported-record'
  | 'bad-token'

/** One thing that was skipped, where, and the reason in words. */
export interface ReadProblem {
  readonly kind: ReadProblemKind
  readonly path: string
  /** Line or record from 1; `null` for a whole file. */
  readonly line: number | null
  readonly detail: string
}

/** What to do with input that is not UTF-8: put U+FFFD for each maximal invalid part, skip the document, or stop. */
export type InvalidUtf8Policy = 'replace' | 'skip' | 'fail'
