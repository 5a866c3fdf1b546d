/** Which shards is an index made of, which documents and rows are whose, and how is a question put to all of them? */
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { answerForMissing, noResult, resultOrNone } from './answer-for-missing.js'
import { checkInteger } from './check-arguments.js'
import type { MatchRange } from './index-reader.js'
import type { MissingShards } from './missing-shards.js'
import type { QueryCall } from './query-call.js'
import type { ShardFile } from './shard-file.js'
import type { Lane, ShardRunner, TaskLane } from './shard-runner.js'
import { runShardTask, type TaskInput, type TaskName, type TaskResult } from './shard-task.js'
import { countRows } from './sum-up.js'

/** One task: the shard it is for and what it asks. */
export interface ShardTask<Name extends TaskName> {
  readonly shard: number
  readonly input: TaskInput<Name>
}

/** A document of the index by its shard and its number there. */
export interface DocumentPlace {
  readonly shard: number
  readonly document: number
}

export class ShardSet {
  readonly files: readonly ShardFile[]
  /** Rows of each shard: its symbols and one separator a document. */
  readonly rows: readonly number[]
  /** Number in the index of each shard's first document. */
  readonly firstDocuments: readonly number[]
  readonly documents: number
  /** Bytes of text, or tokens, without separators. */
  readonly symbolCount: number
  readonly #runner: ShardRunner
  readonly #missing: MissingShards | null

  constructor(files: readonly ShardFile[], runner: ShardRunner, missing: MissingShards | null = null) {
    this.files = files
    this.#runner = runner
    this.#missing = missing
    this.rows = files.map(({ info }) => info.rows)
    let documents = 0
    this.firstDocuments = files.map(({ info }) => {
      documents += info.documents
      return documents - info.documents
    })
    this.documents = documents
    this.symbolCount = files.reduce((sum, { info }) => sum + info.symbolCount, 0)
  }

  /** Whether all files have been compared with their checksums; damage counts as not. */
  get isVerified(): boolean {
    try {
      return this.files.every((file) => file.isVerified())
    } catch {
      return false
    }
  }

  run<Name extends TaskName>(
    shard: number,
    name: Name,
    input: TaskInput<Name>,
    call: QueryCall,
    lane: TaskLane = 'interactive',
  ): Promise<TaskResult<Name>> {
    const work = this.#runner.run.bind(this.#runner, this.files[shard], name, input, call, lane)
    return this.#missing ? this.#runOrMiss(this.#missing, shard, name, input, work) : work()
  }

  async #runOrMiss<Name extends TaskName>(
    missing: MissingShards,
    shard: number,
    name: Name,
    input: TaskInput<Name>,
    work: () => Promise<TaskResult<Name>>,
  ): Promise<TaskResult<Name>> {
    if (missing.has(shard)) return answerForMissing(shard, name, input)
    const result = await resultOrNone(work(), missing.answerByMs)
    if (result !== noResult) return result
    missing.add(shard)
    return answerForMissing(shard, name, input)
  }

  /** The same shards, of which some may be missing. */
  lacking(missing: MissingShards): ShardSet {
    return new ShardSet(this.files, this.#runner, missing)
  }

  /** The answers in the order of the tasks. */
  runAll<Name extends TaskName>(
    tasks: readonly ShardTask<Name>[],
    name: Name,
    call: QueryCall,
    lane: TaskLane = 'interactive',
  ): Promise<TaskResult<Name>[]> {
    return Promise.all(tasks.map(({ shard, input }) => this.run(shard, name, input, call, lane)))
  }

  /**
   * As {@link runAll}; where `steps`, all in all, are so few that a worker would only add its way, on the calling thread, or at
   * once on the machine that holds the shard.
   */
  async runBrief<Name extends TaskName>(
    tasks: readonly ShardTask<Name>[],
    name: Name,
    steps: number,
    call: QueryCall,
    lane: Lane = 'interactive',
  ): Promise<TaskResult<Name>[]> {
    const isBrief = steps <= briefSteps * tasks.length
    return this.runHere(tasks, name, steps) ?? this.runAll(tasks, name, call, isBrief ? 'brief' : lane)
  }

  /** The answers where the work is brief and the shards are here; else null, and nothing was done. */
  runHere<Name extends TaskName>(
    tasks: readonly ShardTask<Name>[],
    name: Name,
    steps: number,
  ): TaskResult<Name>[] | null {
    if (steps > briefSteps) return null
    const here = tasks.map(({ shard }) => this.files[shard].shard)
    if (!here.every((shard) => shard !== null)) return null
    try {
      return tasks.map(({ input }, at) => runShardTask(here[at], name, input, 0))
    } catch (thrown) {
      throw toOmnigramError(thrown)
    }
  }

  /** The same question to every shard. */
  everywhere<Name extends TaskName>(input: TaskInput<Name>): ShardTask<Name>[] {
    return this.files.map((_, shard) => ({ shard, input }))
  }

  /** Throws `unknown-document` past the last one. */
  placeOf(document: number): DocumentPlace {
    checkInteger('document', document, 0, Number.MAX_SAFE_INTEGER)
    if (document >= this.documents) {
      throw new OmnigramError('unknown-document', `Number ${document} where there are ${this.documents} documents.`)
    }
    let [shard, end] = [0, this.files.length - 1]
    while (shard < end) {
      const middle = Math.ceil((shard + end) / 2)
      if (this.firstDocuments[middle] <= document) shard = middle
      else end = middle - 1
    }
    return { shard, document: document - this.firstDocuments[shard] }
  }

  /** The ranges of a match by shard, shards without any left out. */
  groupRanges(ranges: readonly MatchRange[]): { shard: number; ranges: MatchRange[]; count: number }[] {
    const groups = new Map<number, MatchRange[]>()
    for (const range of ranges) {
      const group = groups.get(range.shard)
      if (group) group.push(range)
      else groups.set(range.shard, [range])
    }
    return [...groups]
      .map(([shard, group]) => ({ shard, ranges: group, count: countRows(group) }))
      .sort((a, b) => a.shard - b.shard)
  }

  /** Lets the workers drop the shards. */
  forget(): void {
    for (const file of this.files) this.#runner.forget(file)
  }
}

/** Search steps that are done where they are asked for: fewer than 200 µs of work, pages in memory. */
export const briefSteps = 128

/** `lo, hi, length` triples for the native core. */
export function packRanges(ranges: readonly { lo: number; hi: number; length: number }[]): Float64Array {
  return Float64Array.from(ranges.flatMap(({ lo, hi, length }) => [lo, hi, length]))
}
