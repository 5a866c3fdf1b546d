/** Which document goes into which shard? */
import type { CorpusDocument } from '../core/document.js'

/** Documents of one shard at most: what is kept of each while a shard is built stays small beside its text. */
export const maxShardDocuments = 2 ** 26

/** Neighbours in the input that belong to one shard. */
export interface ShardPiece {
  /** Number of the shard, from 0. */
  readonly shard: number
  readonly documents: readonly CorpusDocument[]
}

/**
 * Deals documents out to shards, in order: a document that would overflow a shard begins the next one. So the borders
 * depend on the order of the input and on `shardBytes`, and on nothing else.
 */
export class ShardCutter {
  #shard = 0
  #documents = 0
  #textBytes = 0

  constructor(
    readonly shardBytes: number,
    readonly shardDocuments = maxShardDocuments,
  ) {}

  /** The documents by shard. No text is longer than `shardBytes`: the reader reports those. */
  *cut(documents: readonly CorpusDocument[]): Generator<ShardPiece> {
    let start = 0
    for (const [index, { text }] of documents.entries()) {
      if (this.#isFull(text.length)) {
        if (index > start) yield { shard: this.#shard, documents: documents.slice(start, index) }
        start = index
        this.#shard += 1
        this.#documents = 0
        this.#textBytes = 0
      }
      this.#documents += 1
      this.#textBytes += text.length
    }
    if (start < documents.length) yield { shard: this.#shard, documents: documents.slice(start) }
  }

  #isFull(textBytes: number): boolean {
    if (this.#documents === 0) return false
    return this.#textBytes + textBytes > this.shardBytes || this.#documents >= this.shardDocuments
  }
}
