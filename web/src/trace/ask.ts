/** What does the trace page ask the server, and what does it read of the answer? */
import type { Occurrence } from '../search/answers.ts'
import { resourcePath } from '../search/ask.ts'
import { postToServer } from '../server/call-server.ts'

export type RelevanceLevel = 'high' | 'medium' | 'low'

export interface TracedOccurrence extends Occurrence {
  readonly relevance: { readonly score: number; readonly level: RelevanceLevel }
}

export interface TracedSpan {
  readonly count: number
  readonly startUtf16Offset: number
  readonly endUtf16Offset: number
  readonly relevance: RelevanceLevel | null
  readonly documents: readonly TracedOccurrence[]
}

export interface TraceAnswer {
  readonly spans: readonly TracedSpan[]
  /** Share of the text that lies in a span. */
  readonly coverage: number
  /** The text that was traced; tokens may say it in their own way. */
  readonly text: string
  readonly tookMs: number
}

export interface TraceRequest {
  readonly indexes: readonly string[]
  readonly text: string
  readonly prompt: string
}

/** UTF-16 units that the server takes. */
export const maxTextUnits = 20_000

export function traceText({ indexes, text, prompt }: TraceRequest, signal: AbortSignal): Promise<TraceAnswer> {
  return postToServer(resourcePath(indexes, 'trace'), { text, prompt, spans: 'rarest' }, signal)
}
