/** How are all occurrences of a pattern written out, page by page? */
import type { IndexReader, Match, PageOptions } from '../../query/index-reader.js'
import type { ReadPage, RowStream } from '../route.js'
import { describeOccurrence } from '../schemas/answer.js'

/** Rows that are in memory at the same time. */
const pageRows = 200

type ExportOptions = Pick<PageOptions, 'by' | 'context' | 'unit'>
type ExportRow = ReturnType<typeof describeOccurrence>

/** Every row of the match, in the order of pages; rows are made when the client has read those before. */
export function exportOccurrences(
  reader: IndexReader,
  match: Match,
  { by, context, unit }: ExportOptions,
  readPage: ReadPage,
): RowStream<ExportRow> {
  async function* makeRows(): AsyncGenerator<ExportRow> {
    let position: number | null = 0
    while (position !== null) {
      const page: PageOptions = { by, context, unit, limit: pageRows, position }
      const { occurrences, nextPosition } = await readPage((signal) => reader.documents(match, { ...page, signal }))
      for (const occurrence of occurrences) yield describeOccurrence(reader, occurrence)
      position = nextPosition
    }
  }
  return {
    fileName: 'occurrences',
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
