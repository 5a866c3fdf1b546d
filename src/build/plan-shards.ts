/** Where are the borders of the shards in this input? */
import type { CorpusDocument } from '../core/document.js'
import { OmnigramError } from '../core/errors.js'
import type { Corpus } from '../corpus/corpus.js'
import { problemError, type ReadSummary } from '../corpus/read-report.js'
import type { BuildOptions } from './build-options.js'
import { type BuildSeams, localSeams } from './build-seams.js'
import { checkBuildOptions, manifestOptions } from './check-options.js'
import { addStatistics } from './compose-manifest.js'
import { openInput } from './open-input.js'
import { ShardCutter } from './shard-cutter.js'
import type { PlannedShard, ShardPlan } from './shard-plan.js'
import { openSpool, type ShardSpool } from './shard-spool.js'
import { openTokenInput, type TokenInput } from './token-input.js'
import { TokenizedCorpus } from './tokenized-corpus.js'

export interface PlannedBuild {
  readonly plan: ShardPlan
  /** What was read and what was not. */
  readonly read: ReadSummary
}

export interface PlanProgress {
  readonly readBytes: number
  /** Null when it cannot be told. */
  readonly inputBytes: number | null
  readonly shards: number
}

/**
 * Reads the whole input once, as a build does, and writes down which documents each shard would be made of. `store` is where
 * the index will go. O(input) time, the memory of one batch.
 *
 * Throws `bad-argument` for options and for standard input, `bad-input`, `cancelled`.
 */
export async function planShards(
  options: BuildOptions,
  store: string,
  onProgress?: (progress: PlanProgress) => void,
  seams: BuildSeams = localSeams,
): Promise<PlannedBuild> {
  checkBuildOptions(options)
  const tokens = await openTokenInput(options)
  try {
    const corpus = await openInput(options, tokens)
    const files = corpus.files.map(({ path, sizeBytes }) => {
      if (sizeBytes !== null) return { path, sizeBytes }
      throw new OmnigramError('bad-argument', 'Standard input cannot be read by several machines: name files.')
    })
    const writer = new PlanWriter(options, tokens, corpus, seams)
    const tokenized = tokens?.pool ? new TokenizedCorpus(corpus, tokens.pool, options.threads) : null
    for await (const documents of (tokenized ?? corpus).read()) {
      writer.add(documents)
      const { inputBytes, readBytes } = corpus.estimate()
      onProgress?.({ readBytes, inputBytes, shards: writer.shards.length + 1 })
    }
    writer.finish()
    const read = corpus.report.summarize()
    refuseNothing(read)
    const { format, isStrict, tokens: given } = options
    const plan: ShardPlan = {
      format: 'omnigram-plan',
      version: 1,
      store,
      options: manifestOptions(options, tokens?.options ?? null),
      reading: {
        format,
        isStrict,
        idsType: given?.idsType ?? null,
        documentSeparator: given?.documentSeparator ?? null,
      },
      files,
      statistics: addStatistics(null, {
        ...read,
        tokens: tokens && { symbolCount: writer.tokens, lossyDocuments: tokenized?.lossyDocuments ?? 0 },
      }),
      shards: writer.shards,
    }
    return { plan, read }
  } finally {
    await tokens?.close()
  }
}

/** As a build refuses it. */
function refuseNothing({ documents, problems }: ReadSummary): void {
  if (documents > 0 || problems.length === 0) return
  throw new OmnigramError(
    'bad-input',
    `Not one document could be read. First of all: ${problemError(problems[0]).detail}.`,
  )
}

/** Sums up the documents of one shard after the other. */
class PlanWriter {
  readonly shards: PlannedShard[] = []
  tokens = 0
  readonly #cutter: ShardCutter
  readonly #fileNumbers: ReadonlyMap<string, number>
  readonly #open: () => ShardSpool
  #spool: { readonly shard: number; readonly content: ShardSpool; readonly start: DocumentPlace } | null = null
  #last: DocumentPlace = { firstFile: 0, skipDocuments: -1 }

  constructor(options: BuildOptions, tokens: TokenInput | null, corpus: Corpus, { native }: BuildSeams) {
    this.#cutter = new ShardCutter(options.shardBytes)
    this.#fileNumbers = new Map(corpus.files.map(({ path }, number) => [path, number]))
    this.#open = () => openSpool(tokens ? 'tokens' : 'bytes', null, [...options.facetFields], native)
  }

  add(documents: readonly CorpusDocument[]): void {
    for (const piece of this.#cutter.cut(documents)) {
      const places = piece.documents.map((document) => this.#place(document))
      if (this.#spool?.shard !== piece.shard) {
        this.#seal()
        this.#spool = { shard: piece.shard, content: this.#open(), start: places[0] }
      }
      this.#spool?.content.append(piece.documents)
    }
  }

  /** Of no documents at all an index has one empty shard. */
  finish(): void {
    this.#seal()
    if (this.shards.length > 0) return
    this.#spool = { shard: 0, content: this.#open(), start: { firstFile: 0, skipDocuments: 0 } }
    this.#seal()
  }

  #seal(): void {
    if (!this.#spool) return
    const { documents, sizeBytes, digest, symbols } = this.#spool.content.seal()
    this.shards.push({ ...this.#spool.start, documents, sizeBytes, digest })
    if (symbols.kind === 'tokens') this.tokens += symbols.tokenCounts.total
    this.#spool = null
  }

  /** The file of a document, and how many of it came before. */
  #place({ source }: CorpusDocument): DocumentPlace {
    const firstFile = this.#fileNumbers.get(source.path) ?? 0
    const skipDocuments = firstFile === this.#last.firstFile ? this.#last.skipDocuments + 1 : 0
    this.#last = { firstFile, skipDocuments }
    return this.#last
  }
}

type DocumentPlace = Pick<PlannedShard, 'firstFile' | 'skipDocuments'>
