/** How do the documents of one shard get to the native core, bytes or tokens, and what is known of them when they are all there? */
import type { SpoolWriter, TokenSpoolWriter } from '#native'
import type { CorpusDocument } from '../core/document.js'
import type { SymbolKind } from '../core/pattern.js'
import type { NativeBuilder } from './build-seams.js'
import { sizeOfDocument } from './document-size.js'
import { packBatch, packTokenBatch } from './pack-batch.js'
import { TokenHistogram } from './token-histogram.js'

/** The documents of a shard, on the disk and summed up. */
export interface SealedSpool {
  readonly documents: number
  /** Text bytes; of a token index those of the text that was tokenised. */
  readonly textBytes: number
  /** In the bytes that `shardBytes` counts. */
  readonly sizeBytes: number
  /** The same documents give the same digest. */
  readonly digest: string
  /** How often each symbol occurs. */
  readonly symbols:
    | { readonly kind: 'bytes'; readonly byteCounts: readonly number[] }
    | { readonly kind: 'tokens'; readonly tokenCounts: TokenHistogram }
}

export interface ShardSpool {
  readonly documents: number
  readonly sizeBytes: number
  append(documents: readonly CorpusDocument[]): void
  /** Nothing more can be appended. */
  seal(): SealedSpool
}

/** With `path` null nothing is written: the documents are only summed up. */
export function openSpool(
  kind: SymbolKind,
  path: string | null,
  facetFields: string[],
  native: Pick<NativeBuilder, 'SpoolWriter' | 'TokenSpoolWriter'>,
): ShardSpool {
  return kind === 'bytes'
    ? new TextSpool(new native.SpoolWriter(path, facetFields))
    : new TokenSpool(new native.TokenSpoolWriter(path, facetFields))
}

class TextSpool implements ShardSpool {
  documents = 0
  sizeBytes = 0

  constructor(readonly writer: SpoolWriter) {}

  append(documents: readonly CorpusDocument[]): void {
    this.writer.append(packBatch(documents))
    this.documents += documents.length
    for (const document of documents) this.sizeBytes += sizeOfDocument(document)
  }

  seal(): SealedSpool {
    const { documents, textBytes, digest, byteCounts } = this.writer.seal()
    return { documents, textBytes, sizeBytes: textBytes, digest, symbols: { kind: 'bytes', byteCounts } }
  }
}

class TokenSpool implements ShardSpool {
  documents = 0
  sizeBytes = 0
  #textBytes = 0
  readonly #tokenCounts = new TokenHistogram()

  constructor(readonly writer: TokenSpoolWriter) {}

  append(documents: readonly CorpusDocument[]): void {
    const batch = packTokenBatch(documents)
    this.writer.append(batch)
    this.#tokenCounts.add(batch.tokens)
    this.documents += documents.length
    for (const document of documents) {
      this.sizeBytes += sizeOfDocument(document)
      this.#textBytes += document.text.length
    }
  }

  seal(): SealedSpool {
    const { documents, digest } = this.writer.seal()
    const symbols = { kind: 'tokens', tokenCounts: this.#tokenCounts } as const
    return { documents, textBytes: this.#textBytes, sizeBytes: this.sizeBytes, digest, symbols }
  }
}
