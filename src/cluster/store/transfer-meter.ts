/** How far is a transfer, how fast does it go, and when will it be done? */

export interface TransferProgress {
  readonly doneBytes: number
  readonly totalBytes: number
  readonly bytesPerSecond: number
  /** Null before anything has come. */
  readonly etaMs: number | null
}

/** Reports at most so often. */
const reportEveryMs = 200

export class TransferMeter {
  readonly #totalBytes: number
  readonly #report: ((progress: TransferProgress) => void) | undefined
  readonly #startedAtMs = performance.now()
  #reportedAtMs = Number.NEGATIVE_INFINITY
  #doneBytes = 0

  constructor(totalBytes: number, report: ((progress: TransferProgress) => void) | undefined) {
    this.#totalBytes = totalBytes
    this.#report = report
  }

  get doneBytes(): number {
    return this.#doneBytes
  }

  add(bytes: number): void {
    this.#doneBytes += bytes
    const now = performance.now()
    if (this.#doneBytes < this.#totalBytes && now - this.#reportedAtMs < reportEveryMs) return
    this.#reportedAtMs = now
    const bytesPerSecond = (this.#doneBytes * 1_000) / Math.max(1, now - this.#startedAtMs)
    const leftBytes = Math.max(0, this.#totalBytes - this.#doneBytes)
    this.#report?.({
      doneBytes: this.#doneBytes,
      totalBytes: this.#totalBytes,
      bytesPerSecond,
      etaMs: bytesPerSecond > 0 ? (leftBytes * 1_000) / bytesPerSecond : null,
    })
  }
}
