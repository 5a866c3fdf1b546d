/** Does a model behave as if it had seen the traps, compared with controls that nobody planted? */
import { OmnigramError } from '../../core/errors.js'
import { seedUniform } from '../../core/seed-uniform.js'
import type { Trap } from '../trap.js'
import {
  measureAgainstZlib,
  measureLowest,
  measureLowestStandardised,
  measurePerplexity,
  measureRatio,
  type TextScores,
} from './membership-scores.js'
import { correlate, measureSeparation, type Separation, traceRoc } from './separation.js'

type Measure = (scores: TextScores, trap: Trap) => number | null

/** Lower means more likely seen; null where the scores lack something. */
const measures = {
  'perplexity': ({ logProbabilities }) => measurePerplexity(logProbabilities),
  'min-k': ({ logProbabilities }) => measureLowest(logProbabilities),
  'min-k++': ({ logProbabilities, means, deviations }) =>
    means === undefined || deviations === undefined
      ? null
      : measureLowestStandardised({ logProbabilities, means, deviations }),
  'zlib': ({ logProbabilities }, { text }) => measureAgainstZlib(logProbabilities, text),
  /** Without scores of a reference, it is the model that made the traps: the registry has its perplexities. */
  'ratio': ({ logProbabilities, referenceLogProbabilities }, { perplexity }) =>
    referenceLogProbabilities === undefined
      ? measurePerplexity(logProbabilities) / perplexity
      : measureRatio(logProbabilities, referenceLogProbabilities),
  'context-perplexity': ({ contextLogProbabilities }) =>
    contextLogProbabilities === undefined ? null : measurePerplexity(contextLogProbabilities),
  'context-ratio': ({ contextLogProbabilities, contextReferenceLogProbabilities }) =>
    contextLogProbabilities === undefined || contextReferenceLogProbabilities === undefined
      ? null
      : measureRatio(contextLogProbabilities, contextReferenceLogProbabilities),
} as const satisfies Record<string, Measure>

export type ScoreName = keyof typeof measures

export interface DetectionGroup extends Separation {
  readonly by: 'all' | 'length' | 'repetitions' | 'bucket'
  readonly value: number | null
}

export interface Detection {
  readonly score: ScoreName
  /** All together; then by length, by repetitions (against all controls), and by bucket, where both sides have one. */
  readonly groups: readonly DetectionGroup[]
  /** Pearson's correlation of the AUC with the bucket; null with fewer than two buckets, or where one side does not vary. */
  readonly bucketCorrelation: number | null
  /** Share of all traps found where at most 0, 1, … 100 % of the controls are. */
  readonly roc: readonly number[]
}

/**
 * A score is there where each trap and control has what it needs. Variants are left out. Every AUC comes with its numbers and interval.
 *
 * Throws `bad-registry` for a trap or control without scores, or some without those of a reference, `bad-argument` where there are no traps or no controls.
 */
export function detectMembership(
  traps: readonly Trap[],
  scores: ReadonlyMap<string, TextScores>,
  seed: number,
): Detection[] {
  const judged = traps.filter(({ variantOf }) => variantOf === undefined)
  const missing = judged.filter(({ id }) => !scores.has(id))
  if (missing.length > 0) {
    throw new OmnigramError(
      'bad-registry',
      `${missing.length} traps have no scores, the first of them is ${missing[0]?.id}.`,
    )
  }
  const compared = judged.filter(({ id }) => scores.get(id)?.referenceLogProbabilities !== undefined)
  if (compared.length > 0 && compared.length < judged.length) {
    throw new OmnigramError(
      'bad-registry',
      `${compared.length} of ${judged.length} traps have scores of a reference; give them for all or for none.`,
    )
  }
  const detections: Detection[] = []
  for (const score of Object.keys(measures).filter((name): name is ScoreName => name in measures)) {
    const measure: Measure = measures[score]
    const values = new Map<string, number>()
    for (const trap of judged) {
      const found = scores.get(trap.id)
      const value = found === undefined ? null : measure(found, trap)
      if (value !== null) values.set(trap.id, value)
    }
    if (values.size === judged.length) detections.push(compareGroups(score, judged, values, seed))
  }
  return detections
}

function compareGroups(
  score: Detection['score'],
  judged: readonly Trap[],
  values: ReadonlyMap<string, number>,
  seed: number,
): Detection {
  const uniform = seedUniform(seed)
  const members = judged.filter(({ role }) => role === 'trap')
  const controls = judged.filter(({ role }) => role === 'control')
  const valuesOf = (group: readonly Trap[]) => group.map(({ id }) => values.get(id) ?? Number.NaN)
  const compare = (
    by: DetectionGroup['by'],
    value: number | null,
    isIn: (trap: Trap) => boolean,
    isControlIn = isIn,
  ): DetectionGroup[] => {
    const [inside, outside] = [members.filter(isIn), controls.filter(isControlIn)]
    if (by !== 'all' && (inside.length === 0 || outside.length === 0)) return []
    return [{ by, value, ...measureSeparation(valuesOf(inside), valuesOf(outside), { uniform }) }]
  }
  const byBucket = listValues(members, ({ bucket }) => bucket).flatMap((value) =>
    compare('bucket', value, ({ bucket }) => bucket === value),
  )
  return {
    score,
    groups: [
      ...compare('all', null, () => true),
      ...listValues(members, ({ tokens }) => tokens.length).flatMap((value) =>
        compare('length', value, ({ tokens }) => tokens.length === value),
      ),
      ...listValues(members, ({ repetitions }) => repetitions).flatMap((value) =>
        compare(
          'repetitions',
          value,
          ({ repetitions }) => repetitions === value,
          () => true,
        ),
      ),
      ...byBucket,
    ],
    roc: traceRoc(valuesOf(members), valuesOf(controls)),
    bucketCorrelation: correlate(byBucket.map(({ value, auc }) => [value ?? 0, auc])),
  }
}

function listValues(traps: readonly Trap[], read: (trap: Trap) => number): number[] {
  return [...new Set(traps.map(read))].sort((a, b) => a - b)
}
