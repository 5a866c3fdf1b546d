/** Which index is a repetition report of? */
import type { IndexReader } from '../query/index-reader.js'
import type { RepetitionOptions } from './repetition-options.js'

/** The part of a report that says what it is of. */
export function describeReader(reader: IndexReader, { length, field = null }: RepetitionOptions) {
  const { manifest, parts } = reader
  const { textBytes, symbolCount } = manifest.statistics
  return {
    index: reader.name,
    generation: reader.generation,
    symbols: manifest.symbols,
    length,
    field,
    documents: parts.reduce((total, { documents }) => total + documents, 0),
    symbolCount: manifest.symbols === 'tokens' ? (symbolCount ?? 0) : textBytes,
  }
}
