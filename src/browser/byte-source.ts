/** Where do the bytes of a shard lie, and how are parts of them read? */

export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** What reading has cost so far. */
export interface SourceCost {
  readonly requests: number
  readonly bytes: number
}

export interface ByteSource {
  /** In messages. */
  readonly name: string
  /** Bytes in all. */
  readonly bytes: number
  readonly cost: SourceCost
  /** The parts in their order, all asked for at once. Throws `io-failure`, and `cancelled` after the abort of `signal`. */
  read(ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array[]>
}
