/** How do a million rows leave the server in little memory? As fast as the client reads them, and no faster. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import compression from 'compression'
import type { Request, Response } from 'express'
import { OmnigramError, toOmnigramError } from '../../core/errors.js'
import type { RowStream } from '../route.js'
import { formatCsvLine } from './csv.js'
import { mediaTypes } from './media-type.js'
import { toProblem } from './problem.js'

const compress = compression({ threshold: 0 })

/** Rows are gathered to pieces of about this size before they are written. */
const pieceUnits = 32 * 1024

/** A client that reads nothing for so long is let go. */
const stallMs = 60_000

/**
 * Streams the rows. What goes wrong on the way is told in a last line `{"problem": …}` (NDJSON), and in both formats
 * the connection is cut, so that no client takes a part for the whole.
 */
export async function sendRows(
  request: Request,
  response: Response,
  format: 'ndjson' | 'csv',
  stream: RowStream,
  requestId: string,
): Promise<void> {
  response.setHeader(
    'Content-Type',
    format === 'csv' ? `${mediaTypes.csv}; charset=utf-8; header=present` : mediaTypes.ndjson,
  )
  response.setHeader('Vary', 'Accept, Accept-Encoding')
  response.setHeader('Cache-Control', 'no-store')
  if (format === 'csv') response.setHeader('Content-Disposition', `attachment; filename="${stream.fileName}.csv"`)
  response.setTimeout(stallMs, () => response.destroy())
  await new Promise<void>((resolve) => compress(request, response, () => resolve()))
  const failure: { error: OmnigramError | null } = { error: null }
  const pieces = Readable.from(makePieces(format, stream, requestId, failure), { objectMode: false })
  await pipeline(pieces, response, { end: false }).catch((error: unknown) => {
    if (!response.destroyed) throw error
    throw new OmnigramError('cancelled', 'The client stopped reading.', { cause: error })
  })
  if (!failure.error) response.end()
  // What was written still goes out; the last chunk, which says that all is there, does not.
  else response.socket?.destroySoon()
}

async function* makePieces(
  format: 'ndjson' | 'csv',
  stream: RowStream,
  requestId: string,
  failure: { error: OmnigramError | null },
): AsyncGenerator<string> {
  let piece = format === 'csv' ? formatCsvLine(stream.columns) : ''
  try {
    for await (const row of stream.rows) {
      piece += format === 'csv' ? formatCsvLine(stream.toCells(row)) : `${JSON.stringify(row)}\n`
      if (piece.length < pieceUnits) continue
      yield piece
      piece = ''
    }
  } catch (thrown) {
    failure.error = toOmnigramError(thrown)
    if (format === 'ndjson') piece += `${JSON.stringify({ problem: toProblem(failure.error, requestId) })}\n`
  }
  if (piece !== '') yield piece
}
