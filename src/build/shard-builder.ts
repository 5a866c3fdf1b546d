/** How do documents, as they are read, become the shards of a generation? */
import type { CorpusDocument } from '../core/document.js'
import { OmnigramError } from '../core/errors.js'
import type { ShardEntry } from '../core/manifest.js'
import type { SymbolKind } from '../core/pattern.js'
import { describeMismatch } from './check-shard.js'
import type { IndexFolder } from './index-folder.js'
import type { BuildPlan, KnownShard } from './prepare-build.js'
import { ShardCutter } from './shard-cutter.js'
import type { ShardJobs } from './shard-jobs.js'
import { openSpool, type SealedSpool, type ShardSpool } from './shard-spool.js'

interface OpenSpool {
  readonly shard: number
  readonly content: ShardSpool
  /** Set when the shard is built already: then its documents are only compared. */
  readonly known: KnownShard | null
}

/** Fills one spool while the shards of those before are built. */
export class ShardBuilder {
  readonly #cutter: ShardCutter
  readonly #entries: ShardEntry[] = []
  readonly #facetFields: string[]
  #spool: OpenSpool | null = null
  #waitMs = 0
  #waitsFromMs: number | null = null
  #begun = 0

  constructor(
    readonly plan: BuildPlan,
    readonly folder: IndexFolder,
    readonly jobs: ShardJobs,
    readonly symbols: SymbolKind,
  ) {
    this.#cutter = new ShardCutter(jobs.options.shardBytes)
    this.#facetFields = [...jobs.options.facetFields]
  }

  /** Whether the reader waits for room to build in. */
  get isWaiting(): boolean {
    return this.#waitsFromMs !== null
  }

  /** Time spent on that so far. */
  get waitMs(): number {
    return this.#waitMs + (this.#waitsFromMs === null ? 0 : performance.now() - this.#waitsFromMs)
  }

  get shardsBegun(): number {
    return this.#begun
  }

  get doneEntries(): ShardEntry[] {
    return this.#entries.filter((entry) => entry !== undefined)
  }

  /** Takes the next documents; waits when there is no room for the shard they complete. Throws what a shard failed with. */
  async add(documents: readonly CorpusDocument[]): Promise<void> {
    for (const piece of this.#cutter.cut(documents)) {
      if (this.#spool?.shard !== piece.shard) await this.#turnTo(piece.shard)
      this.#append(piece.documents)
    }
    this.jobs.throwFailure()
  }

  /** The shards in order, when all are built. Of no documents at all a new index gets one empty shard. */
  async finish(): Promise<ShardEntry[]> {
    if (this.#begun === 0 && this.plan.base === null) await this.#turnTo(0)
    await this.#seal()
    await this.jobs.finish()
    const surplus = [...this.plan.known.keys()].find((shard) => shard >= this.#begun)
    if (surplus !== undefined) {
      throw new OmnigramError('changed-input', `The input ends before shard ${surplus}, which was built of it.`)
    }
    return this.doneEntries
  }

  async #turnTo(shard: number): Promise<void> {
    await this.#seal()
    const known = this.plan.known.get(shard) ?? null
    const path = known ? null : this.folder.spoolPath(shard)
    const content = openSpool(this.symbols, path, this.#facetFields, this.jobs.seams.native)
    this.#spool = { shard, content, known }
    this.#begun = shard + 1
  }

  #append(documents: readonly CorpusDocument[]): void {
    const spool = this.#spool
    if (!spool) return
    spool.content.append(documents)
    // Where the input's sizes said little, this is the first moment to know that a shard will not fit.
    if (!spool.known) this.jobs.memory.claimShard(spool.content.sizeBytes, spool.content.documents)
  }

  async #seal(): Promise<void> {
    const spool = this.#spool
    if (!spool) return
    this.#spool = null
    const sealed = spool.content.seal()
    if (spool.known) {
      this.#compare(spool.shard, spool.known, sealed)
      this.#entries[spool.shard] = spool.known.entry
      return
    }
    this.#waitsFromMs = performance.now()
    try {
      await this.jobs.start(spool.shard, sealed, (entry) => {
        this.#entries[spool.shard] = entry
      })
    } finally {
      this.#waitMs = this.waitMs
      this.#waitsFromMs = null
    }
  }

  /** Throws `changed-input` when a shard was built of other documents than were read now. */
  #compare(shard: number, { digest, entry, isPublished }: KnownShard, sealed: SealedSpool): void {
    const path = isPublished ? this.folder.shardPath(entry.name) : this.folder.builtPath(shard)
    const mismatch = describeMismatch(this.jobs.seams.native.openShard(path, 'mmap'), sealed)
    if (mismatch === null && (digest === null || digest === sealed.digest)) return
    const detail = mismatch ?? 'the digest of its documents differs'
    throw new OmnigramError('changed-input', `Shard ${shard} was built of other documents: ${detail}.`)
  }
}
