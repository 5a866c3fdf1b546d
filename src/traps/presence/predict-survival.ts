/** How many copies of a trap would a cleaning leave? Read off the index of the corpus before it. */
import { limits } from '../../core/limits.js'
import type { Pattern } from '../../core/pattern.js'
import type { IndexReader } from '../../query/index-reader.js'

export interface Cleaning {
  /**
   * `substring`: strings of so many bytes that occur twice are removed (Lee et al. 2022, arXiv:2107.06499). `line`: of equal lines the first
   * one stays; lines of white space alone all stay.
   */
  readonly method: 'substring' | 'line'
  readonly substringBytes: number
  /** Of `substring`: whether the first copy of a repeated string stays. */
  readonly keepsFirst: boolean
}

/** Copies of one string that are looked at; of more, the rest is taken to fare like these. */
const maxPlaces = 5_000
const placesAtOnce = 500
/** Characters on each side in which the ends of a line are looked for; a longer line is nobody's copy. */
const lineContext = 2_000

interface Place {
  readonly document: number
  readonly startOffset: number
  readonly left: string
  readonly right: string
}

/**
 * Copies of the trap's text that are left whole. What is removed because two copies have equal neighbours, or lines that stand elsewhere too, is
 * counted; pieces of fewer than 40 bytes that a trap shares with other text are not, as a trap has no longer ones. O(copies · length).
 */
export async function predictCopies(
  reader: IndexReader,
  text: string,
  copies: number,
  cleaning: Cleaning,
  signal?: AbortSignal,
): Promise<number> {
  if (copies === 0) return 0
  if (cleaning.method === 'line') return predictByLine(reader, text, copies, signal)
  const { substringBytes, keepsFirst } = cleaning
  const missingBytes = substringBytes - Buffer.byteLength(text)
  if (missingBytes <= 0) {
    if (copies > 1 && !keepsFirst) return 0
    const isLost = await sharesString(reader, text, substringBytes, { copies, keepsFirst, signal })
    return isLost ? 0 : 1
  }
  if (copies < 2) return copies
  return predictByNeighbours(await listPlaces(reader, text, substringBytes, signal), missingBytes, keepsFirst, copies)
}

/** Whether a string of the trap stands elsewhere too, as it does where a variant of the trap was planted: before the trap, if the first stays. */
async function sharesString(
  reader: IndexReader,
  text: string,
  stringBytes: number,
  { copies, keepsFirst, signal }: { copies: number; keepsFirst: boolean; signal?: AbortSignal },
): Promise<boolean> {
  const bytes = Buffer.from(text)
  const starts = Array.from({ length: bytes.length - stringBytes + 1 }, (_, start) => start)
  const stringAt = (start: number) => bytes.subarray(start, start + stringBytes)
  const counts: number[] = []
  for (let at = 0; at < starts.length; at += limits.patternsPerRequest) {
    const some = starts.slice(at, at + limits.patternsPerRequest)
    counts.push(...(await reader.count(some.map(stringAt), { signal })).map(({ count }) => count))
  }
  const shared = starts.filter((start) => (counts[start] ?? 0) > copies)
  if (!keepsFirst) return shared.length > 0
  const [own] = await listPlaces(reader, text, 0, signal)
  for (const start of shared) {
    const [first] = await listPlaces(reader, stringAt(start), 0, signal)
    if (own && first && nameOf(first.document, first.startOffset) !== nameOf(own.document, own.startOffset + start)) {
      return true
    }
  }
  return false
}

/** A trap that is too short alone is removed with neighbours that another copy has too. */
function predictByNeighbours(
  places: readonly Place[],
  missingBytes: number,
  keepsFirst: boolean,
  copies: number,
): number {
  const holders = new Map<string, number[]>()
  for (const [at, { left, right }] of places.entries()) {
    const [before, after] = [Buffer.from(left), Buffer.from(right)]
    for (let taken = 0; taken <= missingBytes; taken++) {
      const rest = missingBytes - taken
      if (before.length < taken || after.length < rest) continue
      const around = `${taken} ${before.toString('latin1', before.length - taken)}${after.toString('latin1', 0, rest)}`
      const known = holders.get(around)
      if (known) known.push(at)
      else holders.set(around, [at])
    }
  }
  const lost = new Set<number>()
  for (const sharing of holders.values()) {
    if (sharing.length > 1) for (const at of sharing.slice(keepsFirst ? 1 : 0)) lost.add(at)
  }
  return scale(places.length - lost.size, places.length, copies)
}

async function predictByLine(reader: IndexReader, text: string, copies: number, signal?: AbortSignal): Promise<number> {
  const places = await listPlaces(reader, text, lineContext, signal)
  const parts = text.split('\n')
  const linesOf = places.map((place) => listLines(parts, place))
  const firstOf = new Map<string, string>()
  const distinct = [...new Set(linesOf.flat().map(({ line }) => line))]
  for (let start = 0; start < distinct.length; start += limits.patternsPerRequest) {
    const some = distinct.slice(start, start + limits.patternsPerRequest)
    const counts = await reader.count(
      some.map((line) => `\n${line}\n`),
      { signal },
    )
    for (const [at, { count }] of counts.entries()) {
      if (count < 2) continue
      const line = some[at] ?? ''
      const [first] = await listPlaces(reader, `\n${line}\n`, 0, signal)
      if (first) firstOf.set(line, nameOf(first.document, first.startOffset + 1))
    }
  }
  const whole = linesOf.filter((lines, at) =>
    lines.every(({ line, offset }) => {
      const first = firstOf.get(line)
      return first === undefined || first === nameOf(places[at]?.document ?? 0, offset)
    }),
  )
  return scale(whole.length, places.length, copies)
}

/** The lines that hold more of the trap than their end, with where they begin. A line that reaches the edge of what was read is nobody's copy. */
function listLines(parts: readonly string[], place: Place): { readonly line: string; readonly offset: number }[] {
  const { left, right, startOffset } = place
  const [lineStart, lineEnd] = [left.lastIndexOf('\n') + 1, right.indexOf('\n')]
  const lines: { line: string; offset: number }[] = []
  let offset = startOffset - Buffer.byteLength(left.slice(lineStart))
  for (const [at, part] of parts.entries()) {
    const [isFirst, isLast] = [at === 0, at === parts.length - 1]
    const line = `${isFirst ? left.slice(lineStart) : ''}${part}${isLast ? right.slice(0, Math.max(0, lineEnd)) : ''}`
    const isKnown = !(isFirst && lineStart === 0) && !(isLast && lineEnd < 0)
    // A line end alone stays behind whatever line goes.
    if (isKnown && part !== '' && line.trim() !== '') lines.push({ line, offset })
    offset += Buffer.byteLength(line) + 1
  }
  return lines
}

/** In the order of the corpus. */
async function listPlaces(reader: IndexReader, text: Pattern, context: number, signal?: AbortSignal): Promise<Place[]> {
  const match = await reader.find(text, { signal })
  const places: Place[] = []
  let position: number | undefined
  while (places.length < maxPlaces) {
    const page = { by: 'occurrence', limit: placesAtOnce, context, unit: 'character', position, signal } as const
    const { occurrences, nextPosition } = await reader.documents(match, page)
    for (const { document, startOffset, snippet } of occurrences) {
      const around = snippet.text ?? ''
      places.push({
        document: document.document,
        startOffset,
        left: around.slice(0, snippet.matchStart),
        right: around.slice(snippet.matchEnd),
      })
    }
    if (nextPosition === null) break
    position = nextPosition
  }
  return places.sort((a, b) => a.document - b.document || a.startOffset - b.startOffset)
}

function nameOf(document: number, offset: number): string {
  return `${document}:${offset}`
}

function scale(left: number, seen: number, copies: number): number {
  return seen === 0 ? 0 : Math.round((left / seen) * copies)
}
