/** Which tree does a drafter propose after a context, and how is it told? */
import type { DraftTree } from '../../drafting/draft-tree.js'
import type { Drafter } from '../../drafting/drafter.js'
import { RetrievalDrafter } from '../../drafting/drafters/retrieval.js'
import { SuffixDrafter } from '../../drafting/drafters/suffix.js'
import { LocalContinuations } from '../../drafting/local-continuations.js'
import type { Turn } from '../guards/turn.js'
import type { DraftSession } from './draft-session.js'
import { FairContinuations } from './fair-continuations.js'

export interface DraftRequest {
  readonly drafter: 'retrieval' | 'suffix'
  readonly nodes: number
  readonly depth: number
  readonly maxMatch: number
  readonly minMatch: number
  readonly minProbability: number
}

export function proposeFrom(
  session: DraftSession,
  context: Uint32Array,
  { drafter, nodes, depth, maxMatch, minMatch, minProbability }: DraftRequest,
  signal: AbortSignal,
  turn: Turn,
): Promise<DraftTree> {
  const source = new FairContinuations(session.follow(context, maxMatch, signal), turn)
  const proposer: Drafter =
    drafter === 'retrieval'
      ? new RetrievalDrafter(source, { maxMatch, minMatch, nodes, depth })
      : new SuffixDrafter([new FairContinuations(new LocalContinuations(context), turn), source], {
          maxMatch,
          minProbability,
        })
  return proposer.propose(context, { nodes, depth })
}

/** Numbers by node. */
export function describeDraft(
  { tokens, parents, positions }: DraftTree,
  contextTokens: number,
  texts: readonly (string | null)[] | null,
) {
  return {
    contextTokens,
    tokens: [...tokens],
    parents: [...parents],
    positions: [...positions],
    ...(texts && { texts: [...texts] }),
  }
}
