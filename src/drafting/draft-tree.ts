/** Which continuations are drafted, in the form that one batched pass of a model takes? */

/**
 * Guesses of what follows a context, as a tree: node 0 is the last token that is certain, each other node continues its
 * parent. Parents come before their children; siblings may hold equal tokens, of which the first counts.
 */
export interface DraftTree {
  readonly tokens: Uint32Array
  /** Parent of each node; -1 for node 0. */
  readonly parents: Int32Array
  /** Steps from node 0: the place of a node in the model's sequence, relative to the certain token's. */
  readonly positions: Int32Array
}

/** How large a draft may be. */
export interface DraftBudget {
  /** Nodes without node 0; 0 asks for no draft. */
  readonly nodes: number
  /** Longest path in tokens. */
  readonly depth: number
}

/** A tree without a guess: a pass over it decodes one token as usual. */
export function makeEmptyDraft(root: number): DraftTree {
  return { tokens: Uint32Array.of(root), parents: Int32Array.of(-1), positions: Int32Array.of(0) }
}

/** A single guess. */
export function makePathDraft(root: number, path: ArrayLike<number>): DraftTree {
  return {
    tokens: Uint32Array.of(root, ...Array.from(path)),
    parents: Int32Array.from({ length: path.length + 1 }, (_, node) => node - 1),
    positions: Int32Array.from({ length: path.length + 1 }, (_, node) => node),
  }
}

/**
 * Joins paths that begin alike. Nodes are ordered by depth, and inside a depth by their paths, where tokens count in the order
 * in which they were first met at their depth: REST's order (He et al. 2023, arXiv:2311.08252), so that its masks come out.
 */
export function joinPaths(root: number, paths: readonly (readonly number[])[]): DraftTree {
  const ranks = rankTokensByDepth(paths)
  const prefixes = new Map<string, { readonly ranks: readonly number[]; readonly token: number }>()
  for (const path of paths) {
    const ranked = path.map((token, depth) => ranks[depth]?.get(token) ?? 0)
    for (const [depth, token] of path.entries()) {
      const prefix = ranked.slice(0, depth + 1)
      prefixes.set(prefix.join(), { ranks: prefix, token })
    }
  }
  const nodes = [...prefixes.values()].sort((a, b) => comparePrefixes(a.ranks, b.ranks))
  const places = new Map(nodes.map((node, i) => [node.ranks.join(), i + 1]))
  return {
    tokens: Uint32Array.of(root, ...nodes.map(({ token }) => token)),
    parents: Int32Array.of(-1, ...nodes.map((node) => places.get(node.ranks.slice(0, -1).join()) ?? 0)),
    positions: Int32Array.of(0, ...nodes.map((node) => node.ranks.length)),
  }
}

/** Row i, column j is 1 where node i may attend to node j: itself and its ancestors. Row-major, nodes × nodes. */
export function makeAttentionMask({ parents }: DraftTree): Uint8Array {
  const nodes = parents.length
  const mask = new Uint8Array(nodes * nodes)
  for (let node = 0; node < nodes; node++) {
    const parent = parents[node] ?? -1
    if (parent >= 0) mask.copyWithin(node * nodes, parent * nodes, parent * nodes + node)
    mask[node * nodes + node] = 1
  }
  return mask
}

/** One row a leaf, from the last leaf to the first: the nodes of its path, root first, padded with -1 to equal length. */
export function listLeafPaths({ parents, positions }: DraftTree): number[][] {
  const inner = new Set(parents)
  const width = positions.reduce((deepest, position) => Math.max(deepest, position), 0) + 1
  const rows: number[][] = []
  for (let leaf = parents.length - 1; leaf >= 0; leaf--) {
    if (inner.has(leaf)) continue
    const row: number[] = new Array(width).fill(-1)
    for (let node = leaf; node >= 0; node = parents[node] ?? -1) row[positions[node] ?? 0] = node
    rows.push(row)
  }
  return rows
}

/** Children of each node, in order. */
export function listChildren({ parents }: DraftTree): number[][] {
  const children: number[][] = Array.from(parents, () => [])
  for (let node = 1; node < parents.length; node++) children[parents[node] ?? 0]?.push(node)
  return children
}

function rankTokensByDepth(paths: readonly (readonly number[])[]): Map<number, number>[] {
  const ranks: Map<number, number>[] = []
  for (const path of paths) {
    for (const [depth, token] of path.entries()) {
      ranks[depth] ??= new Map()
      const seen = ranks[depth]
      if (!seen.has(token)) seen.set(token, seen.size)
    }
  }
  return ranks
}

/** Shorter first, then rank by rank. */
function comparePrefixes(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return a.length - b.length
  const place = a.findIndex((rank, depth) => rank !== b[depth])
  return place < 0 ? 0 : (a[place] ?? 0) - (b[place] ?? 0)
}
