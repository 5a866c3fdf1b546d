/** How many copies of a trap would a cleaning leave? Read off the index of the corpus before it. */
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { Pattern } from '../../core/pattern.js'
import { checkInteger } from '../../query/check-arguments.js'
import type { IndexReader, Occurrence } from '../../query/index-reader.js'
import { findRepeated, type Passage, type RepeatedRun, standsEarlier } from './repeated-strings.js'

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
 * Copies of the trap's text that are left whole: those of which no byte lies in a string, or a line, that the cleaning takes, whoever else
 * holds that: another copy, a variant, or other text. Of more than {@link maxPlaces} copies the rest is taken to fare like these. A copy that
 * is made up anew where a cleaning joins two ends is not counted. O(copies · (length + `substringBytes`)) short searches.
 */
export async function predictCopies(
  reader: IndexReader,
  text: string,
  copies: number,
  cleaning: Cleaning,
  signal?: AbortSignal,
): Promise<number> {
  if (copies === 0) return 0
  return cleaning.method === 'line'
    ? predictByLine(reader, text, copies, signal)
    : predictBySubstring(reader, text, copies, cleaning, signal)
}

/** Throws `bad-argument` for an index of tokens, which has neither bytes nor lines, and for strings longer than what is read around a copy. */
export function checkCleaning(reader: IndexReader, { substringBytes }: Cleaning): void {
  checkInteger('length', substringBytes, 1, limits.contextUnits)
  if (reader.manifest.symbols === 'bytes') return
  throw new OmnigramError('bad-argument', `${reader.name} holds tokens: what a cleaning leaves is told of text.`)
}

async function predictBySubstring(
  reader: IndexReader,
  text: string,
  copies: number,
  { substringBytes, keepsFirst }: Cleaning,
  signal?: AbortSignal,
): Promise<number> {
  const isTakenWithItself = copies > 1 && Buffer.byteLength(text) >= substringBytes
  if (isTakenWithItself && !keepsFirst) return 0
  // Of copies that hold a string of one another, the first alone can be left.
  const places = isTakenWithItself
    ? await findFirstPlace(reader, text, substringBytes, signal)
    : await listPlaces(reader, text, substringBytes, signal)
  let left = 0
  for (let from = 0; from < places.length; from += placesAtOnce) {
    const passages = places.slice(from, from + placesAtOnce).map((place) => readPassage(place, text, substringBytes))
    const runs = await findRepeated(reader, passages, substringBytes, signal)
    for (const [at, passage] of passages.entries()) {
      const isLost = keepsFirst ? await isLater(reader, passage, runs[at], substringBytes, signal) : runs[at].length > 0
      if (!isLost) left++
    }
  }
  return isTakenWithItself ? left : scale(left, places.length, copies)
}

/** What of the copy's document lies in strings that hold a byte of the copy. */
function readPassage({ document, startOffset, left, right }: Place, text: string, stringBytes: number): Passage {
  const before = Buffer.from(left)
  const reach = Math.min(before.length, stringBytes - 1)
  const own = Buffer.from(text)
  const bytes = Buffer.concat([before.subarray(before.length - reach), own, Buffer.from(right)])
  return { document, startOffset: startOffset - reach, bytes, endStart: reach + own.length }
}

/** Whether a string that holds a byte of the copy stands somewhere before. */
async function isLater(
  reader: IndexReader,
  passage: Passage,
  runs: readonly RepeatedRun[],
  substringBytes: number,
  signal?: AbortSignal,
): Promise<boolean> {
  for (const run of runs) if (await standsEarlier(reader, passage, run, substringBytes, signal)) return true
  return false
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

async function findFirstPlace(
  reader: IndexReader,
  text: string,
  context: number,
  signal?: AbortSignal,
): Promise<Place[]> {
  const match = await reader.find(text, { signal })
  const page = { by: 'document', limit: 1, context, unit: 'character', signal } as const
  return (await reader.documents(match, page)).occurrences.map(readPlace)
}

/** In the order of the corpus. */
async function listPlaces(reader: IndexReader, text: Pattern, context: number, signal?: AbortSignal): Promise<Place[]> {
  const match = await reader.find(text, { signal })
  const places: Place[] = []
  let position: number | undefined
  while (places.length < maxPlaces) {
    const page = { by: 'occurrence', limit: placesAtOnce, context, unit: 'character', position, signal } as const
    const { occurrences, nextPosition } = await reader.documents(match, page)
    places.push(...occurrences.map(readPlace))
    if (nextPosition === null) break
    position = nextPosition
  }
  return places.sort((a, b) => a.document - b.document || a.startOffset - b.startOffset)
}

function readPlace({ document, startOffset, snippet: { text, matchStart, matchEnd } }: Occurrence): Place {
  const around = text ?? ''
  return {
    document: document.document,
    startOffset,
    left: around.slice(0, matchStart),
    right: around.slice(matchEnd),
  }
}

function nameOf(document: number, offset: number): string {
  return `${document}:${offset}`
}

function scale(left: number, seen: number, copies: number): number {
  return seen === 0 ? 0 : Math.round((left / seen) * copies)
}
