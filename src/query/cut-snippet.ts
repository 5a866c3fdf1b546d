/** What does a match look like in its document, cut so that no character is broken? */
import type { Shard } from '#native'
import type { Snippet } from './index-reader.js'
import { decodeText } from './text-bytes.js'

/** A match in a document of a shard. */
export interface MatchPlace {
  readonly document: number
  /** Length of the document, in symbols. */
  readonly textBytes: number
  readonly startOffset: number
  readonly endOffset: number
}

/** Part of a document around a match; offsets are relative to it. */
interface Surroundings {
  readonly bytes: Uint8Array
  /** Byte offset of `bytes` in the document. */
  readonly from: number
  readonly isWhole: boolean
}

/** Offsets of a snippet in its surroundings. */
interface Cut {
  readonly start: number
  readonly matchStart: number
  readonly matchEnd: number
  readonly end: number
}

/** UTF-8 characters have at most this many bytes. */
const maxCharacterBytes = 4

/** Reads the match with `context` bytes or characters on each side. O(match + context). */
export function cutSnippet(
  shard: Pick<Shard, 'extract'>,
  place: MatchPlace,
  { context, unit }: { readonly context: number; readonly unit: 'byte' | 'character' },
  ticket: number,
): Snippet {
  // Most characters are short: little is read at first, and all that could be needed only where they were not.
  const firstReach = unit === 'byte' ? context : Math.ceil(context * 1.25)
  let around = readAround(shard, place, firstReach + maxCharacterBytes, ticket)
  let cut = unit === 'byte' ? cutByBytes(around, place, context) : cutByCharacters(around, place, context)
  if (unit === 'character' && !around.isWhole && reachesEdge(cut, around)) {
    around = readAround(shard, place, (context + 1) * maxCharacterBytes, ticket)
    cut = cutByCharacters(around, place, context)
  }
  return describe(around, cut, place.textBytes)
}

function readAround(shard: Pick<Shard, 'extract'>, place: MatchPlace, reach: number, ticket: number): Surroundings {
  const from = Math.max(0, place.startOffset - reach)
  const to = Math.min(place.textBytes, place.endOffset + reach)
  const bytes = shard.extract(place.document, from, to, ticket)
  return { bytes, from, isWhole: from === 0 && to === place.textBytes }
}

/** A match that is a piece of a character shows the whole of it. */
function wholeMatch({ bytes, from }: Surroundings, { startOffset, endOffset }: MatchPlace) {
  return { matchStart: characterStart(bytes, startOffset - from), matchEnd: characterEnd(bytes, endOffset - from) }
}

function cutByBytes(around: Surroundings, place: MatchPlace, context: number): Cut {
  const { bytes, from } = around
  const { matchStart, matchEnd } = wholeMatch(around, place)
  const first = characterEnd(bytes, Math.max(0, place.startOffset - from - context))
  const last = characterStart(bytes, Math.min(bytes.length, place.endOffset - from + context))
  return { start: Math.min(first, matchStart), matchStart, matchEnd, end: Math.max(last, matchEnd) }
}

function cutByCharacters(around: Surroundings, place: MatchPlace, context: number): Cut {
  const { matchStart, matchEnd } = wholeMatch(around, place)
  let [start, end] = [matchStart, matchEnd]
  for (let left = context; left > 0 && start > 0; left--) start = characterStart(around.bytes, start - 1)
  for (let left = context; left > 0 && end < around.bytes.length; left--) end = characterEnd(around.bytes, end + 1)
  return { start, matchStart, matchEnd, end }
}

function reachesEdge({ start, end }: Cut, { bytes }: Surroundings): boolean {
  return start < maxCharacterBytes || end > bytes.length - maxCharacterBytes
}

function describe({ bytes, from }: Surroundings, cut: Cut, textBytes: number): Snippet {
  const before = decodeText(bytes.subarray(cut.start, cut.matchStart))
  const match = decodeText(bytes.subarray(cut.matchStart, cut.matchEnd))
  return {
    text: before + match + decodeText(bytes.subarray(cut.matchEnd, cut.end)),
    startOffset: from + cut.start,
    matchStart: before.length,
    matchEnd: before.length + match.length,
    isCutBefore: from + cut.start > 0,
    isCutAfter: from + cut.end < textBytes,
  }
}

/** The nearest edge between characters at or before `at`; offset 0 counts as one. */
export function characterStart(bytes: Uint8Array, at: number): number {
  while (at > 0 && isContinuation(bytes[at])) at--
  return at
}

/** The nearest edge between characters at or after `at`; the end counts as one. */
export function characterEnd(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && isContinuation(bytes[at])) at++
  return at
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
