/** What does `omnigram/browser` offer? An index in a web page: opened from a file host, from a file, or built there. */
import type { IndexReader } from '../query/index-reader.js'
import type { PageInput } from './build-in-page.js'
import type { SourceCost } from './byte-source.js'
import type { PageSource } from './open-in-page.js'
import { type PageCallOptions, PageWorker } from './page-worker.js'
import type { OpenedInfo } from './worker-protocol.js'

export type { ErrorCode, OmnigramError } from '../core/errors.js'
export type { PageDocument, PageInput } from './build-in-page.js'
export type { SourceCost } from './byte-source.js'
export type { PageSource } from './open-in-page.js'

export interface OpenPageIndexOptions extends PageCallOptions {
  readonly name?: string
  /** Blocks of 2 to the power of this are fetched; 15 by default. */
  readonly blockBits?: number
}

export interface BuildPageIndexOptions extends PageCallOptions {
  /** Default: `page`. */
  readonly name?: string
  readonly profile?: 'default' | 'small' | 'fast'
}

type Asked =
  | 'count'
  | 'find'
  | 'documents'
  | 'countDocuments'
  | 'countFacets'
  | 'findDocuments'
  | 'extract'
  | 'document'
  | 'documentInfo'
  | 'findExternalId'
  | 'next'
  | 'trace'

/** The methods of a reader, answered by the worker of the index. */
export type PageReader = Pick<IndexReader, Asked>

/** How many arguments come before the options. */
const argumentCounts: Record<Asked, number> = {
  count: 1,
  find: 1,
  documents: 1,
  countDocuments: 1,
  countFacets: 2,
  findDocuments: 1,
  extract: 3,
  document: 1,
  documentInfo: 1,
  findExternalId: 1,
  next: 1,
  trace: 1,
}

export interface PageIndex extends PageReader, OpenedInfo {
  /** Requests and bytes that reading the index has cost so far. */
  readCost(): Promise<SourceCost>
  /** Ends the worker of the index. */
  close(): void
}

/** An index that was built in the page. */
export interface BuiltPageIndex extends PageIndex {
  /** The shard as a file that every omnigram opens, such as `omnigram count notes.fm`. */
  readonly file: Blob
  readonly replacedDocuments: number
}

/**
 * Opens an index: the bytes of a shard, a file, the address of a shard (`….fm`) or of an index folder. It is read by range
 * requests as questions need it.
 *
 * Throws `damaged-index`, `newer-format`, `unknown-index`, `io-failure` (also for a host without range requests),
 * `bad-argument` for an index of tokens, `cancelled`.
 */
export async function openIndex(
  source: PageSource | URL | ArrayBuffer,
  { name, blockBits, ...options }: OpenPageIndexOptions = {},
): Promise<PageIndex> {
  const worker = new PageWorker()
  try {
    const input = { source: toSource(source), name, blockBits }
    return makeIndex(worker, await worker.call('open', input, options))
  } catch (error) {
    worker.close()
    throw error
  }
}

/**
 * Builds an index of texts, of files of plain text and of JSON lines, in a worker: 512 MiB at most.
 *
 * Throws `bad-input`, `io-failure`, `cancelled`.
 */
export async function buildIndex(
  inputs: readonly PageInput[],
  { name = 'page', profile, ...options }: BuildPageIndexOptions = {},
): Promise<BuiltPageIndex> {
  const worker = new PageWorker()
  try {
    const { index, bytes, replacedDocuments } = await worker.call('build', { inputs, profile, name }, options)
    const file = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' })
    return Object.assign(makeIndex(worker, index), { file, replacedDocuments })
  } catch (error) {
    // Also ends a build that is under way.
    worker.close()
    throw error
  }
}

function toSource(source: PageSource | URL | ArrayBuffer): PageSource {
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  if (source instanceof URL || typeof source === 'string') return new URL(source, location.href).href
  return source
}

function makeIndex(worker: PageWorker, info: OpenedInfo): PageIndex {
  const ask =
    (method: Asked) =>
    (...args: readonly unknown[]): Promise<never> => {
      const count = argumentCounts[method]
      const { signal, ...options } = { ...(args[count] as { signal?: AbortSignal } | undefined) }
      const input = { index: info.name, method, args: [...args.slice(0, count), options] }
      return worker.call('ask', input, { signal }) as Promise<never>
    }
  const methods = Object.keys(argumentCounts) as Asked[]
  const reader = Object.fromEntries(methods.map((method) => [method, ask(method)])) as unknown as PageReader
  return {
    ...reader,
    ...info,
    readCost: () => worker.call('cost', { index: info.name }),
    close: () => worker.close(),
  }
}
