/** Does an index hold the traps as planned, in which documents, and what else of them stands there? */
import type { IndexReader } from '../../query/index-reader.js'
import type { Trap } from '../trap.js'

/** Documents that are named of one trap in one index. */
export const namedDocuments = 10

export interface TrapDocument {
  readonly document: number
  readonly externalId: string | null
  readonly metadata: string | null
  readonly occurrences: number
  /** Other traps that were found in it, of those whose documents are named. */
  readonly otherTraps: readonly string[]
}

export interface TrapPresence {
  readonly trap: string
  readonly role: Trap['role']
  readonly index: string
  readonly planned: number
  readonly found: number
  readonly isAsPlanned: boolean
  /** All documents that hold it, exactly. */
  readonly documentCount: number
  /** The first {@link namedDocuments} of them. */
  readonly documents: readonly TrapDocument[]
}

export interface PresenceOptions {
  /** Whether the indexes are other people's: none of the traps is planned there, and each that stands there has leaked. */
  readonly isLeakWatch?: boolean
  readonly signal?: AbortSignal
  readonly onTrap?: (index: string, done: number, of: number) => void
}

/**
 * One row an index and trap. A trap stands in text whatever its neighbours are: a right neighbour that is glued to it changes nothing in an
 * index of bytes. O(traps · (their bytes + named documents)) a reader.
 */
export async function measurePresence(
  readers: readonly IndexReader[],
  traps: readonly Trap[],
  { isLeakWatch = false, signal, onTrap }: PresenceOptions = {},
): Promise<TrapPresence[]> {
  const rows: TrapPresence[] = []
  for (const reader of readers) {
    const trapsOf = new Map<number, string[]>()
    const ofReader = []
    const counts = await countTraps(reader, traps, signal)
    for (const [at, trap] of traps.entries()) {
      const found = counts[at] ?? 0
      const listed = found === 0 ? { documentCount: 0, documents: [] } : await listDocuments(reader, trap, signal)
      for (const { document } of listed.documents) trapsOf.set(document, [...(trapsOf.get(document) ?? []), trap.id])
      ofReader.push({ trap, found, ...listed })
      onTrap?.(reader.name, rows.length + ofReader.length, readers.length * traps.length)
    }
    for (const { trap, found, documentCount, documents } of ofReader) {
      const planned = isLeakWatch ? 0 : trap.repetitions
      rows.push({
        trap: trap.id,
        role: trap.role,
        index: reader.name,
        planned,
        found,
        isAsPlanned: found === planned,
        documentCount,
        documents: documents.map((entry) => ({
          ...entry,
          otherTraps: (trapsOf.get(entry.document) ?? []).filter((id) => id !== trap.id),
        })),
      })
    }
  }
  return rows
}

/** Occurrences of each trap's text, in batches. */
export async function countTraps(reader: IndexReader, traps: readonly Trap[], signal?: AbortSignal): Promise<number[]> {
  const counts: number[] = []
  for (let start = 0; start < traps.length; start += trapsAtOnce) {
    const texts = traps.slice(start, start + trapsAtOnce).map(({ text }) => text)
    counts.push(...(await reader.count(texts, { signal })).map(({ count }) => count))
  }
  return counts
}

const trapsAtOnce = 1_000

async function listDocuments(reader: IndexReader, trap: Trap, signal?: AbortSignal) {
  const match = await reader.find(trap.text, { signal })
  const { count } = await reader.countDocuments(match, { exact: true, signal })
  const page = await reader.documents(match, { by: 'document', limit: namedDocuments, context: 0, signal })
  const documents = page.occurrences.map(({ document: { document, externalId, metadata }, countInDocument = 0 }) => ({
    document,
    externalId,
    metadata,
    occurrences: countInDocument,
  }))
  return { documentCount: count, documents }
}
