/** What might come next, cheaply guessed? Whatever drafts for a decoder implements this. */
import type { DraftBudget, DraftTree } from './draft-tree.js'

/** What the model thought at a node of the last draft, whether the node was accepted or not. */
export interface NodeObservation {
  readonly token: number
  /** Tokens that the model holds likeliest after it, best first. */
  readonly likeliest: readonly number[]
}

/** What guesses are made of: the corpus, the sequence itself (the prompt, or an input), or what the model held likely before. */
export type DraftOrigin = 'corpus' | 'text' | 'model'

/** Who made a draft, and of what. */
export interface DraftSource {
  readonly drafter: string
  readonly origin: DraftOrigin
}

/**
 * A drafter may be wrong at any time and never changes what is decoded: the verification rules see to that. One drafter serves
 * one sequence; what several share (an index, an adjacency matrix) is given to each.
 */
export interface Drafter {
  readonly name: string
  /** Of the last draft; absent where the drafter does not say. */
  readonly source?: DraftSource
  /**
   * Guesses what follows `context` (prompt and output so far, not empty); node 0 of the answer is its last token. Never more
   * than the budget.
   */
  propose(context: Uint32Array, budget: DraftBudget): Promise<DraftTree>
  /** Says which tokens were decoded, and what the model thought at the nodes of the draft, in their order. */
  observe(tokens: readonly number[], nodes?: readonly NodeObservation[]): void
}
