/** How does the page follow a check? */
import { watchJob } from '../server/watch-job.ts'
import type { Check, CheckAnswer } from './answers.ts'
import { checkPath } from './ask.ts'

/** Tells each state of the check up to the last one. */
export function watchCheck(id: string, signal: AbortSignal, tell: (check: Check) => void): Promise<void> {
  return watchJob<CheckAnswer>(
    checkPath(id),
    ({ check }) => hasEnded(check),
    signal,
    ({ check }) => tell(check),
  )
}

export function hasEnded({ state }: Check): boolean {
  return state !== 'queued' && state !== 'running'
}
