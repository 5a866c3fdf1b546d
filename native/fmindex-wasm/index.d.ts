/**
 * The module as pages see it, built or not. Numbers are packed as `native/fmindex-wasm/src/shard.rs` says. Of a shard in
 * blocks, what a method returned or threw is void as long as {@link Shard.takeMissing} is not empty after it.
 */

export declare class Shard {
  private constructor()
  /** Compared with its checksums. */
  static fromBytes(bytes: Uint8Array): Shard
  static inBlocks(fileBytes: number, blockBits: number): Shard
  open(): void
  takeMissing(): Uint32Array
  put(block: number, bytes: Uint8Array): void
  info(): string
  verify(deep: boolean): void
  count(bytes: Uint8Array, ends: Uint32Array): Float64Array
  find(pattern: Uint8Array, ignoreCase: boolean, flexibleSpace: boolean, maxRanges: number): Float64Array
  push(lo: number, hi: number, symbols: Uint8Array): Float64Array
  pushBatch(ranges: Float64Array, symbols: Uint8Array): Float64Array
  next(ranges: Float64Array, byCharacter: boolean, limit: number): Float64Array
  locate(rows: Float64Array): Float64Array
  extract(document: number, start: number, end: number): Uint8Array
  follow(row: number, maxSymbols: number): Uint8Array
  document(document: number): (number | string | undefined)[]
  findExternalId(externalId: string): number | undefined
  countUnits(document: number, offset: number): Float64Array
  countDocuments(ranges: Float64Array, maxSteps: number, seed: number): Float64Array
  listDocuments(ranges: Float64Array, firstDocument: number, limit: number, maxSteps: number): Float64Array
  countFacets(ranges: Float64Array, field: string, maxSteps: number): (boolean | string | number | undefined)[]
  longestMatches(text: Uint8Array): Float64Array
  free(): void
}

export declare class ShardBuilder {
  constructor(facetFields: string[])
  add(
    text: Uint8Array,
    externalId: string | undefined,
    metadata: string | undefined,
    facets: (string | undefined)[],
  ): void
  build(
    saRate: number,
    isaRate: number,
    profile: string,
    textStore: boolean,
    progress: (phase: string, share: number) => void,
  ): Uint8Array
  free(): void
}

/** Fetches and compiles the module at the address; only where it is built for the web. */
export default function init(options: { module_or_path: URL }): Promise<unknown>
