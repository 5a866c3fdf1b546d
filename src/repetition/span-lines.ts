/**
 * How do removable spans travel? One line of JSON a document that has any, in the order of the documents:
 * `{"document":3,"externalId":"a","length":812,"spans":[[10,130],[400,500]]}`. Offsets and the length of the document are in
 * symbols: bytes of UTF-8, or tokens.
 */
import { OmnigramError } from '../core/errors.js'
import type { SpanBatch } from '../query/repetition-scan.js'

/** What is to be left out of a document. */
export interface DocumentSpans {
  /** Number in the index: the order in which its build read the documents. */
  readonly document: number
  readonly externalId: string | null
  /** Symbols of the document; null where the file does not say. */
  readonly length: number | null
  /** Half-open, ascending and apart. */
  readonly spans: readonly (readonly [number, number])[]
}

export function* formatSpanLines(batch: SpanBatch): Generator<{ readonly line: string; readonly removed: number }> {
  const { documents, documentSymbols, externalIds, spanEnds, spans: pairs } = batch
  for (const [at, document] of documents.entries()) {
    const spans: [number, number][] = []
    let removed = 0
    for (let span = at === 0 ? 0 : spanEnds[at - 1]; span < spanEnds[at]; span++) {
      const [start, end] = [pairs[2 * span], pairs[2 * span + 1]]
      spans.push([start, end])
      removed += end - start
    }
    const entry: DocumentSpans = { document, externalId: externalIds[at], length: documentSymbols[at], spans }
    yield { line: JSON.stringify(entry), removed }
  }
}

/** Throws `bad-input` naming the line. */
export function parseSpanLine(line: string, place: string): DocumentSpans {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (thrown) {
    throw new OmnigramError('bad-input', `${place} is not JSON.`, { cause: thrown })
  }
  const entry = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof DocumentSpans, unknown>
  >
  const { document, externalId = null, length = null, spans } = entry
  const isKnown =
    isOffset(document) &&
    (externalId === null || typeof externalId === 'string') &&
    (length === null || isOffset(length)) &&
    areSpans(spans)
  if (!isKnown) throw new OmnigramError('bad-input', `${place} is not a document with its spans.`)
  return { document, externalId, length, spans }
}

function areSpans(value: unknown): value is [number, number][] {
  let last = 0
  return (
    Array.isArray(value) &&
    value.every((span) => {
      const isNext =
        Array.isArray(span) && span.length === 2 && span.every(isOffset) && last <= span[0] && span[0] < span[1]
      last = isNext ? span[1] : last
      return isNext
    })
  )
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
