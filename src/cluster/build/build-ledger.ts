/** What does the store know of a build in pieces: its plan, the shards that are done, those that failed? */

import { formatPlan, namePlan, parsePlan, type ShardPlan } from '../../build/shard-plan.js'
import { OmnigramError } from '../../core/errors.js'
import { type JsonFields, readFields } from '../../core/json-fields.js'
import { readShardEntry, type ShardEntry } from '../../core/manifest.js'
import { type ObjectStore, writeOnce } from '../store/object-store.js'
import { tokenizerKey } from '../store/stored-index.js'

/** A shard that is built and in the store. Equal builds write equal records. */
export interface ShardRecord {
  readonly format: 'omnigram-shard'
  readonly version: 1
  readonly shard: number
  readonly digest: string
  readonly entry: ShardEntry
}

/** Why a shard was given up, until somebody builds it after all. */
export interface ShardFailure {
  readonly shard: number
  readonly code: string
  readonly detail: string
  readonly worker: string
}

/** The store is the ledger of a build: whatever else is lost, what stands here is done. */
export class BuildLedger {
  readonly name: string

  constructor(
    readonly store: ObjectStore,
    readonly plan: ShardPlan,
  ) {
    this.name = namePlan(plan)
  }

  /** Reads a plan that was put into the store. Throws `bad-plan`. */
  static async open(store: ObjectStore, name: string): Promise<BuildLedger> {
    const key = planKey(name)
    const found = await store.get(key)
    if (found === null) throw new OmnigramError('bad-plan', `${store.address}/${key} is missing.`)
    return new BuildLedger(store, parsePlan(Buffer.from(found.content).toString(), `${store.address}/${key}`))
  }

  /** Puts the plan and its tokenizer there, which every worker needs. Doing it again does no harm. */
  async begin(tokenizerPath: string | null): Promise<void> {
    const tokenizer = this.plan.options.tokens?.tokenizer
    if (tokenizer && tokenizerPath !== null) {
      const key = tokenizerKey(tokenizer.name)
      if ((await this.store.head(key))?.bytes !== tokenizer.bytes) await this.store.uploadFile(key, tokenizerPath)
    }
    await writeOnce(this.store, planKey(this.name), Buffer.from(formatPlan(this.plan)))
  }

  /** Null while the shard is not built. */
  async read(shard: number): Promise<ShardRecord | null> {
    const key = this.#recordKey(shard)
    const found = await this.store.get(key)
    if (found === null) return null
    const record = parseRecord(Buffer.from(found.content).toString(), `${this.store.address}/${key}`)
    if (record.shard === shard && record.digest === this.plan.shards[shard].digest) return record
    throw new OmnigramError('damaged-index', `${this.store.address}/${key} is of other documents than the plan.`)
  }

  /**
   * Writes that a shard is done, once: who comes second finds the same record.
   *
   * Throws `nondeterministic-build` where somebody built other bytes of the same documents.
   */
  async write(shard: number, entry: ShardEntry): Promise<void> {
    const { digest } = this.plan.shards[shard]
    const record: ShardRecord = { format: 'omnigram-shard', version: 1, shard, digest, entry }
    if (!(await writeOnce(this.store, this.#recordKey(shard), Buffer.from(`${JSON.stringify(record)}\n`)))) {
      const other = (await this.read(shard))?.entry.name
      const detail = `Shard ${shard} of plan ${this.name} is ${other} in the store and ${entry.name} here.`
      throw new OmnigramError('nondeterministic-build', detail)
    }
    await this.store.remove(this.#failureKey(shard))
  }

  /** Forgets a record whose shard is not in the store any more. */
  async forget(shard: number): Promise<void> {
    await this.store.remove(this.#recordKey(shard))
  }

  /** Numbers of the shards that are done. */
  async listDone(): Promise<Set<number>> {
    return this.#listNumbers('shards')
  }

  async listFailures(): Promise<ShardFailure[]> {
    const failures: ShardFailure[] = []
    for (const shard of await this.#listNumbers('failed')) {
      const found = await this.store.get(this.#failureKey(shard))
      if (found) failures.push(JSON.parse(Buffer.from(found.content).toString()) as ShardFailure)
    }
    return failures.sort((a, b) => a.shard - b.shard)
  }

  async writeFailure(failure: ShardFailure): Promise<void> {
    await this.store.put(this.#failureKey(failure.shard), Buffer.from(`${JSON.stringify(failure)}\n`))
  }

  async clearFailures(): Promise<void> {
    for (const shard of await this.#listNumbers('failed')) await this.store.remove(this.#failureKey(shard))
  }

  async #listNumbers(kind: 'shards' | 'failed'): Promise<Set<number>> {
    const prefix = `plans/${this.name}/${kind}/`
    const numbers = new Set<number>()
    for await (const { key } of this.store.list(prefix)) {
      const number = /^(\d+)\.json$/.exec(key.slice(prefix.length))?.[1]
      if (number !== undefined) numbers.add(Number(number))
    }
    return numbers
  }

  #recordKey(shard: number): string {
    return `plans/${this.name}/shards/${formatNumber(shard)}.json`
  }

  #failureKey(shard: number): string {
    return `plans/${this.name}/failed/${formatNumber(shard)}.json`
  }
}

/** Throws `damaged-index` naming the object and the field. */
export function parseRecord(text: string, path: string): ShardRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new OmnigramError('damaged-index', `${path} is not JSON.`, { cause: error })
  }
  return readFields(value, path, 'damaged-index', (fields: JsonFields) => ({
    format: fields.choice('format', ['omnigram-shard'] as const),
    version: fields.choice('version', [1] as const),
    shard: fields.count('shard'),
    digest: fields.text('digest'),
    entry: fields.object('entry', readShardEntry),
  }))
}

function planKey(name: string): string {
  return `plans/${name}/plan.json`
}

function formatNumber(shard: number): string {
  return String(shard).padStart(6, '0')
}
