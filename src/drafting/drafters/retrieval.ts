/**
 * What followed the longest known end of the context, in all its occurrences? Retrieval-based drafting (REST, He et al. 2023,
 * arXiv:2311.08252).
 *
 * Departures: frequencies are exact and not those of the first 5,000 matches, a draft ends where a document ends, the budget is kept
 * exactly, and where nothing is known nothing is drafted.
 */
import type { ContinuationNode, ContinuationSource } from '../continuation-source.js'
import { type DraftBudget, type DraftTree, makeEmptyDraft } from '../draft-tree.js'
import type { Drafter } from '../drafter.js'
import { type Branch, growBestFirst } from './grow-paths.js'

export interface RetrievalOptions {
  /** Longest and shortest end of the context that is looked for. */
  readonly maxMatch?: number
  readonly minMatch?: number
  /** Drafted nodes. */
  readonly nodes?: number
  /** Longest drafted path. */
  readonly depth?: number
}

/** The most frequent continuations: a draft of n nodes asks its source for n distributions at most. */
export class RetrievalDrafter<Node extends ContinuationNode> implements Drafter {
  readonly name = 'retrieval'
  readonly source = { drafter: 'retrieval', origin: 'corpus' } as const
  readonly #source: ContinuationSource<Node>
  readonly #options: Required<RetrievalOptions>

  constructor(source: ContinuationSource<Node>, options: RetrievalOptions = {}) {
    this.#source = source
    this.#options = { maxMatch: 16, minMatch: 2, nodes: 64, depth: 10, ...options }
  }

  async propose(context: Uint32Array, budget: DraftBudget): Promise<DraftTree> {
    const root = context.at(-1) ?? 0
    const { maxMatch, minMatch } = this.#options
    const limits = {
      nodes: Math.min(budget.nodes, this.#options.nodes),
      depth: Math.min(budget.depth, this.#options.depth),
    }
    if (limits.nodes === 0 || limits.depth === 0) return makeEmptyDraft(root)
    const matches = await this.#source.matchEnds(context, maxMatch)
    const longest = matches.at(-1)
    if (longest === undefined || matches.length < minMatch) return makeEmptyDraft(root)
    const start = await this.#listBranches(longest, limits.nodes)
    const { tree } = await growBestFirst(root, start, limits, async ({ token, state }) =>
      this.#listBranches(await this.#source.descend(state, token), limits.nodes),
    )
    return tree
  }

  observe(tokens: readonly number[]): void {
    this.#source.observe(tokens)
  }

  async #listBranches(node: Node, limit: number): Promise<Branch<Node>[]> {
    const next = await this.#source.next(node, limit)
    return next.map(({ token, count }) => ({ token, score: count, state: node }))
  }
}
