/** Is every byte of an index as it was built? */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { cancelTicket, releaseTicket, takeTicket } from '#native'
import { OmnigramError } from '../core/errors.js'
import { fileBytesOf, type ShardEntry, type TokenizerEntry } from '../core/manifest.js'
import { isFolder, openFile } from '../query/open-index.js'
import { readManifest } from '../query/read-manifest.js'
import { readIndexTokenizer } from '../tokenizer/tokenizer-file.js'
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
  /** Bytes of the shards and tokenizers that were checked. */
  readonly bytes: number
  readonly isDeep: boolean
}

/**
 * Checks `CURRENT`, the manifest's checksum, the tokenizer, each shard's size, checksum and head, then all of its bytes against the checksums
 * of its blocks. O(index bytes), on a thread of its own.
 *
 * Throws `damaged-index` naming the first path that is not as it should be, `unknown-index`, `newer-format`, `cancelled`.
 */
export async function verifyIndex(indexDir: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { deep = false, signal, onProgress } = options
  const { generation, entries, tokenizer } = await listFiles(indexDir)
  const shards = entries.length
  const worker = new VerifyThread()
  try {
    let bytes = tokenizer?.entry.bytes ?? 0
    if (tokenizer) await readIndexTokenizer(tokenizer.path, tokenizer.entry)
    for (const [shardsDone, { path, hiddenPath, entry }] of entries.entries()) {
      throwIfAborted(signal)
      onProgress?.({ shardsDone, shards })
      readShardInfo(path, entry)
      await worker.verify(path, hiddenPath, deep, signal)
      bytes += fileBytesOf(entry)
    }
    onProgress?.({ shardsDone: shards, shards })
    return { generation, shards, bytes, isDeep: deep }
  } finally {
    await worker.close()
  }
}

/** What makes up a generation, with what its manifest says of it. */
interface GenerationFiles {
  readonly generation: string
  readonly entries: readonly { readonly path: string; readonly hiddenPath: string | null; readonly entry: ShardEntry }[]
  readonly tokenizer: { readonly path: string; readonly entry: TokenizerEntry } | null
}

/** The files of a folder; a shard on its own speaks for itself. */
async function listFiles(path: string): Promise<GenerationFiles> {
  if (!(await isFolder(path))) {
    const { generation, manifest } = openFile(path, 'mmap')
    return { generation, entries: manifest.shards.map((entry) => ({ path, hiddenPath: null, entry })), tokenizer: null }
  }
  const { generation, manifest } = await readManifest(path)
  const folder = new IndexFolder(path)
  const entry = manifest.options.tokens?.tokenizer
  return {
    generation,
    entries: manifest.shards.map((shard) => ({
      path: folder.shardPath(shard.name),
      hiddenPath: shard.hidden ? folder.shardPath(shard.hidden.name) : null,
      entry: shard,
    })),
    tokenizer: entry ? { path: folder.tokenizerPath(entry.name), entry } : null,
  }
}

/** A thread that checks one shard at a time, so that this one hears of a stop. */
class VerifyThread {
  readonly #worker = new Worker(findWorker(), { name: 'omnigram-verify' })

  async verify(
    path: string,
    hiddenPath: string | null,
    isDeep: boolean,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const ticket = takeTicket()
    const cancel = () => cancelTicket(ticket)
    signal?.addEventListener('abort', cancel)
    try {
      const reply = await this.#ask({ path, hiddenPath, isDeep, ticket })
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
