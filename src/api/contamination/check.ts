/** What is a check? A benchmark that somebody uploaded, and how far the work on it is. */
import { z } from 'zod'
import { viewNames } from '../../contamination/views.js'
import { OmnigramError } from '../../core/errors.js'
import type { JobProblem, JobState } from '../jobs/job.js'

/** What of an upload decides its report; kept with it, so that a check can be done again after a restart. */
export const checkOrder = z.strictObject({
  name: z.string(),
  category: z.string().nullable(),
  licence: z.string().nullable(),
  link: z.string().nullable(),
  split: z.string().nullable(),
  format: z.enum(['jsonl', 'csv', 'parquet']),
  field: z.string().nullable(),
  answerField: z.string().nullable(),
  indexes: z.array(z.string()).min(1),
  views: z.array(z.enum(viewNames)).min(1),
  /** Items of the file, counted when it came. */
  itemsInFile: z.number().int().min(1),
})

export type CheckOrder = z.infer<typeof checkOrder>

export const checkProgress = z.object({
  phase: z.enum(['count', 'evidence']),
  index: z.string(),
  itemsDone: z.number().int().min(0),
  items: z.number().int().min(0),
  share: z.number().min(0).max(1).describe('Of the whole work.'),
  itemsPerSecond: z.number().min(0),
  etaMs: z.number().min(0).nullable(),
})

export type CheckProgress = z.infer<typeof checkProgress>

export interface Check {
  readonly id: string
  readonly account: string
  readonly state: JobState
  readonly order: CheckOrder
  readonly progress: CheckProgress | null
  readonly problem: JobProblem | null
  readonly createdMs: number
  readonly endedMs: number | null
  /** When it is forgotten; null for what is published. */
  readonly expiresMs: number | null
  readonly publishedMs: number | null
  /** Under which the published report is read. */
  readonly reportId: string | null
}

export function unknownCheck(id: string): OmnigramError {
  return new OmnigramError('unknown-check', `'${id.slice(0, 64)}' is not known, or its time has passed.`)
}
