/** Where does each document of a stream of token ids end, and is it one that can be indexed? */
import type { CorpusDocument } from '../core/document.js'
import { tokenBytes } from './corpus-options.js'
import type { FileContext } from './file-context.js'
import { noId } from './id-values.js'
import { describeTooLarge } from './parse-token-ids.js'
import { type RecordDefect, selectFields } from './select-fields.js'

const empty = new Uint8Array()

/** What ends a document: a certain id, or a number of ids; null: the end of the input. */
export type DocumentBorder = { readonly separator: number } | { readonly length: number } | null

/**
 * Cuts ids into documents. Memory: the ids of one document, at most as many as a shard takes; of a longer one nothing is
 * kept.
 */
export class IdDocuments {
  readonly #file: FileContext
  readonly #border: DocumentBorder
  readonly #vocabulary: number
  #parts: Uint32Array[] = []
  #length = 0
  #defect: RecordDefect | null = null
  #line = 1

  constructor(file: FileContext, border: DocumentBorder, vocabulary: number) {
    this.#file = file
    this.#border = border
    this.#vocabulary = vocabulary
  }

  /** Documents that were begun. */
  get line(): number {
    return this.#line
  }

  /** The documents that end in `ids`, those with a defect left out and reported. */
  push(ids: Uint32Array): CorpusDocument[] {
    const documents: CorpusDocument[] = []
    const border = this.#border
    for (let start = 0; start < ids.length; ) {
      const end = this.#findEnd(ids, start)
      this.#keep(ids.subarray(start, end ?? ids.length))
      if (end === null) break
      documents.push(...this.#finish())
      start = border && 'separator' in border ? end + 1 : end
    }
    return documents
  }

  /** The last document, which the end of the input ends; none where a separator has ended it. */
  end(): CorpusDocument[] {
    return this.#length > 0 || this.#border === null ? this.#finish() : []
  }

  #findEnd(ids: Uint32Array, start: number): number | null {
    const border = this.#border
    if (border === null) return null
    if ('length' in border) {
      const end = start + border.length - this.#length
      return end <= ids.length ? end : null
    }
    const end = ids.indexOf(border.separator, start)
    return end < 0 ? null : end
  }

  #keep(ids: Uint32Array): void {
    const bad = ids.findIndex((id) => id >= this.#vocabulary)
    if (bad >= 0) {
      const shown = ids[bad] === noId ? 'that is negative or has more than 32 bits' : ids[bad]
      this.#defect ??= describeTooLarge(shown, this.#length + bad, this.#vocabulary)
    }
    this.#length += ids.length
    this.#defect ??= this.#file.findLengthDefect(this.#length * tokenBytes)
    if (this.#defect) this.#parts = []
    else if (ids.length > 0) this.#parts.push(ids)
  }

  #finish(): CorpusDocument[] {
    const [line, defect, parts, length] = [this.#line, this.#defect, this.#parts, this.#length]
    this.#line += 1
    this.#parts = []
    this.#length = 0
    this.#defect = null
    const selected = defect ?? selectFields([], this.#file.options)
    if ('kind' in selected) {
      this.#file.skip(line, selected)
      return []
    }
    const tokens = new Uint32Array(length)
    let at = 0
    for (const part of parts) {
      tokens.set(part, at)
      at += part.length
    }
    const { externalId, metadata, facets } = selected
    return [{ text: empty, tokens, externalId, metadata, facets, source: { path: this.#file.path, line } }]
  }
}
