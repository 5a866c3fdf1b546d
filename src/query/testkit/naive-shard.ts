/** What does one shard answer, found by scanning its documents? */
import type { Matching } from '../../core/pattern.js'
import { findPlaces } from './naive-text.js'

/** What a test says of a document; the rest is empty. */
export interface NaiveDocument {
  readonly text: string | Uint8Array
  readonly externalId?: string | null
  readonly metadata?: string | null
  readonly facets?: readonly (string | null)[]
}

export interface NaiveOccurrence {
  readonly document: number
  readonly startOffset: number
  readonly endOffset: number
}

interface Row {
  readonly document: number
  readonly endOffset: number
}

export class NaiveShard {
  readonly texts: readonly Buffer[]
  /** Of the documents that are not hidden. */
  readonly textBytes: number
  readonly #reversed: readonly Buffer[]
  /** The prefixes of all documents, sorted as they read from right to left; made on first use. */
  #rows: Row[] | null = null
  #rowNumbers: number[][] = []

  constructor(
    readonly documents: readonly NaiveDocument[],
    /** Numbers of those that were taken down. */
    readonly hidden: ReadonlySet<number> = new Set(),
  ) {
    this.texts = documents.map(({ text }) => Buffer.from(text))
    this.textBytes = this.texts.reduce((sum, text, document) => sum + (hidden.has(document) ? 0 : text.length), 0)
    this.#reversed = this.texts.map((text) => Buffer.from(text).reverse())
  }

  /** Text bytes + one separator a document. */
  get rowCount(): number {
    return this.textBytes + this.documents.length - this.hidden.size
  }

  find(pattern: Uint8Array, matching?: Matching): NaiveOccurrence[] {
    return this.texts.flatMap((text, document) =>
      this.hidden.has(document) ? [] : findPlaces(text, pattern, matching).map((place) => ({ document, ...place })),
    )
  }

  rowOf(occurrence: NaiveOccurrence): number {
    this.#sort()
    return this.#rowNumbers[occurrence.document][occurrence.endOffset]
  }

  occurrenceAt(row: number, length: number): NaiveOccurrence {
    const { document, endOffset } = this.#sort()[row]
    return { document, startOffset: endOffset - length, endOffset }
  }

  #sort(): Row[] {
    if (this.#rows) return this.#rows
    const rows = this.texts.flatMap((text, document) =>
      this.hidden.has(document)
        ? []
        : Array.from({ length: text.length + 1 }, (_, endOffset) => ({ document, endOffset })),
    )
    const tail = ({ document, endOffset }: Row) =>
      this.#reversed[document].subarray(this.#reversed[document].length - endOffset)
    rows.sort((a, b) => Buffer.compare(tail(a), tail(b)) || a.document - b.document)
    this.#rowNumbers = this.texts.map(() => [])
    rows.forEach(({ document, endOffset }, row) => {
      this.#rowNumbers[document][endOffset] = row
    })
    this.#rows = rows
    return rows
  }
}
