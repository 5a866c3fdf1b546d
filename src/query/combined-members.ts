/** Which shards and documents of several indexes read together belong to which? */
import type { IndexReader, Match, Occurrence } from './index-reader.js'
import { sumUp } from './sum-up.js'

/** One of the readers, with the numbers of its first shard and document in the whole. */
export interface Member {
  readonly reader: IndexReader
  readonly firstShard: number
  readonly shards: number
  readonly firstDocument: number
  readonly documents: number
}

/** Shards and documents are numbered one reader after the other. */
export function placeMembers(readers: readonly IndexReader[]): Member[] {
  let [firstShard, firstDocument] = [0, 0]
  return readers.map((reader) => {
    const shards = sumUp(reader.parts, (part) => part.shards)
    const documents = sumUp(reader.parts, (part) => part.documents)
    const member = { reader, firstShard, shards, firstDocument, documents }
    firstShard += shards
    firstDocument += documents
    return member
  })
}

/** The occurrence as it is numbered in the whole. */
export function numberOccurrence({ firstDocument }: Member, occurrence: Occurrence): Occurrence {
  const { document } = occurrence
  return { ...occurrence, document: { ...document, document: document.document + firstDocument } }
}

/** The matches of the members as one. */
export function joinMatches(generation: string, members: readonly Member[], matches: readonly Match[]): Match {
  const ranges = matches.flatMap((match, at) =>
    match.ranges.map((range) => ({ ...range, shard: range.shard + members[at].firstShard })),
  )
  return { generation, ranges, count: sumUp(matches, ({ count }) => count) }
}

/** The part of a match that is the member's own. */
export function splitMatch({ reader, firstShard, shards }: Member, match: Match): Match {
  const ranges = match.ranges
    .filter(({ shard }) => shard >= firstShard && shard < firstShard + shards)
    .map((range) => ({ ...range, shard: range.shard - firstShard }))
  return { generation: reader.generation, ranges, count: sumUp(ranges, ({ lo, hi }) => hi - lo) }
}
