/** How many documents bear an external id that an earlier one bears already? */
import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { asIoFailure } from '../query/read-manifest.js'
import { diskFull, isDiskFull } from './file-system.js'
import { HashSet } from './hash-set.js'

/** Hashes that are kept in memory before they go to the file: 1 MiB. */
const blockHashes = 2 ** 17
/** Hashes that are compared at once: 64 MiB. */
const passHashes = 2 ** 22

/**
 * Counts repeated ids by their 64-bit hashes: that two of a thousand million ids differ but look alike has a chance of 3 %.
 * The hashes lie in a file, so that memory stays bounded; each four million ids cost one more pass over it.
 */
export class DuplicateCounter {
  readonly #block: Uint32Array
  #blockFill = 0
  #flushedCount = 0
  #handle: FileHandle | null = null

  constructor(
    readonly path: string,
    readonly hashesPerPass = passHashes,
    readonly hashesPerBlock = blockHashes,
  ) {
    this.#block = new Uint32Array(hashesPerBlock * 2)
  }

  /** Throws `io-failure`, `no-disk`. */
  async add(externalIds: Iterable<string | null>): Promise<void> {
    for (const externalId of externalIds) {
      if (externalId === null) continue
      const digest = createHash('sha256').update(externalId).digest()
      this.#block[2 * this.#blockFill] = digest.readUInt32LE(0)
      this.#block[2 * this.#blockFill + 1] = digest.readUInt32LE(4)
      this.#blockFill += 1
      if (this.#blockFill === this.hashesPerBlock) await this.#flush()
    }
  }

  /** Ids that were added before. Expected O(ids · passes). Throws `io-failure`, `no-disk`. */
  async finish(): Promise<number> {
    const count = this.#flushedCount + this.#blockFill
    const passes = Math.ceil(count / this.hashesPerPass)
    let repeats = 0
    for (let pass = 0; pass < passes; pass++) {
      const seen = new HashSet(Math.min(count, this.hashesPerPass) * 1.1)
      for await (const hashes of this.#readBlocks()) {
        for (let at = 0; at < hashes.length; at += 2) {
          // Equal ids fall into the same pass. The set looks at the other half.
          if (hashes[at + 1] % passes === pass && !seen.add(hashes[at], hashes[at + 1])) repeats += 1
        }
      }
    }
    return repeats
  }

  /** Removes the file. */
  async close(): Promise<void> {
    await this.#handle?.close()
    this.#handle = null
    await rm(this.path, { force: true })
  }

  async #flush(): Promise<void> {
    await this.#guard(async () => {
      this.#handle ??= await open(this.path, 'w+')
      const bytes = new Uint8Array(this.#block.buffer, 0, this.#blockFill * 8)
      for (let done = 0; done < bytes.length; ) done += (await this.#handle.write(bytes, done)).bytesWritten
    })
    this.#flushedCount += this.#blockFill
    this.#blockFill = 0
  }

  /** All hashes: those of the file, then those in memory. */
  async *#readBlocks(): AsyncGenerator<Uint32Array> {
    const block = new Uint32Array(this.hashesPerBlock * 2)
    const handle = this.#handle
    for (let done = 0; handle && done < this.#flushedCount; done += this.hashesPerBlock) {
      await this.#guard(() => handle.read(block, 0, block.byteLength, done * 8))
      yield block
    }
    yield this.#block.subarray(0, this.#blockFill * 2)
  }

  async #guard<Value>(operate: () => Promise<Value>): Promise<Value> {
    try {
      return await operate()
    } catch (thrown) {
      throw isDiskFull(thrown) ? diskFull(this.path, thrown) : asIoFailure(thrown, this.path)
    }
  }
}
