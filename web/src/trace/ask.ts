/** What does the trace page ask the server, and what does it read of the answer? */
import type { Occurrence } from '../search/answers.ts'
import { resourcePath } from '../search/ask.ts'
import { type MissingShards, readBounds } from '../search/partial-answer.ts'
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
  /** Share of the text that lies in a span; absent where shards are missing. */
  readonly coverage?: number
  /** The text that was traced; tokens may say it in their own way. */
  readonly text: string
  readonly tookMs: number
  /** Of an answer that lacks shards: its counts are lower bounds, and its spans may be longer in those. */
  readonly partial?: MissingShards
}

export interface TraceRequest {
  readonly indexes: readonly string[]
  readonly text: string
  readonly prompt: string
  /** Shards may be missing. */
  readonly partial: boolean
}

/** UTF-16 units that the server takes. */
export const maxTextUnits = 20_000

export async function traceText(
  { indexes, text, prompt, partial }: TraceRequest,
  signal: AbortSignal,
): Promise<TraceAnswer> {
  const request = { text, prompt, spans: 'rarest', ...(partial && { partial: 'allow' }) }
  return readBounds(await postToServer<TraceAnswer>(resourcePath(indexes, 'trace'), request, signal))
}
