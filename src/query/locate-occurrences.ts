/** Which documents do rows of a shard stand in, where, and what is around them? */
import type { DocumentRecord, Shard } from '#native'
import { OmnigramError } from '../core/errors.js'
import { cutSnippet } from './cut-snippet.js'
import { cutTokenSnippet } from './read-token-document.js'
import type { PlacesInput, RowsInput, ShardOccurrence } from './shard-values.js'

/** O(rows * (sample rate + context)). Throws `damaged-index` where the shard leads out of a document. */
export function locateOccurrences(
  shard: Shard,
  { rows, lengths, context, unit }: RowsInput,
  ticket: number,
): ShardOccurrence[] {
  const places = shard.locate(rows, ticket)
  const documents = places.filter((_, at) => at % 2 === 0)
  const ends = places.filter((_, at) => at % 2 === 1)
  return describeOccurrences(shard, { documents, ends, lengths, context, unit }, ticket)
}

/** As {@link locateOccurrences} when document and end are known already. */
export function describeOccurrences(
  shard: Shard,
  { documents, ends, lengths, context, unit }: PlacesInput,
  ticket: number,
): ShardOccurrence[] {
  const records = new Map<number, DocumentRecord>()
  return Array.from(documents, (document, at) => {
    const record = records.get(document) ?? shard.document(document)
    records.set(document, record)
    const endOffset = ends[at]
    const startOffset = endOffset - lengths[at]
    if (startOffset < 0 || endOffset > record.bytes) {
      throw new OmnigramError(
        'damaged-index',
        `${shard.info().path}: document ${document} of ${record.bytes} symbols has a match at ${startOffset}..${endOffset}.`,
      )
    }
    const place = { document, textBytes: record.bytes, startOffset, endOffset }
    const snippet =
      unit === 'token'
        ? cutTokenSnippet(shard, place, context, ticket)
        : cutSnippet(shard, place, { context, unit }, ticket)
    return { document, record, startOffset, endOffset, snippet }
  })
}
