/** Which answers were worked out not long ago? */

/** Keeps the values used last, up to a number of bytes. */
export class RecentCache<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly bytes: number }>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  /** A value larger than the whole cache is not kept. */
  put(key: string, value: Value, valueBytes: number): void {
    const bytes = valueBytes + key.length * 2
    if (bytes > this.#maxBytes || this.#entries.has(key)) return
    this.#entries.set(key, { value, bytes })
    this.#bytes += bytes
    for (const [oldKey, old] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break
      this.#entries.delete(oldKey)
      this.#bytes -= old.bytes
    }
  }
}
