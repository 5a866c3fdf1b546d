/** How far down a draft tree does the target go along, and which token does it add of its own? */
import { type DraftTree, listChildren } from '../draft-tree.js'
import type { Distribution } from './arithmetic.js'
import type { Chooser } from './chooser.js'
import { verifyFixed } from './rejection.js'

export interface AcceptedPath {
  /** Accepted nodes from the root's child on; the model's cache keeps node 0 and these. */
  readonly nodes: readonly number[]
  /** Tokens to emit: those of the nodes, then one of the target's own. Never empty. */
  readonly tokens: readonly number[]
}

/** Longest path on which each token is the target's likeliest: the output is that of greedy decoding. */
export function acceptGreedily(tree: DraftTree, likeliest: ArrayLike<number>): AcceptedPath {
  return walkDown(tree, (node) => likeliest[node] ?? 0)
}

/**
 * Samples the target at each node and goes on while a child holds the token: the output has the target's law, whatever was
 * drafted without chance. `targetAt` is asked only for the nodes that are reached.
 */
export function acceptBySampling<T>(
  tree: DraftTree,
  chooser: Chooser<T>,
  targetAt: (node: number) => Distribution<T>,
): AcceptedPath {
  return walkDown(tree, (node, candidates) => verifyFixed(chooser, targetAt(node), candidates).token)
}

function walkDown(tree: DraftTree, choose: (node: number, candidates: readonly number[]) => number): AcceptedPath {
  const children = listChildren(tree)
  const nodes: number[] = []
  const tokens: number[] = []
  let node: number | undefined = 0
  while (node !== undefined) {
    const below: readonly number[] = children[node] ?? []
    const token = choose(
      node,
      below.map((child) => tree.tokens[child] ?? 0),
    )
    tokens.push(token)
    node = below.find((child) => tree.tokens[child] === token)
    if (node !== undefined) nodes.push(node)
  }
  return { nodes, tokens }
}
