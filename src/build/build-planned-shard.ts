/** How is one shard of a plan built, on a machine that has seen none of the others? */
import { stat } from 'node:fs/promises'
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import type { ShardEntry } from '../core/manifest.js'
import type { Corpus } from '../corpus/corpus.js'
import { asIoFailure } from '../query/read-manifest.js'
import type { BuildOptions } from './build-options.js'
import { readRecord } from './build-record.js'
import { type BuildSeams, localSeams } from './build-seams.js'
import { diskFull, isDiskFull } from './file-system.js'
import { IndexFolder } from './index-folder.js'
import { MemoryPlan } from './memory-plan.js'
import { openInput } from './open-input.js'
import { ShardJobs } from './shard-jobs.js'
import type { PlannedShard, ShardPlan } from './shard-plan.js'
import type { OnShardProgress, ShardStep } from './shard-progress.js'
import { openSpool, type SealedSpool } from './shard-spool.js'
import { openTokenInput, type TokenInput } from './token-input.js'
import { TokenizedCorpus } from './tokenized-corpus.js'

/** How often the native core is asked how far it is. */
const lookMs = 50

export interface ShardBuildOptions {
  /** What is on the way lies there; a shard that was built there before is not built again. */
  readonly scratchDir: string
  readonly memoryBytes: number
  readonly threads: number
  /** The tokenizer of the plan as a file; null where there is none. */
  readonly tokenizerPath: string | null
  /** Hears of each step when it begins, and while it goes on. */
  readonly onProgress?: OnShardProgress
  readonly signal?: AbortSignal
}

export interface BuiltShardFile {
  readonly path: string
  readonly entry: ShardEntry
}

/**
 * Reads the documents of that shard, builds it and checks it, as a build of the whole input would. Time: O(text of the shard),
 * and of the documents before it in its first file.
 *
 * Throws `changed-input` when the input is not what the plan was made of, `no-memory`, `no-disk`, `io-failure`, `cancelled`.
 */
export async function buildPlannedShard(
  plan: ShardPlan,
  shard: number,
  resources: ShardBuildOptions,
  seams: BuildSeams = localSeams,
): Promise<BuiltShardFile> {
  const planned = plan.shards[shard]
  const folder = new IndexFolder(resources.scratchDir)
  const options = describeBuild(plan, shard, resources)
  let tokens: TokenInput | null = null
  try {
    await seams.files.makeFolder(folder.buildDir)
    const kept = await readKept(folder, shard, planned, seams)
    if (kept) return { path: folder.builtPath(shard), entry: kept }
    await checkFiles(plan, planned)
    tokens = await openTokenInput(options)
    const memory = new MemoryPlan(options, seams.native, planned.sizeBytes)
    memory.claimShard(planned.sizeBytes, planned.documents)
    const { sizeBytes } = planned
    const tell = (step: ShardStep, share: number | null) => resources.onProgress?.({ step, share, sizeBytes })
    const spool = await fillSpool(plan, shard, options, tokens, folder, seams, (share) => tell('input', share))
    const vocabulary = tokens?.options.vocabulary ?? null
    const jobs = new ShardJobs(options, folder, memory, seams, vocabulary)
    const look = () => {
      for (const { step, share } of jobs.describeRunning()) tell(step, share)
    }
    const looks = resources.onProgress && setInterval(look, lookMs)
    const entry = await buildSpool(jobs, shard, spool, options).finally(() => clearInterval(looks))
    return { path: folder.builtPath(shard), entry }
  } catch (thrown) {
    await seams.files.remove(folder.spoolPath(shard)).catch(() => undefined)
    await seams.files.remove(folder.partPath(shard)).catch(() => undefined)
    if (isDiskFull(thrown)) throw diskFull(thrown instanceof Error ? thrown.message : resources.scratchDir, thrown)
    throw toOmnigramError(asIoFailure(thrown, resources.scratchDir))
  } finally {
    await tokens?.close()
  }
}

/** Removes what a shard left in the scratch folder. */
export async function clearPlannedShard(
  scratchDir: string,
  shard: number,
  { files }: BuildSeams = localSeams,
): Promise<void> {
  const folder = new IndexFolder(scratchDir)
  await files.remove(folder.recordPath(shard))
  await files.remove(folder.builtPath(shard))
}

/** The whole build of which this is a piece, with only the files that the shard may have documents in. */
function describeBuild(plan: ShardPlan, shard: number, resources: ShardBuildOptions): BuildOptions {
  const { scratchDir, memoryBytes, threads, tokenizerPath, signal } = resources
  const { tokens, ...options } = plan.options
  const { idsType, documentSeparator, format, isStrict } = plan.reading
  const lastFile = plan.shards[shard + 1]?.firstFile ?? plan.files.length - 1
  return {
    ...options,
    ...(tokens && {
      tokens: { tokenizerPath, idsField: tokens.idsField, vocabulary: tokens.vocabulary, idsType, documentSeparator },
    }),
    inputs: plan.files.slice(plan.shards[shard].firstFile, lastFile + 1).map(({ path }) => path),
    indexDir: scratchDir,
    memoryBytes,
    threads,
    format,
    isStrict,
    shouldResume: false,
    mode: 'create',
    signal,
  }
}

/** A shard that was built before a stop, if it is of these documents and whole. */
async function readKept(
  folder: IndexFolder,
  shard: number,
  { digest }: PlannedShard,
  { files, native }: BuildSeams,
): Promise<ShardEntry | null> {
  const record = await readRecord(shard, folder, files)
  if (record?.digest !== digest) return null
  try {
    const { checksum, fileBytes } = native.openShard(folder.builtPath(shard), 'mmap').info()
    return checksum === record.entry.checksum && fileBytes === record.entry.bytes ? record.entry : null
  } catch {
    return null
  }
}

/** Files that have another size than the plan says, before hours are spent on them. */
async function checkFiles({ files }: ShardPlan, { firstFile, documents }: PlannedShard): Promise<void> {
  if (documents === 0) return
  const { path, sizeBytes } = files[firstFile]
  const found = await stat(path).catch((thrown) => {
    throw asIoFailure(thrown, path)
  })
  if (found.size === sizeBytes) return
  throw new OmnigramError('changed-input', `${path} has ${found.size} bytes, the plan was made of ${sizeBytes}.`)
}

async function fillSpool(
  plan: ShardPlan,
  shard: number,
  options: BuildOptions,
  tokens: TokenInput | null,
  folder: IndexFolder,
  { native }: BuildSeams,
  onShare: (share: number) => void,
): Promise<SealedSpool> {
  const planned = plan.shards[shard]
  const spool = openSpool(tokens ? 'tokens' : 'bytes', folder.spoolPath(shard), [...options.facetFields], native)
  onShare(0)
  if (planned.documents > 0) {
    const corpus = await openInput(options, tokens)
    const inAll = planned.skipDocuments + planned.documents
    await appendDocuments(corpus, planned, options, tokens, (documents, passed) => {
      spool.append(documents)
      onShare(passed / inAll)
    })
  }
  const sealed = spool.seal()
  if (sealed.digest === planned.digest && sealed.documents === planned.documents) return sealed
  throw new OmnigramError('changed-input', `Shard ${shard} is of other documents than the plan was made of.`)
}

async function appendDocuments(
  corpus: Corpus,
  { skipDocuments, documents: wanted }: PlannedShard,
  options: BuildOptions,
  tokens: TokenInput | null,
  /** Also hears how many documents were passed, those of other shards before these. May be given none. */
  append: (documents: Parameters<ReturnType<typeof openSpool>['append']>[0], passed: number) => void,
): Promise<void> {
  const source = tokens?.pool ? new TokenizedCorpus(corpus, tokens.pool, options.threads) : corpus
  let before = skipDocuments
  let left = wanted
  for await (const documents of source.read()) {
    const piece = documents.slice(before, before + left)
    before = Math.max(0, before - documents.length)
    left -= piece.length
    append(piece, skipDocuments - before + wanted - left)
    if (left === 0) return
  }
}

async function buildSpool(
  jobs: ShardJobs,
  shard: number,
  spool: SealedSpool,
  { signal }: BuildOptions,
): Promise<ShardEntry> {
  const stop = () => jobs.stop()
  signal?.addEventListener('abort', stop)
  try {
    let built: ShardEntry | null = null
    await jobs.start(shard, spool, (entry) => {
      built = entry
    })
    if (signal?.aborted) stop()
    await jobs.finish()
    if (built === null) throw new OmnigramError('cancelled', `Shard ${shard} was not built.`)
    return built
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
