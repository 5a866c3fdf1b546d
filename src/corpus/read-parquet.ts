/** Which documents does a Parquet file hold? */
import type { CorpusDocument } from '../core/document.js'
import type { DocumentBatch, FileContext } from './file-context.js'
import type { OpenFile } from './open-file.js'
import { ParquetDecoder } from './parquet-decoder.js'
import type { ParquetBatch, ParquetRow } from './parquet-rows.js'
import type { RecordDefect } from './select-fields.js'
import { selectFields } from './select-fields.js'

/** How slow decoding may be before the file counts as damaged: a start, and 1 MB/s, a fiftieth of what is usual. */
const startMs = 10_000
const bytesPerMs = 1_000

/** Reads one document a row; the other columns are its fields, as JSON. Memory here: a batch. */
export async function* readParquet(
  opened: OpenFile,
  file: FileContext,
  patienceMs = startMs + opened.sizeBytes / bytesPerMs,
): AsyncGenerator<DocumentBatch> {
  const { textField, idField, metaFields, facetFields, signal } = file.options
  const wantedFields =
    metaFields === null ? null : [...metaFields, ...facetFields, ...(idField === null ? [] : [idField])]
  const decoder = new ParquetDecoder(opened.handle.fd, { textField, wantedFields }, patienceMs, signal)
  let countedBytes = 0
  try {
    for (;;) {
      const { batch, readBytes } = await decoder.next()
      // The end of the file is read for its footer, and again for its columns: it counts once.
      const newBytes = Math.min(readBytes, opened.sizeBytes - countedBytes)
      countedBytes += newBytes
      file.report.inputBytes += newBytes
      if (batch === null) return
      yield readBatch(batch, file)
    }
  } finally {
    decoder.close()
  }
}

function readBatch({ firstLine, columns, rows }: ParquetBatch, file: FileContext): DocumentBatch {
  const documents: CorpusDocument[] = []
  for (const [row, decoded] of rows.entries()) {
    const read = 'kind' in decoded ? decoded : readRow(decoded, firstLine + row, columns, file)
    if (read === null) continue
    if ('kind' in read) file.skip(firstLine + row, read)
    else documents.push(read)
  }
  return documents
}

function readRow(
  { text, replacedCount, values }: ParquetRow,
  line: number,
  columns: readonly string[],
  file: FileContext,
): CorpusDocument | RecordDefect | null {
  const lengthDefect = file.findLengthDefect(text.length)
  if (lengthDefect) return lengthDefect
  const fields = columns.map((name, i) => ({ name, rawName: JSON.stringify(name), rawValue: values[i] }))
  const selected = selectFields(fields, file.options)
  if ('kind' in selected) return selected
  if (!file.allowReplacements(line, replacedCount + selected.replacedCount)) return null
  const { externalId, metadata, facets } = selected
  return { text, externalId, metadata, facets, source: { path: file.path, line } }
}
