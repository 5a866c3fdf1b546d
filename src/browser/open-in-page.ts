/** How is an index opened in a page: a shard in memory, a file of the visitor, or what a file host serves? */
import { sha256 } from '@noble/hashes/sha2'
import { bytesToHex } from '@noble/hashes/utils'
import { OmnigramError } from '../core/errors.js'
import { formatManifest, type Manifest, parseCurrent, parseManifest, type ShardEntry } from '../core/manifest.js'
import { LocalReader } from '../query/local-reader.js'
import { describeLoneShard } from '../query/lone-shard.js'
import type { ShardFile } from '../query/shard-file.js'
import { ShardSet } from '../query/shard-set.js'
import { ByteCoder } from '../query/symbol-coder.js'
import { decodeText } from '../query/text-bytes.js'
import { BlobSource } from './blob-source.js'
import type { ByteSource, SourceCost } from './byte-source.js'
import { loadWasm } from './load-wasm.js'
import { PageRunner } from './page-runner.js'
import { defaultBlockBits, PagedShard } from './paged-shard.js'
import { fetchFile, UrlSource } from './url-source.js'
import { checkWanted } from './wanted.js'

/** What is opened: bytes of a shard, a shard file, or the address of a shard (`….fm`) or of an index folder. */
export type PageSource = Uint8Array | Blob | string

export interface PageOpenOptions {
  /** Default: the end of the address, or the name of the file. */
  readonly name?: string
  /** Bytes that are fetched at once are a multiple of 2 to the power of this, 12 to 20. Default: 15. */
  readonly blockBits?: number
  /** Read shards whole and compare them with their checksums, so that what is asked of them stays in the page. */
  readonly isWhole?: boolean
  readonly signal?: AbortSignal
}

/** An index that is open on this thread. */
export interface OpenedInPage {
  readonly reader: LocalReader
  /** What reading it has cost until now. */
  readCost(): SourceCost
}

/**
 * Opens an index. What is in memory is compared with its checksums; of the others only header, table and directories are
 * read. Three or four requests a shard.
 *
 * Throws `damaged-index` for what is no whole shard, `newer-format`, `unknown-index` where there is nothing,
 * `io-failure` for a host that does not answer or knows no range requests, `bad-argument` for an index of tokens, and
 * for one that hides documents, `cancelled`. What was opened of it until then is closed again.
 */
export async function openInPage(source: PageSource, options: PageOpenOptions = {}): Promise<OpenedInPage> {
  const runner = new PageRunner()
  try {
    const opened = await openWith(runner, source, options)
    checkWanted(options.signal)
    return opened
  } catch (thrown) {
    runner.forgetAll()
    throw thrown
  }
}

async function openWith(runner: PageRunner, source: PageSource, options: PageOpenOptions): Promise<OpenedInPage> {
  if (typeof source !== 'string') return openLone(await openShard(source, options, runner), options, runner, 'index')
  const name = /([^/]+?)(\.fm)?\/?(\?.*)?$/.exec(source)?.[1] ?? 'index'
  if (/\.fm(\?.*)?$/.test(source)) return openLone(await openShard(source, options, runner), options, runner, name)
  return openFolder(source.replace(/\/?$/, '/'), options, runner, name)
}

interface PageShard {
  readonly file: ShardFile
  readonly cost: () => SourceCost
}

const noCost: SourceCost = { requests: 0, bytes: 0 }

function openLone({ file, cost }: PageShard, options: PageOpenOptions, runner: PageRunner, name: string): OpenedInPage {
  const { checksum } = file.info
  const manifest = describeLoneShard(file.info)
  const manifestSha256 = bytesToHex(sha256(formatManifest(manifest)))
  const state = { name: options.name ?? name, generation: checksum, manifestSha256, manifest }
  return makeReader(state, [file], runner, cost)
}

async function openFolder(
  address: string,
  options: PageOpenOptions,
  runner: PageRunner,
  name: string,
): Promise<OpenedInPage> {
  const { signal } = options
  const currentAddress = `${address}CURRENT`
  const { generation, sha256: manifestSha256 } = parseCurrent(
    decodeText(await fetchFile(currentAddress, signal)),
    currentAddress,
  )
  const manifestAddress = `${address}generations/${generation}.json`
  const bytes = await fetchFile(manifestAddress, signal)
  checkManifest(bytes, manifestSha256, manifestAddress)
  const manifest = parseManifest(decodeText(bytes), manifestAddress)
  if (manifest.shards.some(({ hidden }) => hidden)) {
    const detail = `${address} hides documents that were taken down, and a page would show them: let \`omnigram merge\` drop them first.`
    throw new OmnigramError('bad-argument', detail)
  }
  const shards = await openEach(
    manifest.shards.map((entry) => (signal) => openEntry(address, entry, { ...options, signal }, runner)),
    signal,
  )
  const cost = () =>
    shards.map((shard) => shard.cost()).reduce(addCosts, { requests: 2, bytes: bytes.length + generation.length + 66 })
  const state = {
    name: options.name ?? name,
    generation: `${generation}-${manifestSha256.slice(0, 8)}`,
    manifestSha256,
    manifest,
  }
  return makeReader(
    state,
    shards.map(({ file }) => file),
    runner,
    cost,
  )
}

/** Opens all, or none: when one can't be opened the others are given up. */
async function openEach(
  opens: readonly ((signal: AbortSignal) => Promise<PageShard>)[],
  signal?: AbortSignal,
): Promise<PageShard[]> {
  const controller = new AbortController()
  const giveUp = () => controller.abort()
  signal?.addEventListener('abort', giveUp)
  let failure: unknown = null
  const outcomes = opens.map(async (open) => {
    try {
      checkWanted(signal)
      return [await open(controller.signal)]
    } catch (thrown) {
      failure ??= thrown
      giveUp()
      return []
    }
  })
  // Also those that fail later must have ended, so that nothing is opened after the index was refused.
  const shards = (await Promise.all(outcomes)).flat()
  signal?.removeEventListener('abort', giveUp)
  if (failure !== null) throw failure
  return shards
}

async function openEntry(
  address: string,
  entry: ShardEntry,
  options: PageOpenOptions,
  runner: PageRunner,
): Promise<PageShard> {
  const shardAddress = `${address}shards/${entry.name}`
  const shard = await openShard(shardAddress, options, runner)
  if (shard.file.info.checksum === entry.checksum) return shard
  throw new OmnigramError('damaged-index', `${shardAddress} is not the shard that the manifest names.`)
}

function checkManifest(bytes: Uint8Array, expected: string, address: string): void {
  const found = bytesToHex(sha256(bytes))
  if (found === expected) return
  throw new OmnigramError('damaged-index', `${address} has SHA-256 ${found} where CURRENT says ${expected}.`)
}

async function openShard(source: PageSource, options: PageOpenOptions, runner: PageRunner): Promise<PageShard> {
  const { Shard } = await loadWasm()
  const { signal, blockBits = defaultBlockBits, isWhole = false } = options
  if (!(source instanceof Uint8Array) && isWhole) return readWhole(source, options, runner)
  if (source instanceof Uint8Array) {
    const shard = Shard.fromBytes(source)
    const nothing: ByteSource = { name: 'memory', bytes: source.length, cost: noCost, read: async () => [] }
    const file = runner.add(new PagedShard(shard, nothing, blockBits), options.name ?? 'memory')
    return { file, cost: () => noCost }
  }
  const bytes =
    typeof source === 'string' ? await UrlSource.open(source, signal) : new BlobSource(source, nameBlob(source))
  const paged = new PagedShard(Shard.inBlocks(bytes.bytes, blockBits), bytes, blockBits)
  try {
    await paged.answer(
      () => paged.shard.open(),
      () => checkWanted(signal),
      signal,
    )
  } catch (thrown) {
    paged.shard.free()
    throw nameShard(thrown, bytes.name)
  }
  return { file: runner.add(paged, bytes.name), cost: () => bytes.cost }
}

async function readWhole(source: string | Blob, options: PageOpenOptions, runner: PageRunner): Promise<PageShard> {
  const name = typeof source === 'string' ? source : nameBlob(source)
  const bytes = typeof source === 'string' ? await fetchFile(source, options.signal) : await readBlob(source)
  const cost = { requests: 1, bytes: bytes.length }
  try {
    return { file: (await openShard(bytes, options, runner)).file, cost: () => cost }
  } catch (thrown) {
    throw nameShard(thrown, name)
  }
}

function nameBlob(blob: Blob): string {
  return 'name' in blob && typeof blob.name === 'string' ? blob.name : 'the file'
}

async function readBlob(blob: Blob): Promise<Uint8Array> {
  const [bytes] = await new BlobSource(blob, nameBlob(blob)).read([{ start: 0, end: blob.size }])
  return bytes
}

/** Errors of the core name a section, not the file. */
function nameShard(thrown: unknown, name: string): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
  if (thrown instanceof OmnigramError || code !== 'damaged-index') return thrown
  return new OmnigramError('damaged-index', `${name}: ${(thrown as Error).message}.`, { cause: thrown })
}

interface ReaderState {
  readonly name: string
  readonly generation: string
  readonly manifestSha256: string
  readonly manifest: Manifest
}

function makeReader(
  state: ReaderState,
  files: readonly ShardFile[],
  runner: PageRunner,
  readCost: () => SourceCost,
): OpenedInPage {
  if (state.manifest.symbols !== 'bytes') {
    throw new OmnigramError('bad-argument', `${state.name} is an index of tokens; pages read indexes of text.`)
  }
  const shards = new ShardSet(files, runner)
  const onClose = async () => shards.forget()
  return { reader: new LocalReader({ ...state, shards, coder: new ByteCoder(), onClose }), readCost }
}

function addCosts(a: SourceCost, b: SourceCost): SourceCost {
  return { requests: a.requests + b.requests, bytes: a.bytes + b.bytes }
}
