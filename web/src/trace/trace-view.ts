/** What is shown of a trace? Stretches of the text that spans cover, and the documents that hold them. */
import type { DocumentInfo } from '../search/answers.ts'
import type { RelevanceLevel, TraceAnswer, TracedOccurrence, TracedSpan } from './ask.ts'

/** Spans that overlap or touch, as one stretch of the text. */
export interface Stretch {
  readonly start: number
  readonly end: number
  /** Places in the answer's list. */
  readonly spans: readonly number[]
  readonly relevance: RelevanceLevel | null
}

export interface FoundPlace {
  /** Place of the span in the answer's list. */
  readonly span: number
  readonly occurrence: TracedOccurrence
}

/** A document, with every place that was found of it. */
export interface FoundDocument {
  readonly key: string
  readonly document: DocumentInfo
  readonly relevance: TracedOccurrence['relevance']
  readonly places: readonly FoundPlace[]
}

const levels: readonly RelevanceLevel[] = ['high', 'medium', 'low']

export function findStretches({ spans }: Pick<TraceAnswer, 'spans'>): Stretch[] {
  const stretches: Stretch[] = []
  for (const [at, { startUtf16Offset: start, endUtf16Offset: end, relevance }] of spans.entries()) {
    const last = stretches.at(-1)
    if (last === undefined || start > last.end) stretches.push({ start, end, spans: [at], relevance })
    else {
      const best = levels.find((level) => level === last.relevance || level === relevance) ?? null
      stretches[stretches.length - 1] = {
        start: last.start,
        end: Math.max(last.end, end),
        spans: [...last.spans, at],
        relevance: best,
      }
    }
  }
  return stretches
}

/** The most relevant first. */
export function listDocuments({ spans }: { readonly spans: readonly TracedSpan[] }): FoundDocument[] {
  const found = new Map<
    string,
    { document: DocumentInfo; relevance: TracedOccurrence['relevance']; places: FoundPlace[] }
  >()
  for (const [span, { documents }] of spans.entries()) {
    for (const occurrence of documents) {
      const { document, relevance } = occurrence
      const key = `${document.index} ${document.document}`
      const known = found.get(key)
      if (known) known.places.push({ span, occurrence })
      else found.set(key, { document, relevance, places: [{ span, occurrence }] })
    }
  }
  return [...found].map(([key, rest]) => ({ key, ...rest })).sort((a, b) => b.relevance.score - a.relevance.score)
}
