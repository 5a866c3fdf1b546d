/**
 * What followed the ends of the context, and how sure is it? Suffix decoding (Oliaro et al. 2024, arXiv:2411.04975; constants of the
 * released code): the draft grows with the length of the match, and stops where its probability falls.
 */
import type { ContinuationNode, ContinuationSource } from '../continuation-source.js'
import { type DraftBudget, type DraftTree, makeEmptyDraft } from '../draft-tree.js'
import type { Drafter, DraftSource } from '../drafter.js'
import { type Branch, type GrownDraft, growBestFirst } from './grow-paths.js'

export interface SuffixOptions {
  readonly maxMatch?: number
  /** A match of m tokens may draft ⌊factor · m + offset⌋ nodes. */
  readonly factor?: number
  readonly offset?: number
  /** A node is drafted only while the product of the frequencies down to it is at least this. */
  readonly minProbability?: number
  /** Only the most frequent continuation of each node, or several. */
  readonly shape?: 'path' | 'tree'
}

/**
 * Of all matches the one whose draft has the largest sum of probabilities; the longest among equals, and the first source among
 * sources: put the sequence itself before the index.
 */
export class SuffixDrafter implements Drafter {
  readonly name = 'suffix'
  source: DraftSource = { drafter: 'suffix', origin: 'corpus' }
  readonly #sources: readonly ContinuationSource<ContinuationNode>[]
  readonly #options: Required<SuffixOptions>

  constructor(sources: readonly ContinuationSource<ContinuationNode>[], options: SuffixOptions = {}) {
    this.#sources = sources
    this.#options = { maxMatch: 64, factor: 1, offset: 0, minProbability: 0.1, shape: 'tree', ...options }
  }

  async propose(context: Uint32Array, budget: DraftBudget): Promise<DraftTree> {
    let best: GrownDraft = { tree: makeEmptyDraft(context.at(-1) ?? 0), score: 0 }
    for (const source of this.#sources) {
      const draft = await this.#draftFrom(source, context, budget)
      if (draft === null || draft.score <= best.score) continue
      best = draft
      this.source = { drafter: this.name, origin: source.origin ?? 'corpus' }
    }
    return best.tree
  }

  observe(tokens: readonly number[]): void {
    for (const source of this.#sources) source.observe(tokens)
  }

  async #draftFrom<Node extends ContinuationNode>(
    source: ContinuationSource<Node>,
    context: Uint32Array,
    budget: DraftBudget,
  ): Promise<GrownDraft | null> {
    const { maxMatch, factor, offset, minProbability, shape } = this.#options
    const listBranches = async (node: Node, probability: number): Promise<Branch<Node>[]> => {
      const next = await source.next(node, shape === 'path' ? 1 : Math.ceil(1 / minProbability))
      const branches = next.map(({ token, count }) => ({
        token,
        score: (probability * count) / node.count,
        state: node,
      }))
      return branches.filter(({ score }) => score >= minProbability)
    }
    let best: GrownDraft | null = null
    const matches = await source.matchEnds(context, maxMatch)
    for (const [place, match] of matches.entries()) {
      const nodes = Math.min(budget.nodes, Math.floor(factor * (place + 1) + offset))
      const draft = await growBestFirst(
        context.at(-1) ?? 0,
        await listBranches(match, 1),
        { nodes, depth: budget.depth },
        async ({ token, score, state }) => listBranches(await source.descend(state, token), score),
      )
      if (best === null || draft.score >= best.score) best = draft
    }
    return best
  }
}
