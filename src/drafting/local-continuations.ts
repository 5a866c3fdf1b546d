/** What followed the end of this sequence when it stood earlier in it? */
import type { Continuation, ContinuationNode, ContinuationSource } from './continuation-source.js'

export interface LocalNode extends ContinuationNode {
  /** Where the occurrences end in the sequence, ascending. */
  readonly ends: readonly number[]
}

/**
 * Earlier occurrences of the context's end in the context; the end itself does not count. Memory: 8 bytes a token. A match costs the
 * occurrences of the last token, each further step those that are left.
 */
export class LocalContinuations implements ContinuationSource<LocalNode> {
  readonly origin = 'text'
  readonly #tokens: number[] = []
  /** Ends of the occurrences of each token. */
  readonly #ends = new Map<number, number[]>()

  /** `prompt` is the context before the first token is decoded. */
  constructor(prompt: ArrayLike<number>) {
    this.observe(Array.from(prompt))
  }

  observe(tokens: readonly number[]): void {
    for (const token of tokens) {
      this.#tokens.push(token)
      const ends = this.#ends.get(token)
      if (ends === undefined) this.#ends.set(token, [this.#tokens.length])
      else ends.push(this.#tokens.length)
    }
  }

  async matchEnds(context: Uint32Array, maxMatch: number): Promise<LocalNode[]> {
    const nodes: LocalNode[] = []
    let ends = (this.#ends.get(context.at(-1) ?? -1) ?? []).filter((end) => end < this.#tokens.length)
    for (let length = 1; length <= maxMatch && ends.length > 0; ) {
      nodes.push({ count: ends.length, ends })
      length++
      const token = context.at(-length)
      ends = token === undefined ? [] : ends.filter((end) => this.#tokens[end - length] === token)
    }
    return nodes
  }

  async next({ ends }: LocalNode, limit: number): Promise<readonly Continuation[]> {
    const counts = new Map<number, number>()
    for (const end of ends) {
      const token = this.#tokens[end]
      if (token !== undefined) counts.set(token, (counts.get(token) ?? 0) + 1)
    }
    return [...counts]
      .map(([token, count]) => ({ token, count }))
      .sort((a, b) => b.count - a.count || a.token - b.token)
      .slice(0, limit)
  }

  async descend({ ends }: LocalNode, token: number): Promise<LocalNode> {
    const longer = ends.filter((end) => this.#tokens[end] === token).map((end) => end + 1)
    return { count: longer.length, ends: longer }
  }
}
