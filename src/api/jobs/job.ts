/** What is a job? Work that goes on after its request was answered, and how it ended. */
import { type ErrorCode, toOmnigramError } from '../../core/errors.js'

export const jobStates = ['queued', 'running', 'done', 'failed'] as const

export type JobState = (typeof jobStates)[number]

/** Somebody who adds or removes jobs. */
export interface JobOwner {
  readonly account: string
  readonly isAdmin: boolean
}

/** Why a job failed, as it is kept. */
export interface JobProblem {
  readonly code: ErrorCode
  readonly detail: string
}

/** What went wrong, without what only the log should have. */
export function describeFailure(thrown: unknown): JobProblem {
  const error = toOmnigramError(thrown)
  return { code: error.code, detail: error.code === 'internal' ? 'The log of the server says more.' : error.detail }
}
