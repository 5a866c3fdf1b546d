/** How does a check look from outside? */
import { z } from 'zod'
import { type Check, checkOrder, checkProgress } from '../contamination/check.js'
import { describeJobProblem, formatTime, jobFields, jobTime } from './job.js'

export const checkSchema = z
  .object({
    id: z.string().describe('Who knows it may read the report, and cancel the check.'),
    state: jobFields.state,
    ...checkOrder.shape,
    waiting: z.number().int().min(0).describe('Checks that are taken before it.'),
    progress: checkProgress.nullable(),
    problem: jobFields.problem,
    createdAt: jobFields.createdAt,
    endedAt: jobFields.endedAt,
    expiresAt: jobTime.nullable().describe('When it is forgotten; null once it is published.'),
    publishedAt: jobTime.nullable(),
    report: z.string().nullable().describe('Id under which the report is read; null until it is done.'),
  })
  .meta({ id: 'ContaminationCheck' })

export type DescribedCheck = z.infer<typeof checkSchema>

export function describeCheck(check: Check, waiting: number): DescribedCheck {
  const { id, state, order, progress, problem, createdMs, endedMs, expiresMs, publishedMs, reportId } = check
  return {
    id,
    state,
    ...order,
    waiting,
    progress,
    problem: describeJobProblem(problem),
    createdAt: formatTime(createdMs),
    endedAt: endedMs === null ? null : formatTime(endedMs),
    expiresAt: expiresMs === null ? null : formatTime(expiresMs),
    publishedAt: publishedMs === null ? null : formatTime(publishedMs),
    report: state === 'done' ? (publishedMs === null ? id : reportId) : null,
  }
}
