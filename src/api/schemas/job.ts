/** What do all jobs look like from outside, whatever they work on? */
import { z } from 'zod'
import { type ErrorCode, errorKinds } from '../../core/errors.js'
import { jobStates } from '../jobs/job.js'

export const jobTime = z.iso.datetime()

export const jobFields = {
  state: z.enum([...jobStates, 'cancelled']),
  problem: z
    .object({ code: z.string(), title: z.string(), detail: z.string(), hint: z.string() })
    .nullable()
    .describe('Why it failed.'),
  createdAt: jobTime,
  endedAt: jobTime.nullable(),
}

export function describeJobProblem(problem: { readonly code: ErrorCode; readonly detail: string } | null) {
  if (problem === null) return null
  const { title, hint } = errorKinds[problem.code]
  return { code: problem.code, title, detail: problem.detail, hint }
}

export function formatTime(ms: number): string {
  return new Date(ms).toISOString()
}
