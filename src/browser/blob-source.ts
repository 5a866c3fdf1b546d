/** How is a file of the visitor read without reading all of it? */
import { OmnigramError } from '../core/errors.js'
import type { ByteRange, ByteSource, SourceCost } from './byte-source.js'
import { checkWanted } from './wanted.js'

export class BlobSource implements ByteSource {
  readonly name: string
  readonly bytes: number
  readonly #blob: Blob
  #cost: SourceCost = { requests: 0, bytes: 0 }

  constructor(blob: Blob, name: string) {
    this.name = name
    this.bytes = blob.size
    this.#blob = blob
  }

  get cost(): SourceCost {
    return this.#cost
  }

  async read(ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array[]> {
    checkWanted(signal)
    return Promise.all(ranges.map((range) => this.#readRange(range)))
  }

  async #readRange({ start, end }: ByteRange): Promise<Uint8Array> {
    const { requests, bytes } = this.#cost
    this.#cost = { requests: requests + 1, bytes: bytes + end - start }
    try {
      return new Uint8Array(await this.#blob.slice(start, end).arrayBuffer())
    } catch (cause) {
      // The file was changed or taken away since it was chosen.
      throw new OmnigramError('io-failure', `${this.name}: ${String(cause)}`, { cause })
    }
  }
}
