/** Which part of each text is the longest that stands in the corpus, byte for byte? */
import type { IndexReader, Span } from '../query/index-reader.js'
import { decodeText } from '../query/text-bytes.js'
import { askPatiently, mapInParallel } from './ask-patiently.js'
import { countBatches } from './count-batches.js'
import type { ReportItem } from './report.js'
import { countCharacters } from './windows.js'

type LongestMatch = NonNullable<ReportItem['longestMatch']>

/** Matches below this say nothing: two or three words. */
const minBytes = 16

const encoder = new TextEncoder()

/** Text traced in one call, so that all workers have some and a cancelled check ends soon. */
const traceBytes = 32 * 1024
const callsAtOnce = 4

/** A text among those that are traced together. */
interface TracedText {
  readonly source: string
  readonly at: number
  readonly startOffset: number
  readonly endOffset: number
}

interface TracedGroup {
  readonly bytes: Uint8Array
  readonly texts: readonly TracedText[]
}

/**
 * The first of the longest matches of each text; null where none has {@link minBytes}. O(bytes of the texts) searches,
 * which are short where nothing is copied: see `IndexReader.trace`.
 */
export async function findLongestMatches(
  reader: IndexReader,
  sources: readonly string[],
  signal?: AbortSignal,
): Promise<(LongestMatch | null)[]> {
  const longest: (LongestMatch | null)[] = sources.map(() => null)
  await mapInParallel(groupTexts(sources), callsAtOnce, async ({ bytes, texts }) => {
    const spans = await askPatiently(signal, () => reader.trace(bytes, { minBytes, signal }))
    const matches = texts.flatMap((text) => {
      const match = longestIn(text, spans)
      return match === null
        ? []
        : [{ text, match, pattern: decodeText(bytes.subarray(match.startOffset, match.endOffset)) }]
    })
    const counts = await countBatches(
      reader,
      matches.map(({ pattern }) => pattern),
      undefined,
      signal,
    )
    matches.forEach(({ text, match, pattern }, number) => {
      const start = decodeText(bytes.subarray(text.startOffset, match.startOffset)).length
      const characters = countCharacters(pattern)
      longest[text.at] = {
        start,
        end: start + pattern.length,
        characters,
        share: characters / countCharacters(text.source),
        count: counts[number] ?? 0,
      }
    })
  })
  return longest
}

/** Texts one after the other. A span that goes over the border of two is cut there: what is left is still maximal in its text. */
function groupTexts(sources: readonly string[]): TracedGroup[] {
  const groups: TracedGroup[] = []
  let pieces: Uint8Array[] = []
  let texts: TracedText[] = []
  let offset = 0
  const close = () => {
    if (texts.length > 0) groups.push({ bytes: joinBytes(pieces, offset), texts })
    pieces = []
    texts = []
    offset = 0
  }
  sources.forEach((source, at) => {
    const piece = encoder.encode(source)
    if (piece.length < minBytes) return
    texts.push({ source, at, startOffset: offset, endOffset: offset + piece.length })
    pieces.push(piece)
    offset += piece.length
    if (offset >= traceBytes) close()
  })
  close()
  return groups
}

function joinBytes(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

function longestIn({ startOffset, endOffset }: TracedText, spans: readonly Span[]) {
  let longest: { startOffset: number; endOffset: number } | null = null
  for (const span of spans) {
    const cut = { startOffset: Math.max(span.startOffset, startOffset), endOffset: Math.min(span.endOffset, endOffset) }
    const bytes = cut.endOffset - cut.startOffset
    if (bytes < minBytes || (longest && bytes <= longest.endOffset - longest.startOffset)) continue
    longest = cut
  }
  return longest
}
