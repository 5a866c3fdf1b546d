/** What of a document does the reader show, and where in it is the match? */
import type { TextSpan } from '../components/text-spans.ts'
import type { DocumentAnswer, DocumentInfo } from './answers.ts'
import { readDocument } from './ask.ts'
import { findMatches } from './find-matches.ts'
import type { OpenPlace, Query } from './query.ts'
import { locateMatch, toTextSpan } from './text-parts.ts'

/** A document that is opened as a whole is searched for its first match up to here. */
const searchedBytes = 4_000_000

export interface DocumentPart {
  readonly document: DocumentInfo
  readonly text: string
  /** In bytes, or tokens, of the document. */
  readonly startOffset: number
  readonly endOffset: number
  /** The match that was opened; null for a document as a whole. */
  readonly match: TextSpan | null
}

/** The text around the match, `reach` bytes or tokens on each side; of a document as a whole, around its first match. */
export async function readPart(
  query: Query,
  place: OpenPlace,
  reach: number,
  signal: AbortSignal,
): Promise<DocumentPart> {
  const read = (start: number, end: number) =>
    readDocument(place.index, place.document, Math.max(0, start), Math.max(0, end), signal)
  const { startOffset, endOffset } = place
  const around = await read(startOffset - reach, (endOffset > 0 ? endOffset : reach) + reach)
  if (around.ids !== undefined) return joinTokens(around, place, read)
  if (endOffset > 0) return describeText(around, place)
  const { text } = await read(0, searchedBytes)
  const first = locateMatch(text ?? '', findMatches(text ?? '', query))
  return describeText(await read(first.startOffset - reach, first.endOffset + reach), place)
}

function describeText({ document, text, startOffset, endOffset }: DocumentAnswer, place: OpenPlace): DocumentPart {
  const shown = text ?? ''
  const match = toTextSpan(shown, startOffset, place.startOffset, place.endOffset)
  return { document, text: shown, startOffset, endOffset, match }
}

/** Tokens tell no offsets in their text, so what stands before, in and after the match is asked for apart. */
async function joinTokens(
  { document, ids = [], text, startOffset, endOffset }: DocumentAnswer,
  place: OpenPlace,
  read: (start: number, end: number) => Promise<DocumentAnswer>,
): Promise<DocumentPart> {
  if (place.endOffset === 0) return { document, text: text ?? ids.join(' '), startOffset, endOffset, match: null }
  const [start, end] = [place.startOffset - startOffset, place.endOffset - startOffset]
  const parts =
    text === null
      ? [`${ids.slice(0, start).join(' ')} `, ids.slice(start, end).join(' '), ` ${ids.slice(end).join(' ')}`]
      : await Promise.all([
          read(startOffset, place.startOffset),
          read(place.startOffset, place.endOffset),
          read(place.endOffset, endOffset),
        ]).then((answers) => answers.map((answer) => answer.text ?? ''))
  const [before, match] = parts
  const span = { start: before.length, end: before.length + match.length }
  return { document, text: parts.join(''), startOffset, endOffset, match: span }
}
