/** Which 64-bit hashes were seen? In 16 bytes each, where a `Set` of them takes ten times as much. */

/** Grows no further than `capacity` hashes; more slow it down, and twice as many do not fit. */
export class HashSet {
  readonly #slots: Uint32Array
  readonly #mask: number

  constructor(capacity: number) {
    const slotCount = 2 ** Math.ceil(Math.log2(Math.max(capacity, 8) * 2))
    this.#slots = new Uint32Array(slotCount * 2)
    this.#mask = slotCount - 1
  }

  /** Whether the hash of two halves is new. Expected O(1). */
  add(low: number, high: number): boolean {
    // An empty slot is all zeros, so that hash takes the place of its neighbour.
    const first = low === 0 && high === 0 ? 1 : low
    for (let slot = first & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const [foundLow, foundHigh] = [this.#slots[2 * slot], this.#slots[2 * slot + 1]]
      if (foundLow === first && foundHigh === high) return false
      if (foundLow === 0 && foundHigh === 0) {
        this.#slots[2 * slot] = first
        this.#slots[2 * slot + 1] = high
        return true
      }
    }
  }
}
