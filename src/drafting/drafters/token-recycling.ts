/** Which tokens did the model hold likeliest after each token, the last time it met it? Token recycling (Luo et al. 2024, arXiv:2408.08696). */
import { type DraftBudget, type DraftTree, makeEmptyDraft } from '../draft-tree.js'
import type { Drafter, NodeObservation } from '../drafter.js'
import { recyclingTemplate } from './recycling-template.js'

const width = 8

/**
 * The successors of every token, best first: 4·8 bytes a token of the vocabulary, shared by all sequences of a model. All zero at
 * first: until a token was met its guesses are wrong and cost nothing but their share of the pass.
 */
export class AdjacencyMatrix {
  readonly #successors: Uint32Array

  constructor(vocabulary: number) {
    this.#successors = new Uint32Array(vocabulary * width)
  }

  get sizeBytes(): number {
    return this.#successors.byteLength
  }

  successor(token: number, rank: number): number {
    return this.#successors[token * width + rank] ?? 0
  }

  /** Fewer than eight leave the rest as it was; of equal tokens in one pass the last one stays. */
  update({ token, likeliest }: NodeObservation): void {
    this.#successors.set(likeliest.slice(0, width), token * width)
  }
}

/** A tree of fixed shape: 80 nodes in six levels, the published one. O(nodes) a draft. */
export class TokenRecyclingDrafter implements Drafter {
  readonly name = 'token-recycling'
  readonly source = { drafter: 'token-recycling', origin: 'model' } as const
  readonly #matrix: AdjacencyMatrix
  readonly #template: readonly string[]

  /** `template` lists paths of ranks (`'021'`), parents before their children. */
  constructor(matrix: AdjacencyMatrix, template: readonly string[] = recyclingTemplate) {
    this.#matrix = matrix
    this.#template = template
  }

  async propose(context: Uint32Array, budget: DraftBudget): Promise<DraftTree> {
    const root = context.at(-1) ?? 0
    const paths = this.#template.filter(({ length }) => length <= budget.depth).slice(0, budget.nodes)
    if (paths.length === 0) return makeEmptyDraft(root)
    const places = new Map([['', 0], ...paths.map((path, i) => [path, i + 1] as const)])
    const tokens = new Uint32Array(paths.length + 1)
    const parents = new Int32Array(paths.length + 1).fill(-1)
    const positions = new Int32Array(paths.length + 1)
    tokens[0] = root
    for (const [i, path] of paths.entries()) {
      const parent = places.get(path.slice(0, -1)) ?? 0
      parents[i + 1] = parent
      positions[i + 1] = path.length
      tokens[i + 1] = this.#matrix.successor(tokens[parent] ?? 0, Number(path.at(-1)))
    }
    return { tokens, parents, positions }
  }

  observe(_tokens: readonly number[], nodes: readonly NodeObservation[] = []): void {
    for (const node of nodes) this.#matrix.update(node)
  }
}
