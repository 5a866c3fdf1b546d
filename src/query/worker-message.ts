/** What do the pool and its workers say to each other? */
import { type ErrorCode, toOmnigramError } from '../core/errors.js'
import type { Residency } from '../core/residency.js'
import type { TaskInput, TaskName } from './shard-task.js'

export interface TaskMessage {
  readonly kind: 'task'
  readonly path: string
  readonly hiddenPath: string | null
  readonly residency: Residency
  readonly name: TaskName
  readonly input: TaskInput<TaskName>
  /** Slot that the pool cancels when nobody wants the answer. */
  readonly ticket: number
}

export interface ForgetMessage {
  readonly kind: 'forget'
  readonly path: string
}

export type PoolMessage = TaskMessage | ForgetMessage

export type WorkerReply =
  | { readonly isDone: true; readonly result: unknown }
  | { readonly isDone: false; readonly code: ErrorCode; readonly detail: string }

/** An error as it can be sent: errors lose their class and `code` between threads. */
export function describeFailure(thrown: unknown): WorkerReply {
  const { code, detail } = toOmnigramError(thrown)
  return { isDone: false, code, detail }
}
