/** How is an index opened, and is it what its manifest says? */
import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { openShard, type Shard } from '#native'
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { type Manifest, type ShardEntry, visibleSymbolsOf } from '../core/manifest.js'
import type { Residency } from '../core/residency.js'
import type { IndexReader } from './index-reader.js'
import { InlineRunner } from './inline-runner.js'
import { LocalReader } from './local-reader.js'
import { describeLoneShard } from './lone-shard.js'
import { asIoFailure, hashManifest, isMissing, nameGeneration, readManifest } from './read-manifest.js'
import type { ShardFile } from './shard-file.js'
import type { ShardRunner } from './shard-runner.js'
import { ShardSet } from './shard-set.js'
import { ByteCoder } from './symbol-coder.js'
import { TokenCoder } from './token-coder.js'
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.js'

export interface OpenIndexOptions extends WorkerPoolOptions {
  /** Default: `mmap`, whose memory does not grow with the index. */
  readonly residency?: Residency
  /** Whether the files are compared with their checksums beside the answers, once a process. Default: no. */
  readonly checksContent?: boolean
  /** Default: the base name of the path. */
  readonly name?: string
  /** Threads of all indexes of the process; who made it closes it. Absent: the reader has its own, `workers: 0` none. */
  readonly pool?: WorkerPool
}

/**
 * Opens the live generation of an index folder, or a single shard file as an index of one shard. Microseconds a shard:
 * sizes and checksums are compared with the manifest, contents are not read.
 *
 * Throws `unknown-index` when there is none, `damaged-index` naming the path that is missing or does not fit,
 * `newer-format`, `io-failure`.
 */
export async function openIndex(path: string, options: OpenIndexOptions = {}): Promise<IndexReader> {
  const name = options.name ?? basename(resolve(path)).replace(/\.fm$/, '')
  const { residency = 'mmap' } = options
  const runner = options.pool ?? (options.workers === 0 ? new InlineRunner() : new WorkerPool(options))
  const opened = (await isFolder(path)) ? await openFolder(path, residency) : openFile(path, residency)
  if (options.checksContent) for (const { shard } of opened.files) shard?.startContentCheck()
  const tokenizerPath = join(path, 'tokenizers', opened.manifest.options.tokens?.tokenizer?.name ?? '')
  return readShards(opened, { name, runner, tokenizerPath, closesRunner: runner !== options.pool })
}

export interface ReadShardsOptions {
  readonly name: string
  readonly runner: ShardRunner
  /** Where the tokenizer of a token index lies, if it has one. */
  readonly tokenizerPath: string
  /** Whether the runner ends with the reader. */
  readonly closesRunner: boolean
}

/** A reader of shards that a runner reaches, wherever they are. */
export function readShards(
  { files, ...generation }: OpenedIndex,
  { name, runner, tokenizerPath, closesRunner }: ReadShardsOptions,
): IndexReader {
  const { tokens } = generation.manifest.options
  const coder = tokens ? new TokenCoder(tokens, tokenizerPath) : new ByteCoder()
  const shards = new ShardSet(files, runner)
  const onClose = async () => {
    shards.forget()
    if (closesRunner) await runner.close()
  }
  return new LocalReader({ ...generation, name, shards, coder, onClose })
}

/** A generation with its shards, open on this thread. */
export interface OpenedIndex {
  readonly generation: string
  readonly manifestSha256: string
  readonly manifest: Manifest
  readonly files: readonly ShardFile[]
}

async function openFolder(indexDir: string, residency: Residency): Promise<OpenedIndex> {
  const live = await readManifest(indexDir)
  const { manifest } = live
  const files: ShardFile[] = []
  for (const entry of manifest.shards) {
    const path = join(indexDir, 'shards', entry.name)
    await checkSize(path, entry.bytes)
    const hiddenPath = hiddenPathOf(path, entry)
    if (hiddenPath !== null) await checkSize(hiddenPath, entry.hidden?.bytes ?? 0)
    files.push(openEntry(path, entry, manifest, residency))
  }
  return { generation: nameGeneration(live), manifestSha256: live.sha256, manifest, files }
}

/** A shard on its own: its checksum stands for the generation. */
export function openFile(path: string, residency: Residency): OpenedIndex {
  const file = openShardFile(path, null, residency)
  const manifest = describeLoneShard(file.info)
  const { checksum } = file.info
  return { generation: checksum, manifestSha256: hashManifest(manifest), manifest, files: [file] }
}

/** Says plainly that a shard is missing or cut short, before the core meets it. */
async function checkSize(path: string, bytes: number): Promise<void> {
  try {
    const { size } = await stat(path)
    if (size === bytes) return
    throw new OmnigramError('damaged-index', `${path} has ${size} bytes where the manifest says ${bytes}.`)
  } catch (thrown) {
    if (isMissing(thrown)) throw new OmnigramError('damaged-index', `${path} is missing.`, { cause: thrown })
    throw asIoFailure(thrown, path)
  }
}

/** The list of what is hidden lies beside the shard. */
function hiddenPathOf(path: string, { hidden }: ShardEntry): string | null {
  return hidden ? join(dirname(path), hidden.name) : null
}

/** Opens a shard that a manifest names, without what that hides. Throws `damaged-index` where it is another one. */
export function openEntry(path: string, entry: ShardEntry, manifest: Manifest, residency: Residency): ShardFile {
  const file = openShardFile(path, hiddenPathOf(path, entry), residency)
  const { info } = file
  const claims = [
    ['checksum', info.checksum, entry.checksum],
    ['documents', info.documents, entry.documents],
    ['symbols', info.symbols, entry.symbolCount === undefined ? 'bytes' : 'tokens'],
    ['symbolCount', info.symbolCount, visibleSymbolsOf(entry)],
    ['hidden', info.hidden?.checksum, entry.hidden?.checksum],
    ['facetFields', info.facetFields.join(), manifest.options.facetFields.join()],
  ] as const
  for (const [field, found, claimed] of claims) {
    if (found === claimed) continue
    throw new OmnigramError('damaged-index', `${path}: ${field} is ${found} where the manifest says ${claimed}.`)
  }
  return file
}

function openShardFile(path: string, hiddenPath: string | null, residency: Residency): ShardFile {
  let shard: Shard
  try {
    shard = openShard(path, residency, hiddenPath)
  } catch (thrown) {
    const { code, detail } = toOmnigramError(thrown)
    throw new OmnigramError(code, detail.includes(path) ? detail : `${path}: ${detail}`, { cause: thrown })
  }
  return { path, hiddenPath, residency, shard, info: shard.info(), isVerified: () => shard.isVerified() }
}

/** Whether the path is an index folder rather than a shard file. Throws `unknown-index` when there is nothing. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (thrown) {
    if (!isMissing(thrown)) throw asIoFailure(thrown, path)
    const detail = `There is nothing at ${path}. Build an index: omnigram build FILE… -o ${path}`
    throw new OmnigramError('unknown-index', detail, { cause: thrown })
  }
}
