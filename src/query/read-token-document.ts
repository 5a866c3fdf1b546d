/** Which tokens has a document of a token shard, and which of them are shown around a match? */
import type { Shard } from '#native'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { checkInteger } from './check-arguments.js'
import type { MatchPlace } from './cut-snippet.js'
import type { Snippet } from './index-reader.js'
import type { DocumentPart, ShardTokenDocument, TokenExtract } from './shard-values.js'
import { tokenBytes, unpackTokens } from './token-bytes.js'

/** Tokens `startOffset..endOffset`, the latter not past the end. O(tokens). Throws `too-large`. */
export function extractTokens(
  shard: Shard,
  { document, startOffset, endOffset }: DocumentPart,
  ticket: number,
): TokenExtract {
  const { bytes: tokenCount } = shard.document(document)
  checkInteger('startOffset', startOffset, 0, tokenCount)
  const end = Math.min(endOffset, tokenCount)
  checkTokenCount(end - startOffset)
  return { tokens: readTokens(shard, document, startOffset, end, ticket), startOffset, endOffset: end }
}

/** All of them. Throws `too-large`. */
export function readTokenDocument(shard: Shard, document: number, ticket: number): ShardTokenDocument {
  const record = shard.document(document)
  checkTokenCount(record.bytes)
  return { record, tokens: readTokens(shard, document, 0, record.bytes, ticket) }
}

/** The match with `context` tokens on each side; what they say is found out later. */
export function cutTokenSnippet(shard: Shard, place: MatchPlace, context: number, ticket: number): Snippet {
  const { document, textBytes: tokenCount, startOffset, endOffset } = place
  const from = Math.max(0, startOffset - context)
  const to = Math.min(tokenCount, endOffset + context)
  return {
    text: null,
    tokens: readTokens(shard, document, from, to, ticket),
    startOffset: from,
    matchStart: 0,
    matchEnd: 0,
    isCutBefore: from > 0,
    isCutAfter: to < tokenCount,
  }
}

function readTokens(shard: Shard, document: number, start: number, end: number, ticket: number): Uint32Array {
  return unpackTokens(shard.extract(document, start, end, ticket))
}

function checkTokenCount(tokenCount: number): void {
  const limit = limits.extractBytes / tokenBytes
  if (tokenCount <= limit) return
  throw new OmnigramError('too-large', `${tokenCount} tokens, the limit is ${limit}; read them in parts.`)
}
