/** Which occurrences are on a page? */
import { chooseUnit } from './check-arguments.js'
import type { DocumentPage, Match, MatchRange, Occurrence, PageOptions, SnippetOptions } from './index-reader.js'
import type { PageContext } from './page-context.js'
import { samplePositions } from './sample-positions.js'

/** Occurrences of one task, so that a long page is shared among the workers. */
const taskOccurrences = 64

/** A row of a shard and the symbols that the match there has. */
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
  { shards, symbols, describe, call }: PageContext,
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
      unit: chooseUnit(unit, symbols),
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
