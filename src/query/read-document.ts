/** What does a document of a shard say, whole or in part? */
import type { Shard } from '#native'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { checkInteger } from './check-arguments.js'
import { characterEnd, characterStart } from './cut-snippet.js'
import type { UnitOffsets } from './index-reader.js'
import type { DocumentPart, ShardDocument, TextExtract } from './shard-values.js'
import { decodeText } from './text-bytes.js'

/** Bytes of a document, moved inwards to character edges. O(bytes). */
export function extractText(
  shard: Shard,
  { document, startOffset, endOffset }: DocumentPart,
  ticket: number,
): TextExtract {
  const textBytes = shard.document(document).bytes
  checkInteger('startOffset', startOffset, 0, textBytes)
  const to = Math.min(endOffset, textBytes)
  if (to - startOffset > limits.extractBytes) {
    throw new OmnigramError('too-large', `${to - startOffset} bytes, the limit is ${limits.extractBytes}.`)
  }
  // One byte more shows whether the last character is complete.
  const bytes = shard.extract(document, startOffset, Math.min(to + 1, textBytes), ticket)
  const start = Math.min(characterEnd(bytes, 0), to - startOffset)
  const end = Math.max(characterStart(bytes, to - startOffset), start)
  return { bytes: bytes.subarray(start, end), startOffset: startOffset + start, endOffset: startOffset + end }
}

/** The whole text. O(bytes). Throws `too-large`. */
export function readDocument(shard: Shard, document: number, ticket: number): ShardDocument {
  const record = shard.document(document)
  if (record.bytes > limits.extractBytes) {
    throw new OmnigramError(
      'too-large',
      `The document has ${record.bytes} bytes, the limit is ${limits.extractBytes}; read it in parts.`,
    )
  }
  return { record, text: decodeText(shard.extract(document, 0, record.bytes, ticket)) }
}

/** Code points and UTF-16 units that start before `offset`. */
export function countUnits(
  shard: Shard,
  { document, offset }: { document: number; offset: number },
  ticket: number,
): UnitOffsets {
  checkInteger('offset', offset, 0, shard.document(document).bytes)
  return shard.countUnits(document, offset, ticket)
}
