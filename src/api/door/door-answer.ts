/** What does the compatible door answer? The original's fields, filled from a reader. */
import { visibleDocumentsOf, visibleSymbolsOf } from '../../core/manifest.js'
import type { IndexReader, Match, Occurrence } from '../../query/index-reader.js'
import { describeDocument } from '../schemas/answer.js'
import { DoorError } from './door-error.js'
import type { RankRequest } from './door-request.js'

/** The empty query counts all that the original stores: text, a separator a document, a last byte a shard. */
function countStored({ manifest }: IndexReader): number[] {
  return manifest.shards.map((entry) => visibleSymbolsOf(entry) + visibleDocumentsOf(entry) + 1)
}

export async function answerCount(reader: IndexReader, query: string, signal: AbortSignal) {
  if (query === '') return { count: countStored(reader).reduce((sum, stored) => sum + stored, 0) }
  const [{ count }] = await reader.count([query], { signal })
  return { count }
}

export async function answerFind(reader: IndexReader, query: string, signal: AbortSignal) {
  const segments =
    query === ''
      ? countStored(reader).map((stored) => [0, stored])
      : listSegments(reader, await reader.find(query, { signal }))
  return { cnt: segments.reduce((sum, [lo, hi]) => sum + hi - lo, 0), segment_by_shard: segments }
}

/** A range a shard: where the pattern is absent, an empty one. */
function listSegments({ manifest }: IndexReader, match: Match): number[][] {
  return manifest.shards.map((_, shard) => {
    const range = match.ranges.find((candidate) => candidate.shard === shard)
    return range ? [range.lo, range.hi] : [0, 0]
  })
}

/** Searches again, so that a rank is checked without anything kept between requests. Throws {@link DoorError}. */
export async function answerDocument(reader: IndexReader, query: string, asked: RankRequest, signal: AbortSignal) {
  const match = await reader.find(query, { signal })
  const position = findPosition(reader, match, asked)
  const occurrence = await reader.occurrence(match, position, { context: asked.contextBytes, unit: 'byte', signal })
  return describeFound(reader, occurrence, query)
}

function findPosition({ manifest }: IndexReader, match: Match, { shard, rank }: RankRequest): number {
  const shards = manifest.shards.length
  if (shard >= shards) throw new DoorError(400, `s must be an integer from 0 to ${shards - 1}!`)
  let position = 0
  for (const range of match.ranges) {
    if (range.shard === shard && rank >= range.lo && rank < range.hi) return position + rank - range.lo
    position += range.hi - range.lo
  }
  throw new DoorError(400, `rank must lie in the segment of shard ${shard} that find returned for this query!`)
}

function describeFound(reader: IndexReader, occurrence: Occurrence, query: string) {
  const { startOffset, snippet } = occurrence
  const { document, metadata, symbolCount } = describeDocument(reader, occurrence.document)
  const text = snippet.text ?? ''
  return {
    doc_ix: document,
    doc_len: symbolCount,
    disp_len: Buffer.byteLength(text),
    needle_offset: startOffset - snippet.startOffset,
    // Files and lines of the corpus are not kept; the fields are there as clients may look at them.
    metadata: `{"path": null, "linenum": null, "metadata": ${metadata ?? 'null'}}`,
    text,
    spans: cutSpans(text, query),
  }
}

/** The text in pieces, those that are the query labelled; from left to right, without overlaps. */
export function cutSpans(text: string, query: string): [string, '0' | null][] {
  if (query === '') return [[text, null]]
  const spans: [string, '0' | null][] = []
  let from = 0
  for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, from)) {
    if (at > from) spans.push([text.slice(from, at), null])
    spans.push([query, '0'])
    from = at + query.length
  }
  if (from < text.length) spans.push([text.slice(from), null])
  return spans
}
