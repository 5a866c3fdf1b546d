/** What does a match look like in its text? By the list of character edges, with no arithmetic on bytes. */
import type { Snippet, SnippetOptions } from '../index-reader.js'
import { characterEdges, type Place } from './naive-text.js'

export function cutSnippet(text: Buffer, place: Place, { context, unit }: SnippetOptions): Snippet {
  const edges = characterEdges(text)
  // A match of whole characters lies between edges already; of a piece of one, the whole character is shown.
  const matchStart = Math.max(...edges.filter((edge) => edge <= place.startOffset))
  const matchEnd = Math.min(...edges.filter((edge) => edge >= place.endOffset))
  const before = edges.filter((edge) => edge < matchStart)
  const after = edges.filter((edge) => edge > matchEnd)
  const start =
    (unit === 'character'
      ? before.slice(Math.max(0, before.length - context))
      : before.filter((edge) => edge >= place.startOffset - context))[0] ?? matchStart
  const end =
    (unit === 'character' ? after.slice(0, context) : after.filter((edge) => edge <= place.endOffset + context)).at(
      -1,
    ) ?? matchEnd
  return {
    text: text.subarray(start, end).toString(),
    startOffset: start,
    matchStart: text.subarray(start, matchStart).toString().length,
    matchEnd: text.subarray(start, matchEnd).toString().length,
    isCutBefore: start > 0,
    isCutAfter: end < text.length,
  }
}
