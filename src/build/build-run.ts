/** What does one build do, from the first document read to the generation published? */
import { OmnigramError } from '../core/errors.js'
import type { Manifest, ShardEntry } from '../core/manifest.js'
import type { Corpus } from '../corpus/corpus.js'
import { problemError } from '../corpus/read-report.js'
import type { BuildOptions, BuildReport } from './build-options.js'
import type { BuildSeams } from './build-seams.js'
import { manifestOptions } from './check-options.js'
import { addCounts, addStatistics, composeManifest } from './compose-manifest.js'
import { estimateDiskBytes } from './disk-plan.js'
import { readBytesOf } from './document-size.js'
import { DuplicateCounter } from './duplicate-counter.js'
import { checkFreeBytes } from './file-system.js'
import type { IndexFolder } from './index-folder.js'
import type { MemoryPlan } from './memory-plan.js'
import { type BuildPlan, clearLeftovers } from './prepare-build.js'
import { ProgressMeter } from './progress-meter.js'
import { publishGeneration } from './publish-generation.js'
import type { BuildWork } from './remaining-work.js'
import { ShardBuilder } from './shard-builder.js'
import { ShardJobs } from './shard-jobs.js'
import type { TokenInput } from './token-input.js'
import { TokenizedCorpus } from './tokenized-corpus.js'

/** What a build has found out before it begins. */
export interface PreparedBuild {
  readonly options: BuildOptions
  /** Null where bytes are indexed. */
  readonly tokens: TokenInput | null
  readonly corpus: Corpus
  readonly memory: MemoryPlan
  readonly folder: IndexFolder
  readonly seams: BuildSeams
  readonly plan: BuildPlan
  readonly startedAtMs: number
}

/** A build that holds the lock of its index. Runs once. */
export class BuildRun {
  readonly #build: PreparedBuild
  readonly #jobs: ShardJobs
  readonly #builder: ShardBuilder
  readonly #duplicates: DuplicateCounter
  readonly #meter: ProgressMeter
  /** Null where nothing is tokenised. */
  readonly #tokenized: TokenizedCorpus | null
  readonly #readFromMs = performance.now()
  #readMs: number | null = null

  constructor(build: PreparedBuild) {
    const { options, tokens, corpus, folder, memory, seams, plan } = build
    this.#build = build
    this.#jobs = new ShardJobs(options, folder, memory, seams, tokens?.options.vocabulary ?? null)
    this.#builder = new ShardBuilder(plan, folder, this.#jobs, tokens ? 'tokens' : 'bytes')
    this.#tokenized = tokens?.pool ? new TokenizedCorpus(corpus, tokens.pool, options.threads) : null
    this.#duplicates = new DuplicateCounter(folder.idsPath)
    this.#meter = new ProgressMeter(options.onProgress, () => this.#measureWork())
  }

  /** Throws what {@link buildIndex} throws, when nothing runs any more. */
  async run(): Promise<BuildReport> {
    const { options, folder, seams } = this.#build
    const stop = () => this.#jobs.stop()
    options.signal?.addEventListener('abort', stop)
    try {
      await this.#checkDisk()
      await this.#readCorpus()
      const entries = await this.#builder.finish()
      this.#meter.enterPhase('publish')
      const duplicateExternalIds = await this.#duplicates.finish()
      if (options.signal?.aborted) throw new OmnigramError('cancelled', 'The build was stopped before publishing.')
      await this.#publish(entries)
      await clearLeftovers(folder, seams)
      return this.#describe(entries, duplicateExternalIds)
    } catch (thrown) {
      stop()
      await this.#jobs.settle()
      await this.#tidyUp().catch(() => undefined)
      throw thrown
    } finally {
      options.signal?.removeEventListener('abort', stop)
      this.#meter.close()
      await this.#duplicates.close().catch(() => undefined)
    }
  }

  async #checkDisk(): Promise<void> {
    const { options, corpus, memory, folder, seams, plan } = this.#build
    const keptBytes = [...plan.known.values()].reduce((sum, { entry }) => sum + entry.bytes, 0)
    const neededBytes = estimateDiskBytes(options, corpus.estimate(), memory.shardsAtOnce) - keptBytes
    await checkFreeBytes(seams.files, folder.buildDir, neededBytes)
  }

  async #readCorpus(): Promise<void> {
    const { corpus } = this.#build
    for await (const documents of (this.#tokenized ?? corpus).read()) {
      await this.#duplicates.add(documents.map(({ externalId }) => externalId))
      await this.#builder.add(documents)
      this.#meter.report()
    }
    this.#readMs = this.#measureReadMs()
    this.#refuseNothing()
  }

  /** An index of nothing, where there was something to read, is a mistake in the options more often than not. */
  #refuseNothing(): void {
    const { documents, problems } = this.#build.corpus.report.summarize()
    if (documents > 0 || problems.length === 0) return
    const { detail } = problemError(problems[0])
    throw new OmnigramError('bad-input', `Not one document could be read. First of all: ${detail}.`)
  }

  async #publish(entries: readonly ShardEntry[]): Promise<void> {
    const { folder, seams, plan } = this.#build
    const moves = entries.flatMap(({ name }, shard) => {
      return plan.known.get(shard)?.isPublished ? [] : [{ builtPath: folder.builtPath(shard), name }]
    })
    const { tokens } = this.#build
    const attachments = tokens?.file ? [tokens.file] : []
    await publishGeneration(
      folder,
      plan.generation,
      this.#describeGeneration(entries),
      { moves, tokenizers: attachments },
      seams.files,
    )
  }

  #describeGeneration(entries: readonly ShardEntry[]): Manifest {
    const { options, tokens, corpus, plan } = this.#build
    const before = plan.base?.manifest ?? null
    const statistics = addStatistics(before?.statistics ?? null, {
      ...corpus.report.summarize(),
      tokens: tokens && { symbolCount: countTokens(entries), lossyDocuments: this.#lossyDocuments },
    })
    const shards = [...(before?.shards ?? []), ...entries]
    return composeManifest(manifestOptions(options, tokens?.options ?? null), statistics, shards)
  }

  #describe(entries: readonly ShardEntry[], duplicateExternalIds: number): BuildReport {
    const { corpus, tokens, folder, plan, startedAtMs } = this.#build
    const { files, inputBytes, documents, textBytes, replacedCharacters, skipped, problems } = corpus.report.summarize()
    const indexBytes = entries.reduce((sum, { bytes }) => sum + bytes, 0)
    const tookMs = performance.now() - startedAtMs
    return {
      generation: plan.generation,
      indexDir: folder.indexDir,
      files,
      bytesRead: inputBytes,
      documents,
      textBytes,
      tokens: tokens && countTokens(entries),
      lossyDocuments: tokens && this.#lossyDocuments,
      indexBytes,
      ratio: textBytes === 0 ? null : indexBytes / textBytes,
      shards: entries.length,
      replacedCharacters,
      skipped: addCounts({}, skipped),
      problems,
      duplicateExternalIds,
      tookMs,
      bytesPerSecond: (textBytes + corpus.report.idBytes) / (tookMs / 1_000),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      wasResumed: plan.wasResumed,
    }
  }

  /** Removes what going on would write anew; all of it where there is nothing to go on from. */
  async #tidyUp(): Promise<void> {
    const { options, folder, seams, plan } = this.#build
    if (options.mode === 'create' && plan.known.size === 0 && this.#builder.doneEntries.length === 0) {
      await clearLeftovers(folder, seams)
      return
    }
    for (const name of await seams.files.listFolder(folder.buildDir)) {
      if (/\.(spool|part|tmp)$/.test(name)) await seams.files.remove(`${folder.buildDir}/${name}`)
    }
  }

  #measureWork(): BuildWork {
    const { options, corpus, memory } = this.#build
    const { documents, textBytes, idBytes } = corpus.report
    const { inputBytes, readBytes } = corpus.estimate()
    const done = this.#builder.doneEntries
    return {
      documents,
      textBytes: textBytes + idBytes,
      inputReadBytes: readBytes,
      inputBytes,
      isReadingDone: this.#readMs !== null,
      isWaiting: this.#builder.isWaiting,
      readMs: this.#readMs ?? this.#measureReadMs(),
      shardBytes: options.shardBytes,
      shardsAtOnce: memory.shardsAtOnce,
      shardsBegun: this.#builder.shardsBegun,
      shardsDone: done.length,
      doneTextBytes: done.reduce((sum, entry) => sum + readBytesOf(entry), 0),
      running: this.#jobs.describeRunning(),
      buildMsPerByte: this.#jobs.buildMsPerByte,
    }
  }

  get #lossyDocuments(): number {
    return this.#tokenized?.lossyDocuments ?? 0
  }

  #measureReadMs(): number {
    return performance.now() - this.#readFromMs - this.#builder.waitMs
  }
}

function countTokens(entries: readonly ShardEntry[]): number {
  return entries.reduce((sum, { symbolCount = 0 }) => sum + symbolCount, 0)
}
