/** What followed the end of a context in an index of tokens? */
import { GrowingContext } from '../models/ngram/growing-context.js'
import type { CallOptions, CursorBatch } from '../query/index-reader.js'
import type { Continuation, ContinuationNode, ContinuationSource } from './continuation-source.js'
import type { IndexNgrams } from './index-ngrams.js'

export interface IndexNode extends ContinuationNode {
  readonly batch: CursorBatch
  readonly place: number
}

/**
 * Exact counts of the whole index. The context is followed as it grows: a token costs a few pushes; a context that does not go on from
 * the last one is read from its last `maxMatch` tokens.
 */
export class IndexContinuations implements ContinuationSource<IndexNode> {
  readonly #index: IndexNgrams
  readonly #options: CallOptions
  #context: GrowingContext<IndexNode>
  #tokens: Uint32Array = new Uint32Array()

  constructor(index: IndexNgrams, options: CallOptions = {}) {
    this.#index = index
    this.#options = options
    this.#context = new GrowingContext(index)
  }

  async matchEnds(context: Uint32Array, maxMatch: number): Promise<IndexNode[]> {
    await this.#follow(context, maxMatch)
    const nodes: IndexNode[] = []
    for (const { rows, length, minLength } of this.#context.ends.slice(1)) {
      for (let tokens = minLength; tokens <= Math.min(length, maxMatch); tokens++) nodes.push(rows)
    }
    return nodes
  }

  async next({ batch, place }: IndexNode, limit: number): Promise<readonly Continuation[]> {
    // One more, since the end of a document may be among them.
    const { next } = await batch.cursor(place).next('token', { ...this.#options, limit: limit + 1 })
    return next.flatMap(({ token, count }) => (token === null ? [] : [{ token, count }])).slice(0, limit)
  }

  async descend(node: IndexNode, token: number): Promise<IndexNode> {
    return (await this.#index.pushEach([node], [token])).rows(0, 0)
  }

  observe(): void {
    // An index stays as it is.
  }

  async #follow(context: Uint32Array, maxMatch: number): Promise<void> {
    const known = this.#tokens.length
    const goesOn = known > 0 && context.length >= known && this.#tokens.every((token, i) => context[i] === token)
    if (!goesOn) this.#context = new GrowingContext(this.#index)
    const added = goesOn ? context.subarray(known) : context.slice(-maxMatch)
    for (const token of added) await this.#context.push(token)
    this.#tokens = context.slice()
  }
}
