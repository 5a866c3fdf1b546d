/** What does the corpus say around a match? */
import { sha256 } from '@noble/hashes/sha2'
import { bytesToHex } from '@noble/hashes/utils'
import type { CallOptions, DocumentInfo, IndexReader, Occurrence } from '../query/index-reader.js'
import { countBytes } from '../query/text-bytes.js'
import { findInText } from './find-in-text.js'
import type { Passage } from './report.js'
import type { ViewName } from './views.js'
import { mergeParts, type TextPart } from './windows.js'

/** What is marked in passages: patterns of an item's windows, under the rules of a view. */
export interface PassageMarks {
  readonly view: ViewName
  readonly patterns: readonly string[]
}

/** Bytes of a code point at most. */
const characterBytes = 4

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The snippet of an occurrence as a passage. */
export function passageOf({ document, snippet }: Occurrence, marks: PassageMarks): Passage {
  return describe(document, snippet.text ?? '', snippet.startOffset, marks, snippet)
}

/** The text between two offsets of a document with `contextCharacters` on each side. */
export async function readPassage(
  reader: IndexReader,
  document: DocumentInfo,
  part: { readonly startOffset: number; readonly endOffset: number },
  contextCharacters: number,
  marks: PassageMarks,
  options: CallOptions,
): Promise<Passage> {
  const reach = contextCharacters * characterBytes
  const extract = await reader.extract(
    document.document,
    Math.max(0, part.startOffset - reach),
    part.endOffset + reach,
    options,
  )
  const bytes = extract.bytes ?? new Uint8Array()
  const clamp = (offset: number) => Math.min(Math.max(offset - extract.startOffset, 0), bytes.length)
  // The corpus may have other characters than the item, so that offsets reckoned by its length lie within one.
  let [start, end] = [clamp(part.startOffset), clamp(Math.max(part.startOffset, part.endOffset))]
  while (start > 0 && isContinuation(bytes[start])) start--
  while (end < bytes.length && isContinuation(bytes[end])) end++
  const before = Array.from(decoder.decode(bytes.subarray(0, start))).slice(-contextCharacters)
  const inside = decoder.decode(bytes.subarray(start, end))
  const after = Array.from(decoder.decode(bytes.subarray(end))).slice(0, contextCharacters)
  const text = before.join('') + inside + after.join('')
  const textStart = extract.startOffset + start - countBytes(before.join(''))
  return describe(document, text, textStart, marks, {
    isCutBefore: textStart > 0,
    isCutAfter: textStart + countBytes(text) < document.symbolCount,
  })
}

/** Whether a byte goes on a character of UTF-8. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

function describe(
  document: DocumentInfo,
  text: string,
  startOffset: number,
  { view, patterns }: PassageMarks,
  { isCutBefore, isCutAfter }: { readonly isCutBefore: boolean; readonly isCutAfter: boolean },
): Passage {
  const places = patterns.flatMap((pattern): TextPart[] => findInText(text, pattern, view))
  return {
    document: describeDocument(document),
    text,
    startOffset,
    textSha256: bytesToHex(sha256(text)),
    matches: mergeParts(places).map(({ start, end }) => [start, end]),
    isCutBefore,
    isCutAfter,
  }
}

function describeDocument({
  index,
  document,
  externalId,
  metadata,
  facets,
  symbolCount,
}: DocumentInfo): Passage['document'] {
  return { index, document, externalId, metadata, facets: { ...facets }, textBytes: symbolCount }
}
