/** How is an index asked for drafts without keeping other requests waiting? With a turn before each step. */
import type { Continuation, ContinuationNode, ContinuationSource } from '../../drafting/continuation-source.js'
import type { Turn } from '../guards/turn.js'

export class FairContinuations<Node extends ContinuationNode> implements ContinuationSource<Node> {
  readonly #source: ContinuationSource<Node>
  readonly #turn: Turn

  constructor(source: ContinuationSource<Node>, turn: Turn) {
    this.#source = source
    this.#turn = turn
  }

  get origin() {
    return this.#source.origin
  }

  async matchEnds(context: Uint32Array, maxMatch: number): Promise<Node[]> {
    await this.#turn.take()
    return this.#source.matchEnds(context, maxMatch)
  }

  async next(node: Node, limit: number): Promise<readonly Continuation[]> {
    await this.#turn.take()
    return this.#source.next(node, limit)
  }

  async descend(node: Node, token: number): Promise<Node> {
    await this.#turn.take()
    return this.#source.descend(node, token)
  }

  observe(tokens: readonly number[]): void {
    this.#source.observe(tokens)
  }
}
