/** Continuations counted by hand from a few documents, to compare drafters with. */
import type { Continuation, ContinuationNode, ContinuationSource } from '../continuation-source.js'

interface FixedNode extends ContinuationNode {
  readonly tokens: readonly number[]
}

export class FixedContinuations implements ContinuationSource<FixedNode> {
  readonly #documents: readonly (readonly number[])[]

  constructor(documents: readonly (readonly number[])[]) {
    this.#documents = documents
  }

  async matchEnds(context: Uint32Array, maxMatch: number): Promise<FixedNode[]> {
    const ends = Array.from({ length: Math.min(maxMatch, context.length) }, (_, i) => [...context.slice(-i - 1)])
    return ends.map((tokens) => this.#makeNode(tokens)).filter(({ count }) => count > 0)
  }

  async next({ tokens }: FixedNode, limit: number): Promise<readonly Continuation[]> {
    const following = new Set(this.#documents.flat())
    return [...following]
      .map((token) => ({ token, count: this.#makeNode([...tokens, token]).count }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || a.token - b.token)
      .slice(0, limit)
  }

  async descend({ tokens }: FixedNode, token: number): Promise<FixedNode> {
    return this.#makeNode([...tokens, token])
  }

  observe(): void {
    // Documents stay as they are.
  }

  #makeNode(tokens: readonly number[]): FixedNode {
    let count = 0
    for (const document of this.#documents) {
      for (let start = 0; start + tokens.length <= document.length; start++) {
        if (tokens.every((token, i) => document[start + i] === token)) count++
      }
    }
    return { tokens, count }
  }
}
