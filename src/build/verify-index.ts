/** Is every byte of an index as it was built? */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { cancelTicket, releaseTicket, takeTicket } from '#native'
import { OmnigramError } from '../core/errors.js'
import { readManifest } from '../query/read-manifest.js'
import { IndexFolder } from './index-folder.js'
import { readShardInfo } from './inspect-index.js'
import type { VerifyReply, VerifyTask } from './verify-worker.js'

export interface VerifyOptions {
  /** Also check the structures of each shard against each other. */
  readonly deep?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: VerifyProgress) => void
}

export interface VerifyProgress {
  readonly shardsDone: number
  readonly shards: number
}

export interface VerifyReport {
  readonly generation: string
  readonly shards: number
  /** Bytes of the shards that were checked. */
  readonly bytes: number
  readonly isDeep: boolean
}

/**
 * Checks `CURRENT`, the manifest's checksum, each shard's size, checksum and head, then all of its bytes against the checksums
 * of its blocks. O(index bytes), on a thread of its own.
 *
 * Throws `damaged-index` naming the first path that is not as it should be, `unknown-index`, `newer-format`, `cancelled`.
 */
export async function verifyIndex(indexDir: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { deep = false, signal, onProgress } = options
  const { generation, manifest } = await readManifest(indexDir)
  const folder = new IndexFolder(indexDir)
  const shards = manifest.shards.length
  const worker = new VerifyThread()
  try {
    let bytes = 0
    for (const [shardsDone, entry] of manifest.shards.entries()) {
      throwIfAborted(signal)
      onProgress?.({ shardsDone, shards })
      const path = folder.shardPath(entry.name)
      readShardInfo(path, entry)
      await worker.verify(path, deep, signal)
      bytes += entry.bytes
    }
    onProgress?.({ shardsDone: shards, shards })
    return { generation, shards, bytes, isDeep: deep }
  } finally {
    await worker.close()
  }
}

/** A thread that checks one shard at a time, so that this one hears of a stop. */
class VerifyThread {
  readonly #worker = new Worker(findWorker(), { name: 'omnigram-verify' })

  async verify(path: string, isDeep: boolean, signal: AbortSignal | undefined): Promise<void> {
    const ticket = takeTicket()
    const cancel = () => cancelTicket(ticket)
    signal?.addEventListener('abort', cancel)
    try {
      const reply = await this.#ask({ path, isDeep, ticket })
      if (!reply.isIntact) throw new OmnigramError(reply.code, reply.detail)
    } finally {
      signal?.removeEventListener('abort', cancel)
      releaseTicket(ticket)
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(task: VerifyTask): Promise<VerifyReply> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new OmnigramError('worker-lost', `The thread that checked ${task.path} ended.`))
      this.#worker.once('error', reject)
      this.#worker.once('exit', onExit)
      this.#worker.once('message', (reply: VerifyReply) => {
        this.#worker.off('error', reject)
        this.#worker.off('exit', onExit)
        resolve(reply)
      })
      this.#worker.postMessage(task)
    })
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new OmnigramError('cancelled', 'The index was not checked to its end.')
}

/** The compiled worker: beside this file, or in `dist` when the sources themselves are run. */
function findWorker(): URL {
  const beside = new URL('./verify-worker.js', import.meta.url)
  return existsSync(fileURLToPath(beside)) ? beside : new URL('../../dist/build/verify-worker.js', import.meta.url)
}
