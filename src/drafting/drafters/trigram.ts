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
import { type SuccessorScores, TrigramScores } from './trigram-scores.js'

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
      node = selectChild(node.children, node.visits)
      way.push(node)
    }
    if (node.children === undefined && node.path.length < searchDepth) {
      const { path } = node
      const { tokens, scores } = this.#findAfter(start, path) ?? (await this.#readAfter(start, path))
      node.children = tokens.map((token, i) => ({
        path: [...path, token],
        prior: scores[i] ?? 0,
        visits: 0,
        reward: 0,
      }))
    }
    const reward = 1 + (await this.#rollOut(start, node.path))
    for (const passed of way) {
      passed.visits++
      passed.reward += reward
    }
  }

  async #rollOut(start: readonly number[], path: readonly number[]): Promise<number> {
    const rolled = [...path]
    let reward = 0
    while (rolled.length < searchDepth) {
      const { tokens, scores } = this.#findAfter(start, rolled) ?? (await this.#readAfter(start, rolled))
      if (tokens.length === 0) break
      const drawn = this.#chooser.draw(scores)
      rolled.push(tokens[drawn] ?? 0)
      reward += scores[drawn] ?? 0
    }
    return reward
  }

  /** One token more, the most promising. */
  async #extend(start: readonly number[], path: readonly number[]): Promise<number[]> {
    const { tokens, scores } = this.#findAfter(start, path) ?? (await this.#readAfter(start, path))
    if (tokens.length === 0) return [...path]
    const best = scores.reduce((best, score, i) => (score > (scores[best] ?? 0) ? i : best), 0)
    return [...path, tokens[best] ?? 0]
  }

  #findAfter(start: readonly number[], path: readonly number[]): SuccessorScores | undefined {
    return this.#scores.find(...lastPair(start, path))
  }

  #readAfter(start: readonly number[], path: readonly number[]): Promise<SuccessorScores> {
    return this.#scores.list(...lastPair(start, path))
  }
}

function lastPair(start: readonly number[], path: readonly number[]): [number, number] {
  const before = path.length > 1 ? path.at(-2) : start.at(path.length - 2)
  return [before ?? 0, path.at(-1) ?? start.at(-1) ?? 0]
}

/** The first child of the largest selection value. */
function selectChild(children: readonly SearchNode[], parentVisits: number): SearchNode {
  let best = children[0] as SearchNode
  let bestValue = select(best, parentVisits)
  for (const child of children) {
    const value = select(child, parentVisits)
    if (value > bestValue) [best, bestValue] = [child, value]
  }
  return best
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
