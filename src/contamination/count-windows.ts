/** How often does each window of many items occur in the corpus, as a view sees it? */
import { OmnigramError } from '../core/errors.js'
import type { IndexReader } from '../query/index-reader.js'
import { askPatiently, mapInParallel } from './ask-patiently.js'
import { countBatches } from './count-batches.js'
import { isFlexible, matchingOf, type ViewName } from './views.js'
import { isRunSpace } from './white-space.js'
import { type TextPart, type ViewText, windowCharacters } from './windows.js'

/** A window that was looked for. */
export interface SoughtWindow extends TextPart {
  /** Occurrences; null when the search went over its budget. */
  readonly count: number | null
  /** What has to be searched to find exactly these occurrences: the window, or one pattern a way to end it. */
  readonly patterns: readonly string[]
}

interface Found {
  readonly count: number | null
  readonly patterns: readonly string[]
}

/**
 * Every window holds one of the fragments that begin at multiples of this, so that where a fragment is absent, all windows
 * over it are. There are far fewer fragments than windows, and in text that is not copied nearly all are absent.
 */
const fragmentCharacters = windowCharacters / 2

/** Asks for a distribution at once. */
const asksAtOnce = 8

const decoder = new TextDecoder()

/**
 * The windows of each text with their counts. Equal windows are searched once.
 * O(characters of the texts) searches of at most {@link windowCharacters} each, most of which end after a few characters.
 */
export async function countWindows(
  reader: IndexReader,
  texts: readonly ViewText[],
  view: ViewName,
  signal?: AbortSignal,
  searchesFragments = true,
): Promise<SoughtWindow[][]> {
  const live = searchesFragments
    ? await findLiveWindows(reader, texts, view, signal)
    : texts.map(({ windows }) => windows.map((_, number) => number))
  const wanted = new Set<string>()
  texts.forEach(({ text, windows }, at) => {
    for (const number of live[at]) wanted.add(text.slice(windows[number].start, windows[number].end))
  })
  const found = await countExactly(reader, [...wanted], view, signal)
  return texts.map(({ text, windows }, at) => {
    const isLive = new Set(live[at])
    return windows.map((window, number): SoughtWindow => {
      const pattern = isLive.has(number) ? text.slice(window.start, window.end) : null
      const { count, patterns } = (pattern !== null && found.get(pattern)) || { count: 0, patterns: [] }
      return { ...window, count, patterns }
    })
  })
}

/** Numbers of the windows, by text, of which no fragment is known to be absent. */
async function findLiveWindows(
  reader: IndexReader,
  texts: readonly ViewText[],
  view: ViewName,
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  const fragments = texts.map((text) => cutFragments(text))
  const distinct = [...new Set(fragments.flatMap((parts, at) => parts.map((part) => sliceInner(texts[at], part))))]
  const counts = await countBatches(reader, distinct, matchingOf(view), signal)
  const absent = new Set(distinct.filter((_, at) => counts[at] === 0))
  return texts.map((text, at) => {
    const gaps = fragments[at].filter((part) => absent.has(sliceInner(text, part)))
    return listOutside(text.windows, gaps)
  })
}

/** Windows that hold none of the gaps; both are in order. O(windows + gaps). */
function listOutside(windows: readonly TextPart[], gaps: readonly TextPart[]): number[] {
  const outside: number[] = []
  let next = 0
  windows.forEach(({ start, end }, number) => {
    while (next < gaps.length && gaps[next].start < start) next++
    if (next === gaps.length || gaps[next].end > end) outside.push(number)
  })
  return outside
}

/** Parts of {@link fragmentCharacters} code points, one after the other, as far as windows reach. */
function cutFragments({ text, windows }: ViewText): TextPart[] {
  const textEnd = windows.at(-1)?.end ?? 0
  const fragments: TextPart[] = []
  let [start, end, characters] = [0, 0, 0]
  while (end < textEnd) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
    if (++characters < fragmentCharacters) continue
    fragments.push({ start, end })
    start = end
    characters = 0
  }
  return fragments
}

/** Without the white space at its edges, as a run may go on beyond the fragment and match otherwise. */
function sliceInner({ text }: ViewText, { start, end }: TextPart): string {
  return text.slice(start, end).replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '')
}

async function countExactly(
  reader: IndexReader,
  windows: readonly string[],
  view: ViewName,
  signal: AbortSignal | undefined,
): Promise<Map<string, Found>> {
  const endsInRun = isFlexible(view) ? windows.filter((window) => window.endsWith(' ')) : []
  const plain = endsInRun.length === 0 ? windows : windows.filter((window) => !window.endsWith(' '))
  const counts = await countBatches(reader, plain, matchingOf(view), signal)
  const found = new Map(plain.map((window, at): [string, Found] => [window, { count: counts[at], patterns: [window] }]))
  const inner = endsInRun.map((window) => window.slice(0, -1))
  const innerCounts = await countBatches(reader, inner, matchingOf(view), signal)
  await mapInParallel(endsInRun, asksAtOnce, async (window, at) => {
    const isAbsent = innerCounts[at] === 0 || innerCounts[at] === null
    const none = { count: innerCounts[at], patterns: [] }
    found.set(window, isAbsent ? none : await countBeforeSpace(reader, inner[at], view, signal))
  })
  return found
}

/** Occurrences that any white space follows: the index takes the edges of a pattern exactly, a collapsed text does not. */
async function countBeforeSpace(
  reader: IndexReader,
  inner: string,
  view: ViewName,
  signal: AbortSignal | undefined,
): Promise<Found> {
  try {
    const matching = matchingOf(view)
    const { next } = await askPatiently(signal, () => reader.next(inner, { unit: 'character', matching, signal }))
    const spaces = next
      .map(({ bytes, count }) => ({ character: bytes === null ? '' : decoder.decode(bytes), count }))
      .filter(({ character }) => isRunSpace(character))
    return {
      count: spaces.reduce((sum, { count }) => sum + count, 0),
      patterns: spaces.map(({ character }) => inner + character),
    }
  } catch (error) {
    if (error instanceof OmnigramError && error.code === 'too-expensive') return { count: null, patterns: [] }
    throw error
  }
}
