/** Which occurrences are on a page? */
import type { DocumentList } from '#native'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import type { DocumentPage, Match, MatchRange, Occurrence, PageOptions, SnippetOptions } from './index-reader.js'
import type { QueryCall } from './query-call.js'
import type { RecentCache } from './recent-cache.js'
import { samplePositions } from './sample-positions.js'
import { packRanges, type ShardSet } from './shard-set.js'
import type { ShardOccurrence } from './shard-values.js'

/** Occurrences of one task, so that a long page is shared among the workers. */
const taskOccurrences = 64

/** Numbers and names an occurrence of a shard in the whole index. */
export type DescribeOccurrence = (shard: number, occurrence: ShardOccurrence) => Occurrence

/** What every page needs. */
export interface PageContext {
  readonly shards: ShardSet
  readonly lists: RecentCache<DocumentList>
  readonly describe: DescribeOccurrence
  readonly call: QueryCall
}

/** A row of a shard and the bytes that the match there has. */
interface MatchRow {
  readonly shard: number
  readonly row: number
  readonly length: number
}

/** By occurrence: positions count the rows of the match's ranges, one range after the other. */
export async function pageByOccurrence(context: PageContext, match: Match, page: PageOptions): Promise<DocumentPage> {
  if (page.sampleSeed !== undefined) {
    const positions = samplePositions(match.count, page.limit, page.sampleSeed)
    return { occurrences: await readOccurrences(context, match, positions, page), nextPosition: null }
  }
  const position = page.position ?? 0
  const end = Math.min(position + page.limit, match.count)
  const positions = Array.from({ length: Math.max(0, end - position) }, (_, at) => position + at)
  const occurrences = await readOccurrences(context, match, positions, page)
  return { occurrences, nextPosition: end < match.count ? end : null }
}

/** The occurrences at ascending positions. O(ranges + positions * (sample rate + context)). */
export async function readOccurrences(
  { shards, describe, call }: PageContext,
  match: Match,
  positions: readonly number[],
  { context, unit }: SnippetOptions,
): Promise<Occurrence[]> {
  const tasks = splitRows(rowsAt(match.ranges, positions)).map((rows) => ({
    shard: rows[0].shard,
    input: {
      rows: Float64Array.from(rows, ({ row }) => row),
      lengths: Float64Array.from(rows, ({ length }) => length),
      context,
      unit,
    },
  }))
  const answers = await shards.runAll(tasks, 'locateOccurrences', call)
  return answers.flatMap((found, task) => found.map((occurrence) => describe(tasks[task].shard, occurrence)))
}

function rowsAt(ranges: readonly MatchRange[], positions: readonly number[]): MatchRow[] {
  const rows: MatchRow[] = []
  let [at, first] = [0, 0]
  for (const { shard, lo, hi, length } of ranges) {
    for (; at < positions.length && positions[at] < first + hi - lo; at++) {
      rows.push({ shard, row: lo + positions[at] - first, length })
    }
    first += hi - lo
  }
  return rows
}

/** Pieces of one shard each, none longer than a task. */
function splitRows(rows: readonly MatchRow[]): MatchRow[][] {
  const pieces: MatchRow[][] = []
  for (const row of rows) {
    const piece = pieces.at(-1)
    if (piece && piece[0].shard === row.shard && piece.length < taskOccurrences) piece.push(row)
    else pieces.push([row])
  }
  return pieces
}

/**
 * By document: positions are document numbers, each document comes once, with its first occurrence.
 *
 * Throws `too-expensive` when a shard's occurrences are too many to list their documents.
 */
export async function pageByDocument(context: PageContext, match: Match, page: PageOptions): Promise<DocumentPage> {
  const { shards, describe, call } = context
  const position = page.position ?? 0
  const occurrences: Occurrence[] = []
  for (const { shard, ranges } of shards.groupRanges(match.ranges)) {
    const first = shards.firstDocuments[shard]
    if (first + shards.files[shard].info.documents <= position) continue
    const list = await listDocuments(context, match.generation, shard, ranges)
    const from = list.documents.findIndex((document) => first + document >= position)
    if (from < 0) continue
    const to = Math.min(list.documents.length, from + page.limit - occurrences.length)
    const found = await shards.run(
      shard,
      'describeOccurrences',
      {
        documents: list.documents.slice(from, to),
        ends: list.firstEnds.slice(from, to),
        lengths: list.firstLengths.slice(from, to),
        context: page.context,
        unit: page.unit,
      },
      call,
    )
    found.forEach((occurrence, at) => {
      occurrences.push({ ...describe(shard, occurrence), countInDocument: list.counts[from + at] })
    })
    if (to < list.documents.length) return { occurrences, nextPosition: first + list.documents[to] }
  }
  return { occurrences, nextPosition: null }
}

async function listDocuments(
  { shards, lists, call }: PageContext,
  generation: string,
  shard: number,
  ranges: readonly MatchRange[],
): Promise<DocumentList> {
  const key = `${generation} ${shard} ${ranges.map(({ lo, hi, length }) => `${lo}-${hi}:${length}`).join()}`
  const known = lists.get(key)
  if (known) return known
  const input = { ranges: packRanges(ranges), maxSteps: limits.documentSteps }
  const list = await shards.run(shard, 'listDocuments', input, call, 'batch')
  if (!list.isComplete) {
    throw new OmnigramError('too-expensive', 'The pattern occurs too often to list its documents; page by occurrence.')
  }
  // Documents, counts, ends and lengths.
  lists.put(key, list, list.documents.byteLength * 4)
  return list
}
