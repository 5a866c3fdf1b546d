/**
 * Does a corpus hold near copies of a trap, with a few of its tokens replaced? By the pigeonhole principle: of R + 1 blocks of whole
 * words one is untouched by R replacements, so each near copy stands around an exact occurrence of a block.
 */
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { IndexReader, Match, Occurrence } from '../../query/index-reader.js'
import type { Trap } from '../trap.js'
import { findNearest } from './edit-distance.js'

/** Occurrences of a block that are looked at; a block of a trap that stands in more places is too common to say anything. */
const maxOccurrences = 5_000
const occurrencesAtOnce = 500
/** Traps whose copies are looked for side by side. */
const trapsAtOnce = 8
/** A near copy differs in at most this share of the trap's characters. */
const maxChangedShare = 0.4

export interface Neighbour {
  readonly document: number
  readonly externalId: string | null
  /** Byte offset in the document where the near copy ends. */
  readonly endOffset: number
  /** Characters inserted, deleted or replaced; 0 is the trap itself. */
  readonly distance: number
}

export interface TrapNeighbours {
  readonly trap: string
  readonly role: Trap['role']
  readonly index: string
  /** By distance, then document and offset. */
  readonly neighbours: readonly Neighbour[]
  /** Near copies by distance, ascending. */
  readonly histogram: readonly { readonly distance: number; readonly count: number }[]
  /** False when a block stands in too many places, or the trap has too few words for so many blocks: near copies may be missing. */
  readonly isComplete: boolean
}

export interface NeighbourOptions {
  /** Tokens that a near copy may have replaced. */
  readonly replaced: number
  readonly signal?: AbortSignal
  readonly onTrap?: (index: string, done: number, of: number) => void
}

/**
 * One row a reader and trap. O(occurrences of the blocks · trap²).
 *
 * Throws `bad-argument` for an index of tokens.
 */
export async function findNeighbours(
  readers: readonly IndexReader[],
  traps: readonly Trap[],
  { replaced, signal, onTrap }: NeighbourOptions,
): Promise<TrapNeighbours[]> {
  const tokens = readers.find(({ manifest }) => manifest.symbols === 'tokens')
  if (tokens !== undefined) {
    throw new OmnigramError('bad-argument', `${tokens.name} holds tokens: near copies are looked for in text.`)
  }
  const rows: TrapNeighbours[] = []
  let done = 0
  // Its text and its blocks are counted of each trap.
  const trapsCountedAtOnce = Math.max(1, Math.floor(limits.patternsPerRequest / (replaced + 2)))
  for (const reader of readers) {
    for (let from = 0; from < traps.length; from += trapsCountedAtOnce) {
      const searches = await countBlocks(reader, traps.slice(from, from + trapsCountedAtOnce), replaced + 1, signal)
      for (let at = 0; at < searches.length; at += trapsAtOnce) {
        const group = searches.slice(at, at + trapsAtOnce)
        const found = group.map(async (search) => {
          const row = describeFound(search, reader, await findCopies(reader, search, signal), replaced)
          onTrap?.(reader.name, ++done, readers.length * traps.length)
          return row
        })
        rows.push(...(await Promise.all(found)))
      }
    }
  }
  return rows
}

/** A piece of a trap, where it begins there, in UTF-16 units, and how often it stands in the index. */
interface Block {
  readonly text: string
  readonly start: number
  readonly count: number
}

interface Search {
  readonly trap: Trap
  /** How often the whole trap stands in the index. */
  readonly count: number
  readonly blocks: readonly Block[]
}

async function countBlocks(
  reader: IndexReader,
  traps: readonly Trap[],
  pieces: number,
  signal?: AbortSignal,
): Promise<Search[]> {
  const textsOf = traps.map(({ text }) => [text, ...cutBlocks(text, pieces)])
  const counts = (await reader.count(textsOf.flat(), { signal })).map(({ count }) => count)
  let next = 0
  return traps.map((trap, at) => {
    const [, ...texts] = textsOf[at]
    const count = counts[next++]
    let start = 0
    const blocks = texts.map((text) => {
      start += text.length
      return { text, start: start - text.length, count: counts[next++] }
    })
    return { trap, count, blocks }
  })
}

/** Copies by document and end. The whole ones first: of a block that stands only in these there is nothing more to see. */
async function findCopies(
  reader: IndexReader,
  { trap: { text }, count, blocks }: Search,
  signal?: AbortSignal,
): Promise<Map<string, Neighbour>> {
  const found = new Map<string, Neighbour>()
  const starts = new Set<string>()
  const whole = count === 0 ? [] : await listOccurrences(reader, await reader.find(text, { signal }), 0, signal)
  for (const { document, startOffset, endOffset } of whole) {
    starts.add(`${document.document}:${startOffset}`)
    keep(found, { ...nameOf(document), endOffset, distance: 0 })
  }
  for (const block of blocks) {
    if (block.count === count * countIn(text, block.text)) continue
    // Around most occurrences of a trap's block there is the trap, if it stands there at all.
    const isMostlyWhole = 2 * count > block.count
    const offset = Buffer.byteLength(text.slice(0, block.start))
    const skip = ({ document, startOffset }: Occurrence) => starts.has(`${document.document}:${startOffset - offset}`)
    const match = await reader.find(block.text, { signal })
    const near = isMostlyWhole
      ? await listOthers(reader, match, text.length, skip, signal)
      : await listOccurrences(reader, match, text.length, signal)
    for (const occurrence of near) if (!skip(occurrence)) keepNearest(found, text, occurrence)
  }
  return found
}

/** The first {@link maxOccurrences}, with so many characters around. */
async function listOccurrences(
  reader: IndexReader,
  match: Match,
  context: number,
  signal?: AbortSignal,
): Promise<Occurrence[]> {
  const found: Occurrence[] = []
  let position: number | undefined
  while (found.length < maxOccurrences) {
    const page = { by: 'occurrence', limit: occurrencesAtOnce, context, unit: 'character', position, signal } as const
    const { occurrences, nextPosition } = await reader.documents(match, page)
    found.push(...occurrences)
    if (nextPosition === null) break
    position = nextPosition
  }
  return found
}

/** The same but for those that are skipped, around which nothing is read. */
async function listOthers(
  reader: IndexReader,
  match: Match,
  context: number,
  skip: (occurrence: Occurrence) => boolean,
  signal?: AbortSignal,
): Promise<Occurrence[]> {
  const bare = await listOccurrences(reader, match, 0, signal)
  const positions = bare.flatMap((occurrence, position) => (skip(occurrence) ? [] : [position]))
  const others: Occurrence[] = []
  for (const position of positions) {
    others.push(await reader.occurrence(match, position, { context, unit: 'character', signal }))
  }
  return others
}

function describeFound(
  { trap, blocks }: Search,
  reader: IndexReader,
  found: ReadonlyMap<string, Neighbour>,
  replaced: number,
): TrapNeighbours {
  const neighbours = [...found.values()].sort(
    (a, b) => a.distance - b.distance || a.document - b.document || a.endOffset - b.endOffset,
  )
  const distances = [...new Set(neighbours.map(({ distance }) => distance))]
  const histogram = distances.map((distance) => ({
    distance,
    count: neighbours.filter((neighbour) => neighbour.distance === distance).length,
  }))
  const isComplete = blocks.length === replaced + 1 && blocks.every(({ count }) => count <= maxOccurrences)
  return { trap: trap.id, role: trap.role, index: reader.name, neighbours, histogram, isComplete }
}

/** Takes the place around an occurrence when it is near enough; several blocks find the same one. */
function keepNearest(found: Map<string, Neighbour>, text: string, { document, snippet }: Occurrence): void {
  const around = snippet.text ?? ''
  const from = Math.max(0, snippet.matchStart - text.length)
  const near = around.slice(from, snippet.matchEnd + text.length)
  const { distance, end } = findNearest(text, near)
  if (distance > maxChangedShare * text.length) return
  const endOffset = snippet.startOffset + Buffer.byteLength(around.slice(0, from + end))
  keep(found, { ...nameOf(document), endOffset, distance })
}

function keep(found: Map<string, Neighbour>, neighbour: Neighbour): void {
  found.set(`${neighbour.document}:${neighbour.endOffset}`, neighbour)
}

function nameOf({ document, externalId }: Occurrence['document']): Pick<Neighbour, 'document' | 'externalId'> {
  return { document, externalId }
}

/** Places of a piece in a text, overlapping ones too. */
function countIn(text: string, piece: string): number {
  let places = 0
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + 1)) places++
  return places
}

/**
 * The text in so many pieces of whole words, each with the space before it, of about equal length; fewer when it has fewer words. A token of a
 * byte-level tokenizer lies in one word, so a replaced token touches one piece.
 */
export function cutBlocks(text: string, pieces: number): string[] {
  const edges = Array.from(text.matchAll(/ (?=\S)/g), ({ index }) => index).filter((edge) => edge > 0)
  const blocks: string[] = []
  let start = 0
  for (let piece = 1; piece < pieces; piece++) {
    const aim = start + (text.length - start) / (pieces - piece + 1)
    const left = edges.filter((edge) => edge > start)
    // Each piece still to come needs an edge of its own.
    const usable = left.slice(0, Math.max(1, left.length - (pieces - piece - 1)))
    if (usable.length === 0) break
    const edge = usable.reduce((best, other) => (Math.abs(other - aim) < Math.abs(best - aim) ? other : best))
    blocks.push(text.slice(start, edge))
    start = edge
  }
  return [...blocks, text.slice(start)]
}
