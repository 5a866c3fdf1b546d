/** What does a model make of each trap, alone and after a document's text, and what does a reference make of it? */
import { OmnigramError } from '../../core/errors.js'
import type { Trap } from '../trap.js'
import type { TextScores } from './membership-scores.js'
import type { TrapScorer } from './trap-scorer.js'

export interface ScoringOptions {
  /** A model that has not seen the traps. */
  readonly reference?: TrapScorer
  /** By id of the trap or control: what stands before it. */
  readonly contexts?: ReadonlyMap<string, string>
  readonly signal?: AbortSignal
  readonly onTrap?: (done: number) => void
}

/** Scores by id, variants left out. One to four passes of a model a trap. Throws `cancelled`, and what the scorers throw. */
export async function scoreTraps(
  traps: readonly Trap[],
  target: TrapScorer,
  { reference, contexts, signal, onTrap }: ScoringOptions = {},
): Promise<Map<string, TextScores>> {
  const scores = new Map<string, TextScores>()
  for (const { id, text } of traps.filter(({ variantOf }) => variantOf === undefined)) {
    if (signal?.aborted) throw new OmnigramError('cancelled', 'Not all traps were scored.')
    const before = contexts?.get(id)
    const alone = await target.scoreText(text, '', signal)
    const referenceAlone = await reference?.scoreText(text, '', signal)
    const inContext = before === undefined ? undefined : await target.scoreText(text, before, signal)
    const referenceInContext = before === undefined ? undefined : await reference?.scoreText(text, before, signal)
    scores.set(id, {
      ...alone,
      ...(referenceAlone && { referenceLogProbabilities: referenceAlone.logProbabilities }),
      ...(inContext && { contextLogProbabilities: inContext.logProbabilities }),
      ...(referenceInContext && { contextReferenceLogProbabilities: referenceInContext.logProbabilities }),
    })
    onTrap?.(scores.size)
  }
  return scores
}
