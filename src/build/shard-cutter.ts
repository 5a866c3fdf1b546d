/** Which document goes into which shard? */
import type { CorpusDocument } from '../core/document.js'
import { sizeOfDocument } from './document-size.js'

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
  #sizeBytes = 0

  constructor(
    readonly shardBytes: number,
    readonly shardDocuments = maxShardDocuments,
  ) {}

  /** The documents by shard. None is larger than `shardBytes`: the reader reports those. */
  *cut(documents: readonly CorpusDocument[]): Generator<ShardPiece> {
    let start = 0
    for (const [index, document] of documents.entries()) {
      const sizeBytes = sizeOfDocument(document)
      if (this.#isFull(sizeBytes)) {
        if (index > start) yield { shard: this.#shard, documents: documents.slice(start, index) }
        start = index
        this.#shard += 1
        this.#documents = 0
        this.#sizeBytes = 0
      }
      this.#documents += 1
      this.#sizeBytes += sizeBytes
    }
    if (start < documents.length) yield { shard: this.#shard, documents: documents.slice(start) }
  }

  #isFull(sizeBytes: number): boolean {
    if (this.#documents === 0) return false
    return this.#sizeBytes + sizeBytes > this.shardBytes || this.#documents >= this.shardDocuments
  }
}
