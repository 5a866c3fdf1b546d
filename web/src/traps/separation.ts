/** What does an AUC say in words? */
import { formatCount } from '../components/format.ts'
import type { DetectionGroup } from './answers.ts'

const scoreNames: Readonly<Record<string, string>> = {
  'perplexity': 'Perplexity',
  'min-k': 'Min-K %',
  'min-k++': 'Min-K %++',
  'zlib': 'By zlib',
  'ratio': 'Over the reference',
  'context-perplexity': 'In context',
  'context-ratio': 'Over the reference, in context',
}

export function nameScore(score: string): string {
  return scoreNames[score] ?? score
}

export function nameGroup({ by, value }: Pick<DetectionGroup, 'by' | 'value'>): string {
  if (value === null) return 'all'
  if (by === 'length') return `${formatCount(value)} tokens`
  if (by === 'repetitions') return value === 1 ? '1 repetition' : `${formatCount(value)} repetitions`
  return `perplexity ${10 * value + 1} to ${10 * value + 11}`
}

/** Fewer traps or controls have too few resamplings to tell them by. */
const fewTexts = 4

/** Never without the numbers of traps and controls, and the interval. */
export function describeGroup({ auc, aucInterval: [low, high], members, nonMembers, pValue }: DetectionGroup): string {
  const numbers =
    `AUC ${auc.toFixed(3)}, 95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}, of ${formatCount(members)} traps and ` +
    `${formatCount(nonMembers)} controls (p = ${pValue.toFixed(4)})`
  // Of few texts that lie apart every resampling does too: then the interval is a point, and tells nothing.
  const isFew = Math.min(members, nonMembers) < fewTexts
  if (isFew && (low > 0.5 || high < 0.5)) return `${numbers}: of so few texts this says nothing.`
  if (low > 0.5) return `${numbers}: the model holds traps likelier than controls.`
  if (high < 0.5) return `${numbers}: the model holds controls likelier than traps, which nothing planted explains.`
  return `${numbers}: the interval holds 0.5, so this says nothing.`
}
