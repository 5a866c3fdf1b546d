/**
 * Is the output mostly a copy of the input? Then the rest of the input is the draft. Input-guided aggressive decoding
 * (Sun et al. 2021, arXiv:2106.04970), for corrections, simplifications and edits of code.
 */
import { type DraftBudget, type DraftTree, makeEmptyDraft, makePathDraft } from '../draft-tree.js'
import type { Drafter } from '../drafter.js'

/** Longest end of the output that is looked for in the input. */
const maxSuffix = 5

/**
 * While the output follows the input, the rest of the input is drafted. After a difference the end of the output is looked for in the
 * input, longer and longer until it stands there once; while it stands nowhere, or still more than once, nothing is drafted.
 * O(input) after a difference, else O(draft).
 */
export class InputGuidedDrafter implements Drafter {
  readonly name = 'input-guided'
  readonly source = { drafter: 'input-guided', origin: 'text' } as const
  readonly #input: Uint32Array
  readonly #output: number[] = []
  /** Where the input goes on; null after a difference. */
  #place: number | null = 0

  constructor(input: Uint32Array) {
    this.#input = input
  }

  async propose(context: Uint32Array, budget: DraftBudget): Promise<DraftTree> {
    const root = context.at(-1) ?? 0
    this.#place ??= this.#findPlace()
    const tokens = Math.min(budget.nodes, budget.depth)
    if (this.#place === null || tokens === 0) return makeEmptyDraft(root)
    return makePathDraft(root, this.#input.subarray(this.#place, this.#place + tokens))
  }

  observe(tokens: readonly number[]): void {
    for (const token of tokens) {
      this.#output.push(token)
      if (this.#place === null) continue
      this.#place = this.#input[this.#place] === token ? this.#place + 1 : null
    }
  }

  #findPlace(): number | null {
    let ends = Array.from(this.#input.keys(), (i) => i + 1)
    for (let length = 1; length <= Math.min(maxSuffix, this.#output.length); length++) {
      const token = this.#output.at(-length)
      ends = ends.filter((end) => end >= length && this.#input[end - length] === token)
      if (ends.length <= 1) return ends[0] ?? null
    }
    return null
  }
}
