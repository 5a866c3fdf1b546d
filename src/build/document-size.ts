/** How large is a document, in the bytes that `shardBytes` counts? */
import type { CorpusDocument } from '../core/document.js'
import type { ShardEntry } from '../core/manifest.js'
import { tokenBytes } from '../corpus/corpus-options.js'

/** Its text, or 4 bytes a token where tokens are indexed. */
export function sizeOfDocument({ text, tokens }: Pick<CorpusDocument, 'text' | 'tokens'>): number {
  return tokens ? tokens.length * tokenBytes : text.length
}

/** What was read for a shard: its text, or its ids where those came ready. */
export function readBytesOf({ textBytes, symbolCount = 0 }: Pick<ShardEntry, 'textBytes' | 'symbolCount'>): number {
  return textBytes === 0 ? symbolCount * tokenBytes : textBytes
}
