/** Which documents are on a page? */
import type { DocumentList } from '#native'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { chooseUnit } from './check-arguments.js'
import type { DocumentPage, Match, MatchRange, Occurrence, PageOptions } from './index-reader.js'
import type { PageContext } from './page-context.js'
import { packRanges } from './shard-set.js'
import { countRows } from './sum-up.js'

/** The matches of one shard, and from where how many of its documents are wanted. */
interface ListRequest {
  readonly generation: string
  readonly shard: number
  readonly ranges: readonly MatchRange[]
  readonly firstDocument: number
  readonly limit: number
}

/**
 * Positions are document numbers; each document comes once, with its first occurrence.
 *
 * Throws `too-expensive` when the steps of a shard run out.
 */
export async function pageByDocument(context: PageContext, match: Match, page: PageOptions): Promise<DocumentPage> {
  const { shards, describe, call } = context
  const position = page.position ?? 0
  const occurrences: Occurrence[] = []
  for (const { shard, ranges } of shards.groupRanges(match.ranges)) {
    const first = shards.firstDocuments[shard]
    if (first + shards.files[shard].info.documents <= position) continue
    const firstDocument = Math.max(0, position - first)
    const wanted = page.limit - occurrences.length
    // One more than wanted says where the next page begins.
    const request = { generation: match.generation, shard, ranges, firstDocument, limit: wanted + 1 }
    const list = await listDocuments(context, request)
    const found = await shards.run(
      shard,
      'describeOccurrences',
      {
        documents: list.documents.slice(0, wanted),
        ends: list.firstEnds.slice(0, wanted),
        lengths: list.firstLengths.slice(0, wanted),
        context: page.context,
        unit: chooseUnit(page.unit, context.symbols),
      },
      call,
    )
    found.forEach((occurrence, at) => {
      occurrences.push({ ...describe(shard, occurrence), countInDocument: list.counts[at] })
    })
    if (list.documents.length > wanted) return { occurrences, nextPosition: first + list.documents[wanted] }
  }
  return { occurrences, nextPosition: null }
}

/** From the whole list where that is known or cheaper, else by reading documents until there are enough. */
async function listDocuments(context: PageContext, request: ListRequest): Promise<DocumentList> {
  const { shards, lists, call } = context
  const { generation, shard, ranges, firstDocument, limit } = request
  const key = `${generation} ${shard} ${ranges.map(({ lo, hi, length }) => `${lo}-${hi}:${length}`).join()}`
  const known = lists.get(key)
  if (known) return sliceList(known, request)
  const packed = packRanges(ranges)
  const maxSteps = limits.listSteps
  if (isReadingCheaper(context, request)) {
    const input = { ranges: packed, firstDocument, limit, maxSteps }
    return checkComplete(await shards.run(shard, 'listDocumentsFrom', input, call, 'batch'))
  }
  const list = checkComplete(await shards.run(shard, 'listDocuments', { ranges: packed, maxSteps }, call, 'batch'))
  // Documents, counts, ends and lengths.
  lists.put(key, list, list.documents.byteLength * 4)
  return sliceList(list, request)
}

/** Were the matches spread evenly, would so many documents be read sooner than all matches located? */
function isReadingCheaper({ shards }: PageContext, { shard, ranges, limit }: ListRequest): boolean {
  const { rows, documents, saRate } = shards.files[shard].info
  const occurrences = countRows(ranges)
  const readSteps = (limit * rows) / Math.min(occurrences, documents)
  return readSteps < Math.min((occurrences * saRate) / 2, rows)
}

function checkComplete(list: DocumentList): DocumentList {
  if (list.isComplete) return list
  throw new OmnigramError(
    'too-expensive',
    'The documents that hold it cannot be listed in so many steps; page by occurrence.',
  )
}

function sliceList(list: DocumentList, { firstDocument, limit }: ListRequest): DocumentList {
  const found = list.documents.findIndex((document) => document >= firstDocument)
  const from = found < 0 ? list.documents.length : found
  const to = from + limit
  return {
    documents: list.documents.slice(from, to),
    counts: list.counts.slice(from, to),
    firstEnds: list.firstEnds.slice(from, to),
    firstLengths: list.firstLengths.slice(from, to),
    isComplete: true,
  }
}
