/**
 * How is a private benchmark looked up on a server? Its distinct windows are sent in a random order, for counts alone: no
 * name, no answer, no border of an item. Everything that will be sent is made before anything is.
 */
import type { BenchmarkItem } from '../contamination/benchmark.js'
import { viewText } from '../contamination/windows.js'
import { OmnigramError } from '../core/errors.js'
import type { Manifest } from '../core/manifest.js'
import type { CountResult, IndexReader } from '../query/index-reader.js'

/** Windows of one request. */
const windowsPerRequest = 1_000

/** What would leave the page: the bodies of requests, and nothing else. */
export interface Lookup {
  readonly windows: number
  /** JSON of `POST /v1/indexes/{names}/count`. */
  readonly bodies: readonly string[]
}

/** What a server says of an index. */
export interface RemoteIndex {
  readonly name: string
  readonly generation: string
  readonly manifestSha256: string
  readonly documents: number
  readonly textBytes: number
}

/** The distinct windows of the items, byte for byte. O(characters). */
export function prepareLookup(items: readonly BenchmarkItem[]): Lookup {
  const windows = shuffle(listWindows(items))
  const bodies: string[] = []
  for (let at = 0; at < windows.length; at += windowsPerRequest) {
    bodies.push(JSON.stringify({ patterns: windows.slice(at, at + windowsPerRequest) }))
  }
  return { windows: windows.length, bodies }
}

function listWindows(items: readonly BenchmarkItem[]): string[] {
  const distinct = new Set<string>()
  for (const item of items) {
    const { text, windows } = viewText(item.text, 'exact')
    for (const { start, end } of windows) distinct.add(text.slice(start, end))
  }
  return [...distinct]
}

/** Fisher and Yates, by random numbers that nobody can foretell. */
function shuffle<T>(values: T[]): T[] {
  const random = new Uint32Array(1)
  for (let at = values.length - 1; at > 0; at--) {
    crypto.getRandomValues(random)
    const other = random[0] % (at + 1)
    const value = values[at]
    values[at] = values[other]
    values[other] = value
  }
  return values
}

/** An index of which nothing is known but the counts that a server told. */
export function readCounts(index: RemoteIndex, counts: ReadonlyMap<string, number>): IndexReader {
  const { name, generation, manifestSha256, documents, textBytes } = index
  const manifest = { symbols: 'bytes', statistics: { documents, textBytes } } as Manifest
  const count = async (patterns: readonly unknown[]): Promise<CountResult[]> =>
    patterns.map((pattern) => {
      const found = counts.get(pattern as string)
      if (found === undefined) throw new OmnigramError('internal', 'A window was not among those that were sent.')
      return { count: found }
    })
  return { name, generation, manifestSha256, manifest, count } as unknown as IndexReader
}
