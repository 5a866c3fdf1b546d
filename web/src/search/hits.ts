/** What is in the list of results? Places of a pattern, or documents as a whole. */
import { formatBytes, formatCount } from '../components/format.ts'
import type { DocumentInfo, Occurrence, PageAnswer } from './answers.ts'
import type { OpenPlace } from './query.ts'

export interface Hit {
  readonly document: DocumentInfo
  /** Null where documents were searched by several patterns. */
  readonly occurrence: Occurrence | null
}

export function listHits({ occurrences = [], documents = [] }: PageAnswer): Hit[] {
  return [
    ...occurrences.map((occurrence) => ({ document: occurrence.document, occurrence })),
    ...documents.map((document) => ({ document, occurrence: null })),
  ]
}

/** Where a hit leads. */
export function placeOf({ document: { index, document }, occurrence }: Hit): OpenPlace {
  const { startOffset, endOffset } = occurrence ?? { startOffset: 0, endOffset: 0 }
  return { index, document, startOffset, endOffset }
}

/** The text before, in and after the match; token ids where nothing tells what they say. */
export function cutSnippet({ startOffset, endOffset, snippet }: Occurrence): readonly [string, string, string] {
  const { text, ids = [], matchStart, matchEnd } = snippet
  if (text !== null) return [text.slice(0, matchStart), text.slice(matchStart, matchEnd), text.slice(matchEnd)]
  const [start, end] = [startOffset - snippet.startOffset, endOffset - snippet.startOffset]
  const [before, match, after] = [ids.slice(0, start), ids.slice(start, end), ids.slice(end)]
  return [`${before.join(' ')} `, match.join(' '), ` ${after.join(' ')}`]
}

/** What offsets and sizes of a document count. */
export function unitOf({ textBytes }: DocumentInfo): 'byte' | 'token' {
  return textBytes === null ? 'token' : 'byte'
}

export function describeSize({ textBytes, symbolCount }: DocumentInfo): string {
  return textBytes === null ? `${formatCount(symbolCount)} tokens` : formatBytes(textBytes)
}

/** Fields of the metadata as text; what is not a string as its JSON. */
export function listMetadata(metadata: string | null): readonly (readonly [string, string])[] {
  if (metadata === null) return []
  const fields = JSON.parse(metadata, keepDigits) as Record<string, unknown>
  return Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
}

/** Numbers that JavaScript cannot hold stay as they were written, where the browser tells how that was. */
function keepDigits(_name: string, value: unknown, ...[context]: { source?: string }[]): unknown {
  const source = typeof value === 'number' ? context?.source : undefined
  return source !== undefined && String(value) !== source ? source : value
}

function findField(document: DocumentInfo, names: readonly string[]): string | null {
  const fields = new Map(listMetadata(document.metadata))
  return names.map((name) => fields.get(name)).find((value) => value !== undefined && value !== '') ?? null
}

/** The words by which a person knows the document: its id, or a telling field of its metadata. */
export function nameDocument(document: DocumentInfo): string {
  const name = document.externalId ?? findField(document, ['title', 'url', 'path', 'source', 'id'])
  return name ?? `document ${document.document}`
}

/** When the document was written or fetched, as its metadata say it. */
export function dateDocument(document: DocumentInfo): string | null {
  return findField(document, ['date', 'created', 'published', 'timestamp', 'year'])?.slice(0, 30) ?? null
}
