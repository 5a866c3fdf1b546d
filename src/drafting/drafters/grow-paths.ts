/** Which nodes belong in a draft when only so many fit? Always the best one that hangs on a node already taken. */
import type { DraftBudget, DraftTree } from '../draft-tree.js'

export interface Branch<State> {
  readonly token: number
  /** Larger is better; never larger than the parent's. */
  readonly score: number
  readonly state: State
}

export interface GrownDraft {
  readonly tree: DraftTree
  /** Sum of the scores of all nodes but node 0. */
  readonly score: number
}

/**
 * Best-first: the nodes taken are those of largest score, since no child beats its parent; among equals the one met first.
 * `branches` answers what may follow a node that was taken, and is asked once for each. O(nodes · candidates).
 */
export async function growBestFirst<State>(
  root: number,
  start: readonly Branch<State>[],
  budget: DraftBudget,
  branches: (taken: Branch<State>) => Promise<readonly Branch<State>[]>,
): Promise<GrownDraft> {
  const tokens = [root]
  const parents = [-1]
  const positions = [0]
  let score = 0
  const candidates = start.map((branch) => ({ branch, parent: 0, depth: 1 }))
  while (tokens.length <= budget.nodes && budget.depth > 0) {
    let best = 0
    for (const [place, candidate] of candidates.entries()) {
      if (candidate.branch.score > (candidates[best]?.branch.score ?? 0)) best = place
    }
    const taken = candidates.splice(best, 1)[0]
    if (taken === undefined) break
    const node = tokens.length
    tokens.push(taken.branch.token)
    parents.push(taken.parent)
    positions.push(taken.depth)
    score += taken.branch.score
    if (taken.depth >= budget.depth || tokens.length > budget.nodes) continue
    const below = await branches(taken.branch)
    candidates.push(...below.map((branch) => ({ branch, parent: node, depth: taken.depth + 1 })))
  }
  const tree = {
    tokens: Uint32Array.from(tokens),
    parents: Int32Array.from(parents),
    positions: Int32Array.from(positions),
  }
  return { tree, score }
}
