/** What does the index argument of a verb mean? A folder, a shard file, an index in a store, or the address of a served one. */

import type { TransferProgress } from '../cluster/store/transfer-meter.js'
import { OmnigramError } from '../core/errors.js'
import { formatBytes, formatDuration } from '../core/units.js'
import type { IndexReader } from '../query/index-reader.js'
import type { OpenIndexOptions } from '../query/open-index.js'
import { readPartial, type SearchTarget } from './search-target.js'
import { isSet, textArg, type VerbCall } from './verb.js'

export function isServerAddress(target: string): boolean {
  return /^https?:\/\//i.test(target)
}

/** The index of a verb that looks at the files themselves: a folder or a shard file. */
export function pathArg(call: VerbCall): string {
  const target = textArg(call, 0)
  if (isStoreAddress(target)) {
    throw new OmnigramError('bad-argument', `Fetch it first: omnigram pull ${target} my-index.`)
  }
  if (!isServerAddress(target)) return target
  throw new OmnigramError(
    'bad-argument',
    `The files of ${target} are where its server is: give a folder or a shard file.`,
  )
}

/** Whether that is an index in a store of objects: `s3://bucket/prefix`. */
export function isStoreAddress(target: string): boolean {
  return /^s3:\/\//i.test(target)
}

/** Opens a folder, a shard file, or an index in a store, which is brought into the cache first. */
export async function openFiles(target: string, options: OpenIndexOptions, call: VerbCall): Promise<IndexReader> {
  const { openIndex } = await import('../query/open-index.js')
  if (!isStoreAddress(target)) return openIndex(target, options)
  const [{ openStore }, { pullIntoCache }, { nameOfAddress }] = await Promise.all([
    import('../cluster/store/open-store.js'),
    import('../cluster/store/stored-live-index.js'),
    import('../cluster/store/index-cache.js'),
  ])
  const { terminal, signal } = call
  const onProgress = (progress: TransferProgress) => terminal.showProgress(formatTransfer('fetch', progress))
  const indexDir = await pullIntoCache(openStore(target), { signal, onProgress })
  terminal.clearProgress()
  return openIndex(indexDir, { name: nameOfAddress(target), ...options })
}

/**
 * Opens the index of tokens that a verb works on beside a model: a folder, a shard file, or an index in a store. `what` needs it.
 *
 * Throws `bad-argument` for a server's address and for an index of bytes.
 */
export async function withTokenIndex<T>(
  call: VerbCall,
  what: string,
  work: (reader: IndexReader) => Promise<T>,
): Promise<T> {
  const target = textArg(call, 0)
  if (isServerAddress(target)) {
    throw new OmnigramError('bad-argument', `The model works beside the index: ${target} is a server's address.`)
  }
  const reader = await openFiles(target, { workers: 0 }, call)
  try {
    if (reader.manifest.symbols === 'tokens') return await work(reader)
    throw new OmnigramError('bad-argument', `${reader.name} holds bytes; ${what} needs an index of tokens.`)
  } finally {
    await reader.close()
  }
}

/** How far a transfer is, in one line. */
export function formatTransfer(what: string, progress: TransferProgress): string {
  const { doneBytes, totalBytes, bytesPerSecond, etaMs } = progress
  const parts = [
    `${what.padEnd(7)} ${((100 * doneBytes) / Math.max(1, totalBytes)).toFixed(0).padStart(3)} %`,
    `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`,
    `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`,
  ]
  if (etaMs !== null) parts.push(`ETA ${formatDuration(etaMs)}`)
  return parts.join(' · ')
}

/** Opens it for one command: no worker threads are started for a folder. */
export async function openReader(target: string, call: VerbCall): Promise<SearchTarget> {
  if (isServerAddress(target)) {
    const { RemoteIndex } = await import('./remote-index.js')
    return new RemoteIndex(target, { allowsPartial: isSet(call.flags, 'partial') })
  }
  return openFiles(target, { workers: 0 }, call)
}

/** Opens the first argument, works, and closes whatever happens. */
export async function withReader<T>(call: VerbCall, work: (reader: SearchTarget) => Promise<T>): Promise<T> {
  const reader = await openReader(textArg(call, 0), call)
  try {
    const result = await work(reader)
    notePartial(reader, call)
    return result
  } finally {
    await reader.close()
  }
}

/** Said on standard error whatever the form of the answer, also where little is said. */
function notePartial(reader: SearchTarget, { terminal }: VerbCall): void {
  const partial = readPartial(reader)
  if (!partial) return
  const shards = `${partial.missing.length} of ${partial.shards} shards are missing`
  terminal.warn(
    `partial answer: ${shards}, with ${partial.missing.reduce((sum, { documents }) => sum + documents, 0)} documents`,
  )
}
