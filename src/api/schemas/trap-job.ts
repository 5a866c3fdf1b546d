/** How do jobs on traps, and their results, look from outside? */
import { z } from 'zod'
import { type TrapJob, trapOrder, trapProgress, trapTasks } from '../traps/trap-job.js'
import { describeJobProblem, formatTime, jobFields, jobTime } from './job.js'

const count = z.number().int().min(0)
const share = z.number().min(0).max(1)

export const trapJobSchema = z
  .object({
    id: z.string().describe('Who knows it may read the result, and cancel the job; of a key, with that key alone.'),
    state: jobFields.state,
    ...trapOrder.shape,
    waiting: count.describe('Jobs that are taken before it.'),
    progress: trapProgress.nullable(),
    problem: jobFields.problem,
    createdAt: jobFields.createdAt,
    endedAt: jobFields.endedAt,
    expiresAt: jobTime.describe('When it is forgotten.'),
  })
  .meta({ id: 'TrapJob' })

export type DescribedTrapJob = z.infer<typeof trapJobSchema>

export function describeTrapJob(job: TrapJob, waiting: number): DescribedTrapJob {
  const { id, state, order, progress, problem, createdMs, endedMs, expiresMs } = job
  return {
    id,
    state,
    ...order,
    waiting,
    progress,
    problem: describeJobProblem(problem),
    createdAt: formatTime(createdMs),
    endedAt: endedMs === null ? null : formatTime(endedMs),
    expiresAt: formatTime(expiresMs),
  }
}

const rowFields = { trap: z.string(), index: z.string(), role: z.enum(['trap', 'control']) }

const presenceRow = z.object({
  ...rowFields,
  planned: count,
  found: count.describe('Copies, exactly.'),
  isAsPlanned: z.boolean(),
  documentCount: count,
  documents: z.array(
    z.object({
      document: count,
      externalId: z.string().nullable(),
      metadata: z.string().nullable(),
      occurrences: count,
      otherTraps: z.array(z.string()),
    }),
  ),
})

const neighbourRow = z.object({
  ...rowFields,
  neighbours: z.array(
    z.object({ document: count, externalId: z.string().nullable(), endOffset: count, distance: count }),
  ),
  histogram: z.array(z.object({ distance: count, count })).describe('Near copies by changed characters.'),
  isComplete: z.boolean().describe('False where near copies may be missing.'),
})

const survivalRow = z.object({
  trap: z.string(),
  length: count,
  repetitions: count,
  before: count,
  after: count,
  predicted: count,
})

const survivalRate = z.object({
  length: count,
  repetitions: count,
  traps: count,
  present: count,
  surviving: count,
  copiesBefore: count,
  copiesAfter: count,
  copiesPredicted: count,
})

const detectionSchema = z.object({
  score: z.string(),
  groups: z.array(
    z.object({
      by: z.enum(['all', 'length', 'repetitions', 'bucket']),
      value: z.number().nullable(),
      members: count,
      nonMembers: count,
      auc: share,
      aucInterval: z.array(share).length(2).describe('95 %.'),
      tprAt1PercentFpr: share,
      pValue: share,
    }),
  ),
  bucketCorrelation: z.number().nullable(),
  roc: z.array(share).length(101).describe('Share of traps found where at most 0, 1, … 100 % of the controls are.'),
})

/** One of the lists, as the task says; ids of traps, never their texts. */
export const trapResultSchema = z
  .object({
    task: z.enum(trapTasks),
    presence: z.array(presenceRow).optional(),
    neighbours: z.array(neighbourRow).optional(),
    survival: z.array(survivalRow).optional(),
    survivalRates: z.array(survivalRate).optional(),
    detections: z.array(detectionSchema).optional(),
  })
  .meta({ id: 'TrapResult' })
