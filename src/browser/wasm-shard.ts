/** How does a shard of the browser module look like one of the Node addon, so that the same questions can be put to it? */
import type {
  DocumentCount,
  DocumentList,
  DocumentRecord,
  FacetCounts,
  FoundRange,
  Matching,
  Shard as NativeShard,
  NextEntry,
  ShardInfo,
} from '#native'
import type { Shard } from '#wasm'
import { packPatterns } from '../query/packed-patterns.js'

/** What readers use of a shard. Tickets name flags of other threads: here there are none. */
export type ShardLike = Pick<NativeShard, keyof WasmShard & keyof NativeShard>

export class WasmShard {
  readonly #shard: Shard
  readonly #path: string
  #info: ShardInfo | null = null

  constructor(shard: Shard, path: string) {
    this.#shard = shard
    this.#path = path
  }

  info(): ShardInfo {
    this.#info ??= { path: this.#path, hidden: null, ...JSON.parse(this.#shard.info()) } as ShardInfo
    return this.#info
  }

  verify(deep: boolean): void {
    this.#shard.verify(deep)
  }

  /** What is in memory was compared when it was opened; what comes in blocks is not. */
  isVerified(): boolean {
    return false
  }

  startContentCheck(): void {}

  count(patterns: readonly Uint8Array[]): Float64Array {
    const { bytes, ends } = packPatterns(patterns)
    return this.#shard.count(bytes, ends)
  }

  find(pattern: Uint8Array, matching: Matching | null): FoundRange[] {
    const { ignoreCase, flexibleSpace, maxRanges } = matching ?? {
      ignoreCase: false,
      flexibleSpace: false,
      maxRanges: 0,
    }
    return unpackTriples(this.#shard.find(pattern, ignoreCase, flexibleSpace, maxRanges))
  }

  push(lo: number, hi: number, symbols: Uint8Array): { lo: number; hi: number } {
    const [first, end] = this.#shard.push(lo, hi, symbols)
    return { lo: first, hi: end }
  }

  pushBatch(ranges: Float64Array, symbols: Uint8Array): void {
    ranges.set(this.#shard.pushBatch(pairsToTriples(ranges), symbols))
  }

  next(ranges: Float64Array, unit: string, limit: number | null): NextEntry[] {
    return unpackNext(this.#shard.next(pairsToTriples(ranges), unit === 'character', limit ?? -1))
  }

  locate(rows: Float64Array): Float64Array {
    return this.#shard.locate(rows)
  }

  extract(document: number, start: number, end: number): Uint8Array {
    return this.#shard.extract(document, start, end)
  }

  follow(row: number, maxSymbols: number): Uint8Array {
    return this.#shard.follow(row, maxSymbols)
  }

  followBatch(rows: Float64Array, maxSymbols: number): Uint8Array[] {
    return Array.from(rows, (row) => this.#shard.follow(row, maxSymbols))
  }

  document(document: number): DocumentRecord {
    const [bytes, externalId, metadata, ...facets] = this.#shard.document(document)
    return {
      bytes: bytes as number,
      externalId: (externalId as string | undefined) ?? null,
      metadata: (metadata as string | undefined) ?? null,
      facets: facets.map((value) => (value as string | undefined) ?? null),
    }
  }

  findExternalId(externalId: string): number | null {
    return this.#shard.findExternalId(externalId) ?? null
  }

  countUnits(document: number, offset: number): { codePoints: number; utf16Units: number } {
    const [codePoints, utf16Units] = this.#shard.countUnits(document, offset)
    return { codePoints, utf16Units }
  }

  countDocuments(ranges: Float64Array, maxSteps: number, seed: number): DocumentCount {
    const [count, isExact, lowerBound, intervalLow, intervalHigh] = this.#shard.countDocuments(ranges, maxSteps, seed)
    return { count, isExact: isExact === 1, lowerBound, intervalLow, intervalHigh }
  }

  listDocuments(ranges: Float64Array, maxSteps: number): DocumentList {
    return unpackList(this.#shard.listDocuments(ranges, 0, -1, maxSteps))
  }

  listDocumentsFrom(ranges: Float64Array, firstDocument: number, limit: number, maxSteps: number): DocumentList {
    return unpackList(this.#shard.listDocuments(ranges, firstDocument, limit, maxSteps))
  }

  countFacets(ranges: Float64Array, field: string, maxSteps: number): FacetCounts {
    const [isComplete, ...cells] = this.#shard.countFacets(ranges, field, maxSteps)
    const column = (offset: number) => cells.filter((_, at) => at % 3 === offset)
    return {
      values: column(0).map((value) => (value as string | undefined) ?? null),
      occurrences: Float64Array.from(column(1) as number[]),
      documents: Float64Array.from(column(2) as number[]),
      isComplete: isComplete === true,
    }
  }

  longestMatches(text: Uint8Array): Float64Array {
    return this.#shard.longestMatches(text)
  }
}

function unpackTriples(numbers: Float64Array): FoundRange[] {
  return Array.from({ length: numbers.length / 3 }, (_, at) => {
    const [lo, hi, length] = numbers.subarray(at * 3)
    return { lo, hi, length }
  })
}

/** The module takes `lo, hi, length` everywhere. */
function pairsToTriples(pairs: Float64Array): Float64Array {
  const triples = new Float64Array((pairs.length / 2) * 3)
  for (let at = 0; at < pairs.length / 2; at++) triples.set(pairs.subarray(at * 2, at * 2 + 2), at * 3)
  return triples
}

function unpackNext(numbers: Float64Array): NextEntry[] {
  const entries: NextEntry[] = []
  for (let at = 0; at < numbers.length; ) {
    const [length, count] = [numbers[at], numbers[at + 1]]
    const bytes = Uint8Array.from(numbers.subarray(at + 2, at + 2 + length))
    entries.push({ bytes: length === 0 ? null : (bytes as NextEntry['bytes']), count })
    at += 2 + length
  }
  return entries
}

function unpackList([isComplete, ...numbers]: Float64Array): DocumentList {
  const column = (offset: number) => Float64Array.from(numbers.filter((_, at) => at % 4 === offset))
  return {
    documents: column(0),
    counts: column(1),
    firstEnds: column(2),
    firstLengths: column(3),
    isComplete: isComplete === 1,
  }
}
