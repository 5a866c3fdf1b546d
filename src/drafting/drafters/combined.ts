/** Which of several drafters is worth its pass now? The one whose drafts were accepted most of late. */
import { type DraftBudget, type DraftTree, listChildren, makeEmptyDraft } from '../draft-tree.js'
import type { Drafter, DraftSource, NodeObservation } from '../drafter.js'

/** Weight of the newest draft in a drafter's running mean. */
const memory = 0.2

interface Standing {
  readonly drafter: Drafter
  /** Running mean of the accepted tokens a draft; optimistic until measured. */
  accepted: number
  draft: DraftTree | null
}

/**
 * All drafters propose, which is cheap beside a pass of the model, so all are measured against what was decoded; the draft of the one
 * with the best record is taken. A drafter that proposes nothing keeps its record.
 */
export class CombinedDrafter implements Drafter {
  readonly name = 'combined'
  source?: DraftSource
  readonly #standings: Standing[]

  /** At the start the earlier drafters come first. */
  constructor(drafters: readonly Drafter[]) {
    this.#standings = drafters.map((drafter) => ({ drafter, accepted: Number.POSITIVE_INFINITY, draft: null }))
  }

  async propose(context: Uint32Array, budget: DraftBudget): Promise<DraftTree> {
    let best: Standing | null = null
    for (const standing of this.#standings) {
      standing.draft = await standing.drafter.propose(context, budget)
      const isSilent = standing.draft.tokens.length === 1
      if (!isSilent && (best === null || standing.accepted > best.accepted)) best = standing
    }
    this.source = best?.drafter.source
    return best?.draft ?? makeEmptyDraft(context.at(-1) ?? 0)
  }

  observe(tokens: readonly number[], nodes?: readonly NodeObservation[]): void {
    for (const standing of this.#standings) {
      if (standing.draft !== null && standing.draft.tokens.length > 1) {
        const accepted = countAccepted(standing.draft, tokens)
        standing.accepted = Number.isFinite(standing.accepted)
          ? standing.accepted + memory * (accepted - standing.accepted)
          : accepted
      }
      standing.draft = null
      standing.drafter.observe(tokens, nodes)
    }
  }

  /** Mean of accepted tokens a draft, by drafter; null before its first draft. */
  get records(): ReadonlyMap<string, number | null> {
    return new Map(
      this.#standings.map(({ drafter, accepted }) => [drafter.name, Number.isFinite(accepted) ? accepted : null]),
    )
  }
}

/** How many of the decoded tokens the draft holds. */
function countAccepted(draft: DraftTree, tokens: readonly number[]): number {
  const children = listChildren(draft)
  let node: number | undefined = 0
  let accepted = 0
  for (const token of tokens) {
    node = children[node]?.find((child) => draft.tokens[child] === token)
    if (node === undefined) break
    accepted++
  }
  return accepted
}
