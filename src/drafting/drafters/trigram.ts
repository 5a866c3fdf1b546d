/**
 * Which paths of trigrams are worth drafting? Adaptive drafts by tree search, ADED (Liu et al. 2024, arXiv:2406.19278; constants of
 * the released code).
 *
 * Departure: a rollout's reward looks up the second token of each pair, where the released code takes the first.
 */

import { seedUniform } from '../../core/seed-uniform.js'
import type { ContinuationNode, ContinuationSource } from '../continuation-source.js'
import { type DraftBudget, type DraftTree, joinPaths, makeEmptyDraft } from '../draft-tree.js'
import type { Drafter } from '../drafter.js'
import { randomChooser } from '../verification/chooser.js'
import { TrigramScores } from './trigram-scores.js'

const iterations = 150
const searchDepth = 4
const pathsKept = 24
const explorationBase = 8
const explorationFloor = 32

interface SearchNode {
  readonly path: readonly number[]
  /** Score of the edge that leads here. */
  readonly prior: number
  visits: number
  reward: number
  /** Absent until the node is expanded. */
  children?: SearchNode[]
}

/** 150 rollouts a draft; the scores it needs are read from the source once and kept for the sequence. */
export class TrigramDrafter<Node extends ContinuationNode> implements Drafter {
  readonly name = 'trigram'
  readonly source = { drafter: 'trigram', origin: 'corpus' } as const
  readonly #source: ContinuationSource<Node>
  readonly #scores: TrigramScores<Node>
  readonly #chooser

  constructor(source: ContinuationSource<Node>, seed: number) {
    this.#source = source
    this.#scores = new TrigramScores(source)
    this.#chooser = randomChooser(seedUniform(seed))
  }

  async propose(context: Uint32Array, budget: DraftBudget): Promise<DraftTree> {
    const root = context.at(-1) ?? 0
    if (context.length < 2 || budget.nodes === 0 || budget.depth === 0) return makeEmptyDraft(root)
    await this.#scores.raise(context)
    const start = [context.at(-2) ?? 0, root]
    const top: SearchNode = { path: [], prior: 1, visits: 0, reward: 0 }
    for (let i = 0; i < iterations; i++) await this.#search(start, top)
    const kept = listVisited(top)
      .sort((a, b) => b.visits - a.visits)
      .slice(0, pathsKept)
    const paths: number[][] = []
    for (const { path } of kept) paths.push((await this.#extend(start, path)).slice(0, budget.depth))
    return fitBudget(root, paths, budget.nodes)
  }

  observe(tokens: readonly number[]): void {
    this.#source.observe(tokens)
  }

  /** Down to a leaf by selection value, expand it, roll out, and credit the way. */
  async #search(start: readonly number[], top: SearchNode): Promise<void> {
    const way = [top]
    let node = top
    while (node.children !== undefined && node.children.length > 0) {
      const parent = node
      const visits = parent.visits
      node = node.children.reduce((best, child) => (select(child, visits) > select(best, visits) ? child : best))
      way.push(node)
    }
    if (node.children === undefined && node.path.length < searchDepth) {
      const next = await this.#listAfter(start, node.path)
      node.children = [...next].map(([token, prior]) => ({ path: [...node.path, token], prior, visits: 0, reward: 0 }))
    }
    const reward = 1 + (await this.#rollOut(start, node.path))
    for (const passed of way) {
      passed.visits++
      passed.reward += reward
    }
  }

  async #rollOut(start: readonly number[], path: readonly number[]): Promise<number> {
    const tokens = [...path]
    let reward = 0
    while (tokens.length < searchDepth) {
      const next = [...(await this.#listAfter(start, tokens))]
      if (next.length === 0) break
      const [token, score] = next[this.#chooser.draw(next.map(([, weight]) => weight))] ?? [0, 0]
      tokens.push(token)
      reward += score
    }
    return reward
  }

  /** One token more, the most promising. */
  async #extend(start: readonly number[], path: readonly number[]): Promise<number[]> {
    const next = [...(await this.#listAfter(start, path))]
    const best = next.reduce<[number, number] | undefined>(
      (a, b) => (a === undefined || b[1] > a[1] ? b : a),
      undefined,
    )
    return best === undefined ? [...path] : [...path, best[0]]
  }

  #listAfter(start: readonly number[], path: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const [a = 0, b = 0] = [...start, ...path].slice(-2)
    return this.#scores.list(a, b)
  }
}

/** Selection value of a child: its mean reward and a bonus for being promising and little seen; infinite before its first visit. */
export function rateChild(reward: number, visits: number, parentVisits: number, prior: number): number {
  if (visits === 0) return Number.POSITIVE_INFINITY
  const exploration = explorationFloor + Math.log((parentVisits + explorationBase + 1) / explorationBase)
  return reward / visits + (exploration * prior * Math.sqrt(parentVisits)) / (1 + visits)
}

function select(child: SearchNode, parentVisits: number): number {
  return rateChild(child.reward, child.visits, parentVisits, child.prior)
}

function listVisited(node: SearchNode): SearchNode[] {
  const below = (node.children ?? []).filter(({ visits }) => visits > 0)
  return below.flatMap((child) => [child, ...listVisited(child)])
}

/** As many of the paths, best first, as fit the budget of nodes. */
function fitBudget(root: number, paths: readonly (readonly number[])[], nodes: number): DraftTree {
  for (let kept = paths.length; kept > 0; kept--) {
    const tree = joinPaths(root, paths.slice(0, kept))
    if (tree.tokens.length <= nodes + 1) return tree
  }
  return paths[0] === undefined ? makeEmptyDraft(root) : joinPaths(root, [paths[0].slice(0, nodes)])
}
