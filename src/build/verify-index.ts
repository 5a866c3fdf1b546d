/** Is every byte of an index as it was built? */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { cancelTicket, releaseTicket, takeTicket } from '#native'
import { OmnigramError } from '../core/errors.js'
import type { ShardEntry } from '../core/manifest.js'
import { isFolder, openFile } from '../query/open-index.js'
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
  const { generation, entries } = await listShards(indexDir)
  const shards = entries.length
  const worker = new VerifyThread()
  try {
    let bytes = 0
    for (const [shardsDone, { path, entry }] of entries.entries()) {
      throwIfAborted(signal)
      onProgress?.({ shardsDone, shards })
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

/** The shards of a folder with what its manifest says of them; a shard on its own speaks for itself. */
async function listShards(
  path: string,
): Promise<{ generation: string; entries: { path: string; entry: ShardEntry }[] }> {
  if (!(await isFolder(path))) {
    const { generation, manifest } = openFile(path, 'mmap')
    return { generation, entries: manifest.shards.map((entry) => ({ path, entry })) }
  }
  const { generation, manifest } = await readManifest(path)
  const folder = new IndexFolder(path)
  return { generation, entries: manifest.shards.map((entry) => ({ path: folder.shardPath(entry.name), entry })) }
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
