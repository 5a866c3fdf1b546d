/** How is a shard checked without keeping the main thread from its work? */
import { parentPort } from 'node:worker_threads'
import { openShard } from '#native'
import { type ErrorCode, toOmnigramError } from '../core/errors.js'

export interface VerifyTask {
  readonly path: string
  /** What of it is hidden; null for nothing. */
  readonly hiddenPath: string | null
  readonly isDeep: boolean
  readonly ticket: number
}

export type VerifyReply =
  | { readonly isIntact: true }
  | { readonly isIntact: false; readonly code: ErrorCode; readonly detail: string }

function verifyShard({ path, hiddenPath, isDeep, ticket }: VerifyTask): VerifyReply {
  try {
    openShard(path, 'mmap', hiddenPath).verify(isDeep, ticket)
    return { isIntact: true }
  } catch (thrown) {
    const { code, detail } = toOmnigramError(thrown)
    return { isIntact: false, code, detail: detail.includes(path) ? detail : `${path}: ${detail}` }
  }
}

parentPort?.on('message', (task: VerifyTask) => parentPort?.postMessage(verifyShard(task)))
