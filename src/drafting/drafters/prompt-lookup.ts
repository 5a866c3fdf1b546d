/** Does the end of the context stand earlier in it? Then what followed there is the draft. Prompt lookup decoding (Saxena 2023). */
import { type DraftBudget, type DraftTree, makeEmptyDraft, makePathDraft } from '../draft-tree.js'
import type { Drafter } from '../drafter.js'

export interface PromptLookupOptions {
  /** Longest end of the context that is looked for; shorter ones follow down to one token. */
  readonly maxMatch?: number
  /** Drafted tokens. */
  readonly tokens?: number
  /** The published rule: only a match that all drafted tokens follow counts, clear of the context's end. */
  readonly isFullOnly?: boolean
}

/** The earliest match wins. O(context · maxMatch) a draft. */
export class PromptLookupDrafter implements Drafter {
  readonly name = 'prompt-lookup'
  readonly source = { drafter: 'prompt-lookup', origin: 'text' } as const
  readonly #maxMatch: number
  readonly #tokens: number
  readonly #isFullOnly: boolean

  constructor({ maxMatch = 3, tokens = 10, isFullOnly = false }: PromptLookupOptions = {}) {
    this.#maxMatch = maxMatch
    this.#tokens = tokens
    this.#isFullOnly = isFullOnly
  }

  async propose(context: Uint32Array, budget: DraftBudget): Promise<DraftTree> {
    const root = context.at(-1) ?? 0
    const tokens = Math.min(this.#tokens, budget.nodes, budget.depth)
    if (tokens === 0) return makeEmptyDraft(root)
    for (let match = Math.min(this.#maxMatch, context.length - 1); match >= 1; match--) {
      const end = this.#findMatch(context, match, tokens)
      if (end !== null) return makePathDraft(root, context.subarray(end, end + tokens))
    }
    return makeEmptyDraft(root)
  }

  observe(): void {
    // The context itself is all that this drafter knows.
  }

  /** Where the earliest match of the last `match` tokens ends. */
  #findMatch(context: Uint32Array, match: number, tokens: number): number | null {
    const last = context.length - match
    for (let start = 0; start < last; start++) {
      const end = start + match
      if (this.#isFullOnly && (end + tokens > context.length || end >= last)) return null
      if (equalRange(context, start, last, match)) return end
    }
    return null
  }
}

function equalRange(tokens: Uint32Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (tokens[a + i] !== tokens[b + i]) return false
  return true
}
