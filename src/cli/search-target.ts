/** What do the verbs ask of an index, wherever it is? */
import type { SymbolKind } from '../core/pattern.js'
import type { IndexReader } from '../query/index-reader.js'
import type { TextTrace, TraceTextOptions } from '../query/tracing/trace-text.js'

/** Which shards an answer of a server lacks. */
export interface PartialState {
  readonly shards: number
  readonly missing: readonly { readonly index: string; readonly shard: number; readonly documents: number }[]
}

/** The part of {@link IndexReader} that a folder and a server both offer to the command line. */
export type SearchTarget = TargetMethods & (IndexReader | RemoteMethods)

interface RemoteMethods {
  readonly partial: PartialState | null
  readSymbols(): Promise<SymbolKind>
  traceText(text: string, options: TraceTextOptions): Promise<TextTrace>
}

/** What was missing of the answers so far; null when nothing was. */
export function readPartial(target: SearchTarget): PartialState | null {
  return 'partial' in target ? target.partial : null
}

/** What both answer in one form. */
export type TargetMethods = Pick<
  IndexReader,
  | 'count'
  | 'find'
  | 'documents'
  | 'countDocuments'
  | 'countFacets'
  | 'findDocuments'
  | 'documentInfo'
  | 'document'
  | 'extract'
  | 'findExternalId'
  | 'next'
  | 'encode'
  | 'decodeAlone'
  | 'close'
>

/** What is indexed: a folder says it at once, a server has to be asked. */
export async function readSymbols(target: SearchTarget): Promise<SymbolKind> {
  return 'manifest' in target ? target.manifest.symbols : target.readSymbols()
}
