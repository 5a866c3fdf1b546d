/** Which strings of a length around a place in a corpus stand in it a second time, and where first? */
import type { IndexReader } from '../../query/index-reader.js'

/** A piece of a document, and the strings of it that are asked about. */
export interface Passage {
  readonly document: number
  /** Where the piece begins in its document, in bytes. */
  readonly startOffset: number
  readonly bytes: Uint8Array
  /** Strings that begin before it are asked about, but for those that would pass the end of the piece. */
  readonly endStart: number
}

/** Strings that begin one after the other and stand equally often. */
export interface RepeatedRun {
  /** Offset in the piece of the first one. */
  readonly start: number
  /** Places of each. */
  readonly count: number
  /** Strings in the run. */
  readonly length: number
}

/** Searches that go side by side. */
const searchesAtOnce = 20_000

/**
 * By passage, the strings of `stringBytes` that stand more than once, in runs of neighbours with equal counts. A search ends
 * where its string is known to be the only one: O(strings · bytes that tell them apart).
 */
export async function findRepeated(
  reader: IndexReader,
  passages: readonly Passage[],
  stringBytes: number,
  signal?: AbortSignal,
): Promise<RepeatedRun[][]> {
  const runs: RepeatedRun[][] = passages.map(() => [])
  const searches = listSearches(passages, stringBytes)
  for (let live = takeSome(searches); live.length > 0; live = takeSome(searches)) {
    let cursors = reader.cursors(live.length)
    for (let read = 0; read < stringBytes && live.length > 0; read++) {
      cursors = await cursors.push(
        Uint8Array.from(live, ({ bytes, start }) => bytes[start + read] ?? 0),
        { signal },
      )
      const { counts } = cursors
      const left = live.flatMap((_, place) => (counts[place] > 1 ? [place] : []))
      if (left.length === live.length) continue
      cursors = cursors.select(left)
      live = left.map((place) => live[place])
    }
    const { counts } = cursors
    for (const [place, { passage, start }] of live.entries()) addToRuns(runs[passage], start, counts[place])
  }
  return runs
}

interface Search {
  readonly passage: number
  readonly bytes: Uint8Array
  readonly start: number
}

function* listSearches(passages: readonly Passage[], stringBytes: number): Generator<Search> {
  for (const [passage, { bytes, endStart }] of passages.entries()) {
    const end = Math.min(endStart, bytes.length - stringBytes + 1)
    for (let start = 0; start < end; start++) yield { passage, bytes, start }
  }
}

function takeSome(searches: Generator<Search>): Search[] {
  const some: Search[] = []
  while (some.length < searchesAtOnce) {
    const { done, value } = searches.next()
    if (done) break
    some.push(value)
  }
  return some
}

function addToRuns(runs: RepeatedRun[], start: number, count: number): void {
  const last = runs.at(-1)
  if (last !== undefined && last.count === count && last.start + last.length === start) {
    runs[runs.length - 1] = { ...last, length: last.length + 1 }
  } else runs.push({ start, count, length: 1 })
}

/** Whether a string of the run stands before the passage's own one. O(count) for a run whose strings go together, else for each string. */
export async function standsEarlier(
  reader: IndexReader,
  { document, startOffset, bytes }: Passage,
  run: RepeatedRun,
  stringBytes: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const { start, length, count } = run
  // A cursor takes more bytes than a pattern may have.
  const whole = await reader.cursor().push(bytes.subarray(start, start + length - 1 + stringBytes), { signal })
  // Where all of the run stands as often as each string of it, the first places of all lie side by side.
  const asked = whole === count ? 1 : length
  for (let at = start; at < start + asked; at++) {
    const match = await reader.find(bytes.subarray(at, at + stringBytes), { signal })
    const page = await reader.documents(match, { by: 'document', limit: 1, context: 0, signal })
    const [first] = page.occurrences
    if (first === undefined) continue
    const isEarlier =
      first.document.document < document ||
      (first.document.document === document && first.startOffset < startOffset + at)
    if (isEarlier) return true
  }
  return false
}
