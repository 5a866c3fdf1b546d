/** How are all occurrences of a pattern written out, page by page? */
import type { Match } from '../../query/index-reader.js'
import type { RouteContext, RowStream } from '../route.js'
import { describeOccurrence } from '../schemas/answer.js'
import type { DocumentsRequest } from './documents.js'

/** Rows that are in memory at the same time. */
const pageRows = 200

type ExportRow = ReturnType<typeof describeOccurrence>

/** Every row of the match, in the order of pages; rows are made when the client has read those before. */
export function exportOccurrences(
  { request, reader, startPage }: RouteContext<{ names: string }, DocumentsRequest>,
  match: Match,
): RowStream<ExportRow> {
  async function* makeRows(): AsyncGenerator<ExportRow> {
    const { by, context, unit } = request
    let position: number | null = 0
    while (position !== null) {
      const page = await reader.documents(match, { by, context, unit, limit: pageRows, position, signal: startPage() })
      for (const occurrence of page.occurrences) yield describeOccurrence(reader, occurrence)
      position = page.nextPosition
    }
  }
  return {
    columns: [
      'index',
      'document',
      'externalId',
      'startOffset',
      'endOffset',
      'countInDocument',
      'snippetStartOffset',
      'snippet',
      'metadata',
    ],
    rows: makeRows(),
    toCells: ({ document, startOffset, endOffset, countInDocument, snippet }) => [
      document.index,
      document.document,
      document.externalId,
      startOffset,
      endOffset,
      countInDocument,
      snippet.startOffset,
      snippet.text,
      document.metadata,
    ],
  }
}
