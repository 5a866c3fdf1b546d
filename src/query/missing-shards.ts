/** Which shards did an answer have to do without? */

/**
 * Gathers the shards that nobody answered for. Who makes a reader with one, by `IndexReader.lacking`, allows answers to lack these
 * shards, and has to say so wherever an answer goes. One answer, one of these: a shard that is missing once stays so.
 */
export class MissingShards {
  readonly #shards = new Set<number>()

  /** A shard that has said nothing at this time, by `performance.now()`, is missing. */
  constructor(readonly answerByMs: number = Number.POSITIVE_INFINITY) {}

  get size(): number {
    return this.#shards.size
  }

  has(shard: number): boolean {
    return this.#shards.has(shard)
  }

  add(shard: number): void {
    this.#shards.add(shard)
  }

  /** Ascending positions in the manifest's list. */
  list(): number[] {
    return [...this.#shards].sort((a, b) => a - b)
  }

  /** Those of one member of a combined reader, whose shards begin at `firstShard`; what it misses is missing here. */
  ofMember(firstShard: number): MissingShards {
    return new MemberShards(this, firstShard)
  }
}

class MemberShards extends MissingShards {
  readonly #whole: MissingShards
  readonly #firstShard: number

  constructor(whole: MissingShards, firstShard: number) {
    super(whole.answerByMs)
    this.#whole = whole
    this.#firstShard = firstShard
  }

  override has(shard: number): boolean {
    return this.#whole.has(this.#firstShard + shard)
  }

  override add(shard: number): void {
    super.add(shard)
    this.#whole.add(this.#firstShard + shard)
  }
}
