/** What do the verbs ask of an index, wherever it is? */
import type { IndexReader } from '../query/index-reader.js'

/** The part of {@link IndexReader} that a folder and a server both offer to the command line. */
export type SearchTarget = Pick<
  IndexReader,
  | 'count'
  | 'find'
  | 'documents'
  | 'countDocuments'
  | 'countFacets'
  | 'findDocuments'
  | 'documentInfo'
  | 'document'
  | 'extract'
  | 'findExternalId'
  | 'next'
  | 'close'
>
