/** Which one document of the corpus holds most windows of an item? */
import type { DocumentInfo, IndexReader, Occurrence } from '../query/index-reader.js'
import { countBytes } from '../query/text-bytes.js'
import { askPatiently } from './ask-patiently.js'
import { countBatches } from './count-batches.js'
import type { SoughtWindow } from './count-windows.js'
import { findInText } from './find-in-text.js'
import { groupWindows, type WindowGroup } from './group-windows.js'
import { readPassage } from './read-passage.js'
import type { Evidence } from './report.js'
import { matchingOf, type ViewName } from './views.js'
import type { ViewText } from './windows.js'

/** Groups with more occurrences are not listed: they tell documents apart the least and cost the most. */
const maxListed = 64
/** Groups listed of one item. */
const maxGroups = 128
/** Bytes of an item's text on either side of a window that a passage shows at most. */
const maxReachBytes = 16 * 1024

interface Candidate {
  readonly document: DocumentInfo
  /** The first occurrence that was seen, and the window that it begins with. */
  readonly occurrence: Occurrence
  readonly first: SoughtWindow
  windows: number
}

export interface BestDocumentQuery {
  readonly reader: IndexReader
  readonly view: ViewName
  readonly text: ViewText
  /** Windows that occur, in order. */
  readonly found: readonly SoughtWindow[]
  readonly contextCharacters: number
  readonly signal?: AbortSignal
}

/**
 * The document and a passage of it; of equals the one with the lowest number. Windows that occur very often are not listed
 * but looked for in the passage; `isExact` is false where a document that holds more may have been missed for that.
 */
export async function findBestDocument(query: BestDocumentQuery): Promise<Evidence['bestDocument']> {
  const { reader, view, text, found, signal } = query
  const groups = await groupWindows(text.text, found, (parts) => countBatches(reader, parts, matchingOf(view), signal))
  groups.sort((a, b) => a.count - b.count || a.windows[0].start - b.windows[0].start)
  const listed = groups.filter(({ count }) => count <= maxListed).slice(0, maxGroups)
  const candidates = new Map<number, Candidate>()
  for (const group of listed) await tally(query, group, maxListed, candidates)
  // Where all of them occur very often, some document is better than none.
  if (listed.length === 0) {
    await tally(query, groups[0], 1, candidates)
    for (const candidate of candidates.values()) candidate.windows = 0
  }
  const best = [...candidates.values()].reduce<Candidate | null>(chooseBetter, null)
  return best === null ? null : describeBest(query, best, listed.length === 0 ? groups : groups.slice(listed.length))
}

function chooseBetter(best: Candidate | null, candidate: Candidate): Candidate {
  if (best === null || candidate.windows > best.windows) return candidate
  const isEarlier = candidate.windows === best.windows && candidate.document.document < best.document.document
  return isEarlier ? candidate : best
}

/** Adds the group's windows to each document that holds it. */
async function tally(
  { reader, view, signal }: BestDocumentQuery,
  group: WindowGroup,
  limit: number,
  candidates: Map<number, Candidate>,
): Promise<void> {
  const seen = new Set<number>()
  for (const pattern of group.patterns) {
    const match = await askPatiently(signal, () => reader.find(pattern, { matching: matchingOf(view), signal }))
    const by = limit < maxListed ? 'occurrence' : 'document'
    const page = { limit, context: 0, unit: 'byte', by, signal } as const
    const { occurrences } = await askPatiently(signal, () => reader.documents(match, page))
    for (const occurrence of occurrences) {
      const { document } = occurrence
      if (seen.has(document.document)) continue
      seen.add(document.document)
      const candidate = candidates.get(document.document)
      if (candidate) candidate.windows += group.windows.length
      else {
        const windows = group.windows.length
        candidates.set(document.document, { document, occurrence, first: group.windows[0], windows })
      }
    }
  }
}

async function describeBest(
  { reader, view, text, found, contextCharacters, signal }: BestDocumentQuery,
  { document, occurrence, first, windows }: Candidate,
  unlisted: readonly WindowGroup[],
): Promise<Evidence['bestDocument']> {
  const reachBefore = Math.min(maxReachBytes, countBytes(text.text.slice(0, first.start)))
  const reachAfter = Math.min(maxReachBytes, countBytes(text.text.slice(first.start)))
  const part = {
    startOffset: Math.max(0, occurrence.startOffset - reachBefore),
    endOffset: Math.max(occurrence.endOffset, occurrence.startOffset + reachAfter),
  }
  const patterns = found.flatMap((window) => window.patterns)
  const marks = { view, patterns }
  const passage = await askPatiently(signal, () =>
    readPassage(reader, document, part, contextCharacters, marks, { signal }),
  )
  const isInPassage = (pattern: string) => findInText(passage.text, pattern, view).length > 0
  const more = unlisted.flatMap((group) => group.windows).filter((window) => window.patterns.some(isInPassage))
  const held = windows + more.length
  return {
    windows: held,
    share: held / text.windows.length,
    isExact: unlisted.length === 0 || held === found.length,
    passage,
  }
}
