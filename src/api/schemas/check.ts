/** How does a check look from outside? */
import { z } from 'zod'
import { errorKinds } from '../../core/errors.js'
import { type Check, checkOrder, checkProgress } from '../contamination/check.js'
import { jobStates } from '../jobs/job.js'

const time = z.iso.datetime()

export const checkSchema = z
  .object({
    id: z.string().describe('Who knows it may read the report, and cancel the check.'),
    state: z.enum([...jobStates, 'cancelled']),
    ...checkOrder.shape,
    waiting: z.number().int().min(0).describe('Checks that are taken before it.'),
    progress: checkProgress.nullable(),
    problem: z
      .object({ code: z.string(), title: z.string(), detail: z.string(), hint: z.string() })
      .nullable()
      .describe('Why it failed.'),
    createdAt: time,
    endedAt: time.nullable(),
    expiresAt: time.nullable().describe('When it is forgotten; null once it is published.'),
    publishedAt: time.nullable(),
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
    problem: problem && {
      code: problem.code,
      title: errorKinds[problem.code].title,
      detail: problem.detail,
      hint: errorKinds[problem.code].hint,
    },
    createdAt: formatTime(createdMs),
    endedAt: endedMs === null ? null : formatTime(endedMs),
    expiresAt: expiresMs === null ? null : formatTime(expiresMs),
    publishedAt: publishedMs === null ? null : formatTime(publishedMs),
    report: state === 'done' ? (publishedMs === null ? id : reportId) : null,
  }
}

function formatTime(ms: number): string {
  return new Date(ms).toISOString()
}
