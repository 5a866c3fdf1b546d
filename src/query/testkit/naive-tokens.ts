/** What should an index of tokens answer? Found by scanning the documents: the oracle of its tests. */

export interface TokenDocument {
  readonly tokens: readonly number[]
  readonly externalId?: string
  readonly source?: string
}

export interface TokenPlace {
  readonly document: number
  readonly startOffset: number
}

/** An id, or null for the end of a document, and how often it follows. */
export type NextCount = readonly [id: number | null, count: number]

export class NaiveTokens {
  constructor(readonly documents: readonly TokenDocument[]) {}

  get symbolCount(): number {
    return this.documents.reduce((sum, { tokens }) => sum + tokens.length, 0)
  }

  /** Overlapping ones too; the empty pattern stands before each token and at each end. */
  find(pattern: readonly number[]): TokenPlace[] {
    return this.documents.flatMap(({ tokens }, document) =>
      Array.from({ length: tokens.length + 1 }, (_, startOffset) => ({ document, startOffset })).filter(
        ({ startOffset }) =>
          startOffset + pattern.length <= tokens.length && pattern.every((id, at) => tokens[startOffset + at] === id),
      ),
    )
  }

  count(pattern: readonly number[]): number {
    return pattern.length === 0 ? this.symbolCount : this.find(pattern).length
  }

  /** Most frequent first, then by id, the end of a document last among equals. */
  next(pattern: readonly number[]): NextCount[] {
    const counts = new Map<number | null, number>()
    for (const { document, startOffset } of this.find(pattern)) {
      const id = this.documents[document].tokens[startOffset + pattern.length] ?? null
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    const rank = (id: number | null) => id ?? Number.POSITIVE_INFINITY
    return [...counts].sort(([a, countA], [b, countB]) => countB - countA || rank(a) - rank(b))
  }

  documentsWith(pattern: readonly number[]): Set<number> {
    return new Set(this.find(pattern).map(({ document }) => document))
  }

  /** Longest stretches of `text` that occur and are part of no longer one. */
  trace(text: readonly number[]): { startOffset: number; endOffset: number; count: number }[] {
    const spans: { startOffset: number; endOffset: number; count: number }[] = []
    for (let startOffset = 0; startOffset < text.length; startOffset++) {
      let endOffset = startOffset
      while (endOffset < text.length && this.count(text.slice(startOffset, endOffset + 1)) > 0) endOffset++
      if (endOffset === startOffset || endOffset <= (spans.at(-1)?.endOffset ?? 0)) continue
      spans.push({ startOffset, endOffset, count: this.count(text.slice(startOffset, endOffset)) })
    }
    return spans
  }
}
