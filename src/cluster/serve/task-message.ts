/** What do a router and a shard server say to each other, and in which bytes? */
import { Packr } from 'msgpackr'
import { type ErrorCode, isErrorCode, OmnigramError } from '../../core/errors.js'
import type { TaskLane } from '../../query/shard-runner.js'
import type { TaskName } from '../../query/shard-task.js'

/** One task of one shard, or the question what the shard is. */
export interface TaskRequest {
  readonly manifestSha256: string
  readonly shard: number
  readonly name: TaskName | 'describe'
  readonly input: unknown
  /** What is left of the deadline; null without one. */
  readonly deadlineMs: number | null
  readonly lane: TaskLane
}

export type TaskReply =
  | { readonly isDone: true; readonly result: unknown }
  | { readonly isDone: false; readonly code: ErrorCode; readonly detail: string }

// As between threads: typed arrays come out as what they went in.
const packr = new Packr({ structuredClone: true, useRecords: false })

export function packRequest(request: TaskRequest): Uint8Array {
  return packr.pack(request)
}

export function packReply(reply: TaskReply): Uint8Array {
  return packr.pack(reply)
}

/** Throws `bad-argument` for what is no request. */
export function unpackRequest(bytes: Uint8Array): TaskRequest {
  const value = unpack(bytes) as Partial<TaskRequest> | null
  const isRequest =
    typeof value?.manifestSha256 === 'string' &&
    Number.isSafeInteger(value.shard) &&
    typeof value.name === 'string' &&
    (value.deadlineMs === null || typeof value.deadlineMs === 'number')
  if (!isRequest) throw new OmnigramError('bad-argument', 'A message to a shard server is no request.')
  const lane = value.lane === 'batch' || value.lane === 'brief' ? value.lane : 'interactive'
  return { ...(value as TaskRequest), lane }
}

/** Throws `internal` for what is no reply. */
export function unpackReply(bytes: Uint8Array): TaskReply {
  const value = unpack(bytes) as TaskReply | null
  if (value?.isDone === true) return value
  if (value?.isDone === false && isErrorCode(value.code)) return value
  throw new OmnigramError('internal', 'A message from a shard server is no reply.')
}

function unpack(bytes: Uint8Array): unknown {
  try {
    return packr.unpack(bytes)
  } catch {
    return null
  }
}

/** Whether another server may do what this one failed at. */
export function mayOthersDo(code: ErrorCode): boolean {
  const elsewhere: readonly ErrorCode[] = [
    'unknown-index',
    'damaged-index',
    'io-failure',
    'worker-lost',
    'overloaded',
    'internal',
    'unreachable-server',
    'unreachable-broker',
  ]
  return elsewhere.includes(code)
}
