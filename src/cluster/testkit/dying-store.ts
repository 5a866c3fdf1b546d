/** How does a store look to a process that dies in the middle? It does so many operations, and then nothing any more. */
import { OmnigramError } from '../../core/errors.js'
import type { ListedObject, ObjectStore, PutCondition, TransferOptions } from '../store/object-store.js'

/** Whether the operation at which it dies is done, but nobody hears of it. */
export type DeathPoint = 'before' | 'after'

export class DyingStore implements ObjectStore {
  readonly address: string
  /** Operations that were asked for. */
  operations = 0
  /** What it died at; null while it lives. */
  diedAt: string | null = null

  constructor(
    readonly store: ObjectStore,
    readonly livesFor: number,
    readonly point: DeathPoint,
  ) {
    this.address = store.address
  }

  head(key: string) {
    return this.#do(`head ${key}`, () => this.store.head(key))
  }

  get(key: string) {
    return this.#do(`get ${key}`, () => this.store.get(key))
  }

  put(key: string, content: Uint8Array, condition?: PutCondition) {
    return this.#do(`put ${key}`, () => this.store.put(key, content, condition))
  }

  uploadFile(key: string, path: string, options?: TransferOptions) {
    return this.#do(`upload ${key}`, () => this.store.uploadFile(key, path, options))
  }

  downloadFile(key: string, path: string, options?: TransferOptions) {
    return this.#do(`download ${key}`, () => this.store.downloadFile(key, path, options))
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    await this.#do(`list ${prefix}`, async () => undefined)
    yield* this.store.list(prefix)
  }

  remove(key: string) {
    return this.#do(`remove ${key}`, () => this.store.remove(key))
  }

  async #do<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.diedAt !== null) throw dead
    this.operations += 1
    if (this.operations <= this.livesFor) return work()
    this.diedAt = name
    if (this.point === 'after') await work()
    throw dead
  }
}

const dead = new OmnigramError('store-failure', 'The process is dead.')
