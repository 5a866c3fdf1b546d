/** How is a shard checked without keeping the main thread from its work? */
import { parentPort } from 'node:worker_threads'
import { openShard } from '#native'
import { type ErrorCode, toOmnigramError } from '../core/errors.js'

export interface VerifyTask {
  readonly path: string
  readonly isDeep: boolean
  readonly ticket: number
}

export type VerifyReply =
  | { readonly isIntact: true }
  | { readonly isIntact: false; readonly code: ErrorCode; readonly detail: string }

function verifyShard({ path, isDeep, ticket }: VerifyTask): VerifyReply {
  try {
    openShard(path, 'mmap').verify(isDeep, ticket)
    return { isIntact: true }
  } catch (thrown) {
    const { code, detail } = toOmnigramError(thrown)
    return { isIntact: false, code, detail: detail.includes(path) ? detail : `${path}: ${detail}` }
  }
}

parentPort?.on('message', (task: VerifyTask) => parentPort?.postMessage(verifyShard(task)))
