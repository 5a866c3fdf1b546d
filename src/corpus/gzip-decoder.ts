/** What does the next piece of a gzip stream decode to? */
import type { Buffer } from 'node:buffer'
import type { Gunzip } from 'node:zlib'
import { createGunzip } from 'node:zlib'
import { FileFailure } from './read-report.js'

/** Bytes decoded in one go; of damaged data less than this much before the damage is lost. */
const outputBytes = 64 * 1024

/**
 * Decodes gzip piece by piece, all members.
 *
 * Not a pipe: a pipe drops what it holds when an error comes, so what is read of a damaged file would depend on timing.
 */
export class GzipDecoder {
  readonly #gunzip: Gunzip
  readonly #failed: Promise<void>
  #decoded: Buffer[] = []
  #failure: NodeJS.ErrnoException | null = null
  #givenBytes = 0

  constructor() {
    this.#gunzip = createGunzip({ chunkSize: outputBytes })
    this.#gunzip.on('data', (bytes: Buffer) => this.#decoded.push(bytes))
    this.#failed = new Promise((resolve) => {
      this.#gunzip.on('error', (error) => {
        this.#failure = error
        resolve()
      })
    })
  }

  /** What `piece` decodes to. When that is damaged, what comes before; then see {@link throwIfFailed}. */
  async push(piece: Buffer): Promise<Buffer[]> {
    this.#givenBytes += piece.length
    await Promise.race([this.#failed, new Promise<void>((resolve) => this.#gunzip.write(piece, () => resolve()))])
    return this.#take()
  }

  /** The rest, when the input has come to its end. */
  async finish(): Promise<Buffer[]> {
    const ended = new Promise<void>((resolve) => this.#gunzip.once('end', resolve))
    this.#gunzip.end()
    await Promise.race([this.#failed, ended])
    return this.#take()
  }

  /** Bytes given after the end of the last member. Above 0, nothing more is decoded. */
  get unusedBytes(): number {
    return this.#givenBytes - this.#gunzip.bytesWritten
  }

  throwIfFailed(): void {
    if (this.#failure === null) return
    if (this.#failure.code === 'Z_BUF_ERROR') throw new FileFailure('truncated-file', 'the gzip data is cut short')
    throw new FileFailure('unreadable-file', `damaged gzip data: ${this.#failure.message}`, { cause: this.#failure })
  }

  close(): void {
    this.#gunzip.destroy()
  }

  #take(): Buffer[] {
    const decoded = this.#decoded
    this.#decoded = []
    return decoded
  }
}
